-- A scratch window of rows beside the code: it asks the server, draws what comes back, folds,
-- and asks anew when answers may differ. What it shows is a kind's: tree.lua, lineage.lua.

local M = {}

local ask = require('exposure_lens.ask')
local config = require('exposure_lens.config')
local window = require('exposure_lens.window')

---@class exposure_lens.Row
---@field chunks [string, string?][] texts with their highlight groups
---@field id? string the same whenever the same thing is shown
---@field folds? boolean there are rows below it, shown or not
---@field depth? integer
---@field item? exposure_lens.Item what the keys act on
---@field run? fun(view: exposure_lens.View) what <CR> does instead

---@class exposure_lens.Item a row's thing, of a tree or of a graph
---@field label string
---@field url? string
---@field tooltip? string[]
---@field location? lsp.Location
---@field exposure? { name: string, location?: lsp.Location }
---@field write? table an argument of `exposureLens.write`

---@class exposure_lens.Kind what a window shows
---@field name string
---@field method string
---@field params fun(view: exposure_lens.View): table
---@field rows fun(view: exposure_lens.View): exposure_lens.Row[]
---@field watch? fun(view: exposure_lens.View, group: integer) autocommands of its own, which end with it

---@class exposure_lens.View
---@field kind exposure_lens.Kind
---@field buf integer
---@field root string the folder whose server is asked
---@field about table what is asked about, as the method's parameters have it
---@field is_project boolean the whole project
---@field follows boolean it goes where the cursor goes
---@field order 'name'|'views'
---@field filter? string
---@field expand string[] nodes of a graph whose neighbours are wanted whole
---@field folded table<string, true>
---@field answer? table
---@field problem? string why there is no answer
---@field asked integer how many times: an old answer is dropped
---@field is_due? boolean it will be asked in a moment
---@field rows exposure_lens.Row[] as they are drawn

local PAUSE_MS = 80

---@type table<integer, exposure_lens.View> by buffer
local views = {}

local namespace = vim.api.nvim_create_namespace('exposure_lens.view')

---@return exposure_lens.View[]
function M.all()
  return vim.tbl_values(views)
end

---The window of a view in the current tab page.
---@param view exposure_lens.View
---@return integer?
function M.window(view)
  return vim.iter(vim.api.nvim_tabpage_list_wins(0)):find(function(win)
    return vim.api.nvim_win_get_buf(win) == view.buf
  end)
end

---The view of this kind that the current tab page shows.
---@param kind exposure_lens.Kind
---@return exposure_lens.View?
function M.here(kind)
  return vim.iter(M.all()):find(function(view)
    return view.kind == kind and M.window(view) ~= nil
  end)
end

---@param view exposure_lens.View
---@return vim.lsp.Client?
function M.client(view)
  return vim.iter(require('exposure_lens').clients()):find(function(client)
    return client.root_dir == view.root and client.initialized and not client:is_stopped()
  end)
end

---The client of the view that is in a buffer.
---@param buf integer
---@return vim.lsp.Client?
function M.client_of(buf)
  return views[buf] and M.client(views[buf])
end

---How many columns its texts have.
---@param view exposure_lens.View
---@return integer
function M.width(view)
  local win = vim.fn.bufwinid(view.buf)
  return win > 0 and vim.api.nvim_win_get_width(win) or config.options().tree.width
end

---The row at the cursor: of the current window, where it shows the view, since two may.
---@param view exposure_lens.View
---@return exposure_lens.Row?
function M.row(view)
  local here = vim.api.nvim_get_current_win()
  local win = vim.api.nvim_win_get_buf(here) == view.buf and here or M.window(view)
  return win and view.rows[vim.api.nvim_win_get_cursor(win)[1]]
end

---@param view exposure_lens.View
---@return string[]
---@return { row: integer, from: integer, to: integer, group: string }[]
local function texts(view)
  local lines, marks = {}, {}
  for n, row in ipairs(view.rows) do
    local line = ''
    for _, chunk in ipairs(row.chunks) do
      local text = chunk[1]:gsub('[\r\n%z]+', ' ')
      if chunk[2] then
        table.insert(marks, { row = n - 1, from = #line, to = #line + #text, group = chunk[2] })
      end
      line = line .. text
    end
    lines[n] = line
  end
  return lines, marks
end

---Draws what is known; the cursor stays on the thing that it is on.
---@param view exposure_lens.View
function M.draw(view)
  if not vim.api.nvim_buf_is_valid(view.buf) then
    return
  end
  local kept = {}
  for _, win in ipairs(vim.fn.win_findbuf(view.buf)) do
    local row = view.rows[vim.api.nvim_win_get_cursor(win)[1]]
    kept[win] = row and row.id
  end
  view.rows = view.kind.rows(view)
  local lines, marks = texts(view)
  vim.bo[view.buf].modifiable = true
  vim.api.nvim_buf_set_lines(view.buf, 0, -1, false, lines)
  vim.bo[view.buf].modifiable = false
  vim.api.nvim_buf_clear_namespace(view.buf, namespace, 0, -1)
  for _, it in ipairs(marks) do
    vim.api.nvim_buf_set_extmark(view.buf, namespace, it.row, it.from, { end_col = it.to, hl_group = it.group })
  end
  for win, id in pairs(kept) do
    for n, row in ipairs(view.rows) do
      if row.id == id then
        vim.api.nvim_win_set_cursor(win, { n, 0 })
      end
    end
  end
end

---Asks anew, and draws the answer unless a newer question was asked meanwhile.
---@param view exposure_lens.View
function M.refresh(view)
  if not vim.api.nvim_buf_is_valid(view.buf) then
    return
  end
  view.asked = view.asked + 1
  local asked = view.asked
  local function settle(answer, problem)
    if asked == view.asked then
      view.answer, view.problem = answer, problem
      M.draw(view)
    end
  end
  local client = M.client(view)
  if not client then
    return settle(view.answer, 'The server is not running. :ExposureLens restart starts it.')
  end
  ask.request(client, view.kind.method, view.kind.params(view), settle, function(problem)
    settle(view.answer, problem)
  end)
end

---Asks anew when nothing more has come for a moment: a cursor that moves asks for much.
---@param view exposure_lens.View
function M.refresh_soon(view)
  if not view.is_due then
    view.is_due = true
    vim.defer_fn(function()
      view.is_due = false
      M.refresh(view)
    end, PAUSE_MS)
  end
end

---Asks anew wherever a client's answers are shown, or those of all.
---@param root? string
function M.refresh_all(root)
  for _, view in ipairs(M.all()) do
    if not root or view.root == root then
      M.refresh(view)
    end
  end
end

---@param view exposure_lens.View
local function watch(view)
  local group = vim.api.nvim_create_augroup('exposure_lens.view.' .. view.buf, {})
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = group,
    buffer = view.buf,
    callback = function()
      views[view.buf] = nil
      vim.api.nvim_del_augroup_by_id(group)
    end,
  })
  -- `:edit` would leave it empty.
  vim.api.nvim_create_autocmd('BufReadCmd', {
    group = group,
    buffer = view.buf,
    callback = function()
      M.draw(view)
      M.refresh(view)
    end,
  })
  vim.api.nvim_create_autocmd('WinResized', {
    group = group,
    callback = function()
      local is_mine = vim.iter(vim.v.event.windows):any(function(win)
        return vim.api.nvim_win_is_valid(win) and vim.api.nvim_win_get_buf(win) == view.buf
      end)
      if view.answer and is_mine then
        M.draw(view)
      end
    end,
  })
  if view.kind.watch then
    view.kind.watch(view, group)
  end
end

---Opens a window of this kind, or has the one in this tab page show something else.
---@param kind exposure_lens.Kind
---@param client vim.lsp.Client
---@param about table
---@param is_project boolean
---@return exposure_lens.View
function M.open(kind, client, about, is_project)
  local view = M.here(kind)
  if view then
    vim.api.nvim_set_current_win(assert(M.window(view)))
  else
    view = {
      kind = kind, buf = window.new_buffer(kind.name), folded = {}, rows = {}, asked = 0, expand = {},
      order = config.options().tree.order,
    }
    views[view.buf] = view
    require('exposure_lens.marks').define()
    window.open(view.buf)
    watch(view)
    require('exposure_lens.keys').map(view)
    -- Last, so that what a |FileType| autocommand maps and sets is what counts.
    vim.bo[view.buf].filetype = 'exposure_lens'
  end
  view.root, view.about, view.is_project = client.root_dir, about, is_project
  view.follows, view.answer, view.filter, view.expand = not is_project, nil, nil, {}
  M.draw(view)
  M.refresh(view)
  return view
end

return M
