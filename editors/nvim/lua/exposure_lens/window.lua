-- The windows of trees, graphs and previews: where they open, what they are called, and the way
-- back to the code.

local M = {}

---How wide a window may be: as the user has it, and at most half of the screen.
---@return integer
function M.width()
  local wanted = require('exposure_lens.config').options().tree.width
  return math.max(20, math.min(wanted, math.floor(vim.o.columns / 2)))
end

---Opens a window on the right, as wide as it may be.
---@param buf integer
function M.open(buf)
  local width = M.width()
  local win = vim.api.nvim_open_win(buf, true, { split = 'right', win = -1, width = width })
  local options = {
    number = false, relativenumber = false, signcolumn = 'no', foldcolumn = '0', foldenable = false,
    statuscolumn = '', colorcolumn = '', cursorcolumn = false,
    wrap = false, list = false, spell = false, cursorline = true, winfixwidth = true,
  }
  for name, value in pairs(options) do
    vim.api.nvim_set_option_value(name, value, { win = win, scope = 'local' })
  end
end

local SCHEME = 'exposure-lens://'

---For `SessionLoadPost`: a session has kept the names of our windows and nothing else of them.
function M.drop_restored()
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    local is_ours = vim.startswith(vim.api.nvim_buf_get_name(buf), SCHEME)
    if is_ours and vim.bo[buf].bufhidden ~= 'wipe' then
      vim.api.nvim_buf_delete(buf, { force = true })
    end
  end
end

---Names a buffer of ours; another tab page may have one of the same name.
---@param buf integer
---@param name string
function M.name_buffer(buf, name)
  name = SCHEME .. name
  if not pcall(vim.api.nvim_buf_set_name, buf, name) then
    vim.api.nvim_buf_set_name(buf, ('%s/%d'):format(name, buf))
  end
end

---@param name string
---@return integer
function M.new_buffer(name)
  local buf = vim.api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = 'wipe'
  vim.bo[buf].undolevels = -1
  vim.bo[buf].modifiable = false
  M.name_buffer(buf, name)
  return buf
end

---Closes the current window; the last window of all shows an empty buffer then.
function M.close()
  if not pcall(vim.cmd.close) then
    vim.cmd.enew()
  end
end

---Splits the current window where another file may not take the place of its own: it has
---changes, and 'hidden' is off.
local function make_room()
  local may_hide = vim.o.hidden or vim.o.autowriteall or vim.bo.bufhidden == 'hide'
  if vim.bo.modified and not may_hide and #vim.fn.win_findbuf(vim.api.nvim_get_current_buf()) == 1 then
    vim.cmd('aboveleft split')
  end
end

---Leaves a window for one with a file, the last one first; makes one where there is none.
---@param buf integer the buffer to leave
function M.leave(buf)
  local function holds_file(win)
    return win ~= 0
      and vim.bo[vim.api.nvim_win_get_buf(win)].buftype == ''
      and vim.api.nvim_win_get_config(win).relative == ''
  end
  local last = vim.fn.win_getid(vim.fn.winnr('#'))
  local wins = vim.list_extend({ last }, vim.api.nvim_tabpage_list_wins(0))
  local win = vim.iter(wins):find(holds_file)
  if win then
    vim.api.nvim_set_current_win(win)
    make_room()
  else
    vim.cmd('leftabove vertical new')
    vim.api.nvim_win_set_width(vim.fn.bufwinid(buf), M.width())
  end
end

return M
