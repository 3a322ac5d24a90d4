-- Starts a server anew that died, once: Neovim leaves it dead. One that dies again soon after
-- is left alone, since the next one would die too.

local M = {}

local say = require('exposure_lens.say')

local SOON_S = 180

---@type table<string, integer> when a server for a folder last died, in seconds
local died = {}

---@type table<string, true> folders whose server died and was not started anew
local off = {}

---One server for all buffers, but not the dead one, which Neovim still knows.
---@param dead vim.lsp.Client
---@param buffers integer[]
local function start(dead, buffers)
  local function may_reuse(client, config)
    return client.id ~= dead.id and client.name == config.name and client.root_dir == config.root_dir
  end
  for _, buf in ipairs(buffers) do
    if vim.api.nvim_buf_is_loaded(buf) then
      vim.lsp.start(dead.config, { bufnr = buf, reuse_client = may_reuse })
    end
  end
end

---How it ended, in words.
---@param code integer
---@param signal integer
---@return string
local function ending(code, signal)
  return signal ~= 0 and ('was killed by signal %d'):format(signal) or ('ended with code %d'):format(code)
end

---Starts another one, unless there is a reason not to.
---@param dead vim.lsp.Client
---@param buffers integer[]
---@return string what is done, in words
---@return boolean is_bad
local function revive(dead, buffers)
  local root = dead.root_dir or ''
  local now, before = vim.uv.now() / 1000, died[root]
  died[root], off[root] = now, true
  if before and now - before < SOON_S then
    return ' again, and stays off: :ExposureLens log may tell why, :ExposureLens restart starts it', true
  elseif not require('exposure_lens.config').options().restart then
    return '; :ExposureLens restart starts it', false
  end
  off[root] = nil
  start(dead, buffers)
  return '; it starts anew', false
end

---For `on_exit`. One that was told to stop ends with 0, or by the signal that Neovim sends.
---@param code integer
---@param signal integer
---@param client_id integer
function M.on_exit(code, signal, client_id)
  local was_told = code == 0 and (signal == 0 or signal == 15)
  local client = vim.lsp.get_client_by_id(client_id)
  if was_told or not client then
    return
  end
  local buffers = vim.tbl_keys(client.attached_buffers)
  vim.schedule(function()
    if vim.v.exiting ~= vim.NIL then
      return
    end
    local done, is_bad = revive(client, buffers)
    -- Neovim's own message on it comes first, and may wait for a key: ours would be gone.
    vim.schedule(function()
      local tell = is_bad and say.error or say.warn
      tell(('the server %s%s'):format(ending(code, signal), done))
      require('exposure_lens.view').refresh_all(client.root_dir)
    end)
  end)
end

---Whether the server of a folder stays off until the user starts it.
---@param root string
---@return boolean
function M.is_off(root)
  return off[root] == true
end

---What was is forgotten: the user has started it.
function M.forget()
  died, off = {}, {}
end

return M
