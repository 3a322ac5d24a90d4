-- Starts a server anew that died, once: Neovim leaves it dead. One that dies again soon after
-- is left alone, since the next one would die too.

local M = {}

local say = require('exposure_lens.say')

local SOON_S = 180

---@type table<string, integer> when a server for a folder last died, in seconds
local died = {}

---@param client vim.lsp.Client
---@param buffers integer[]
local function start(client, buffers)
  for _, buf in ipairs(buffers) do
    if vim.api.nvim_buf_is_loaded(buf) then
      vim.lsp.start(client.config, { bufnr = buf, reuse_client = client.config.reuse_client })
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

---@param client vim.lsp.Client
---@param buffers integer[]
---@param how string
local function revive(client, buffers, how)
  local root = client.root_dir or ''
  local now, before = vim.uv.now() / 1000, died[root]
  died[root] = now
  if before and now - before < SOON_S then
    say.error(('the server %s again, and stays off: :ExposureLens log may tell why, :ExposureLens restart starts it'):format(how))
  elseif require('exposure_lens.config').options().restart then
    say.warn(('the server %s; it starts anew'):format(how))
    start(client, buffers)
  else
    say.warn(('the server %s; :ExposureLens restart starts it'):format(how))
  end
  require('exposure_lens.view').refresh_all(root)
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
    -- Neovim forgets the client in a callback that comes after this one: only then can
    -- another take its place.
    vim.schedule(function()
      if vim.v.exiting == vim.NIL then
        revive(client, buffers, ending(code, signal))
      end
    end)
  end)
end

---What was is forgotten: the user has started it.
function M.forget()
  died = {}
end

return M
