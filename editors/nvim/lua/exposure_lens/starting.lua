-- A command that comes before the server has started, by a key that is pressed at once or by
-- `nvim -c 'ExposureLens tree' model.sql`, waits for the server; one that nothing will start
-- for is not waited for.

local M = {}

local config = require('exposure_lens.config')

local PATIENCE_MS = 4000

---@param bufnr integer
---@return boolean
local function is_attached(bufnr)
  return require('exposure_lens').clients(bufnr)[1] ~= nil
end

---Whether a server will be attached to a buffer though nobody does any more for it.
---@param bufnr integer
---@return boolean
local function is_expected(bufnr)
  local wanted = vim.lsp.config[config.NAME] or {}
  local root = config.root_dir(bufnr)
  local is_enabled = vim.lsp.is_enabled == nil or vim.lsp.is_enabled(config.NAME)
  local can_run = type(wanted.cmd) ~= 'table' or vim.fn.executable(wanted.cmd[1]) == 1
  return is_enabled
    and can_run
    and root ~= nil
    and not require('exposure_lens.revive').is_off(root)
    and config.has_filetype(bufnr)
end

---Runs something in the current buffer once its server is there, or at once where none will be.
---@param run fun()
function M.await(run)
  local bufnr = vim.api.nvim_get_current_buf()
  if is_attached(bufnr) or not is_expected(bufnr) then
    return run()
  end
  local is_over = false
  local function settle()
    -- Whoever has gone elsewhere meanwhile is left alone.
    if not is_over and vim.api.nvim_get_current_buf() == bufnr then
      run()
    end
    is_over = true
  end
  vim.api.nvim_create_autocmd('LspAttach', {
    buffer = bufnr,
    callback = function()
      if is_attached(bufnr) then
        vim.schedule(settle)
      end
      return is_over or is_attached(bufnr)
    end,
  })
  vim.defer_fn(settle, PATIENCE_MS)
end

return M
