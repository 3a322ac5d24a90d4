-- The keys of trees and graphs. `g?` lists them; the help has them too.

local M = {}

local ask = require('exposure_lens.ask')
local say = require('exposure_lens.say')
local view_of = require('exposure_lens.view')
local window = require('exposure_lens.window')

---@class exposure_lens.Key
---@field keys string[] the same for each
---@field about string
---@field run fun(view: exposure_lens.View, row?: exposure_lens.Row)
---@field only? string the one kind of window that has it

---@param view exposure_lens.View
---@param row? exposure_lens.Row
---@param folded? boolean otherwise: the other way round
local function fold(view, row, folded)
  if row and row.folds then
    if folded == nil then
      folded = not view.folded[row.id]
    end
    view.folded[row.id] = folded or nil
    view_of.draw(view)
  end
end

---@param view exposure_lens.View
---@param is_folded boolean
local function fold_all(view, is_folded)
  if not is_folded then
    view.folded = {}
  else
    for _, row in ipairs(view.rows) do
      view.folded[row.id or ''] = row.folds and row.depth == 0 or nil
    end
  end
  view_of.draw(view)
end

---@param view exposure_lens.View
---@param location lsp.Location
local function go(view, location)
  local client = view_of.client(view)
  local encoding = client and client.offset_encoding or 'utf-16'
  window.leave(view.buf)
  vim.lsp.util.show_document(location, encoding, { focus = true })
end

---@param view exposure_lens.View
---@param row? exposure_lens.Row
local function open(view, row)
  local item, client = row and row.item, view_of.client(view)
  if row and row.run then
    row.run(view)
  elseif item and item.url and client then
    ask.open_page(client, view.answer.project.uri, item.url)
  elseif item and item.location then
    go(view, item.location)
  elseif row and row.folds then
    fold(view, row)
  elseif item then
    say.info(item.label .. ': it has no known page')
  end
end

---@param view exposure_lens.View
---@param row? exposure_lens.Row
local function write(view, row)
  local item, client = row and row.item, view_of.client(view)
  if item and item.write and client then
    ask.command(client, 'write', item.write)
  elseif item and item.exposure then
    say.info(('%s has its exposure: %s'):format(item.label, item.exposure.name))
  else
    say.info('there is no exposure to write here')
  end
end

---@param view exposure_lens.View
---@param row? exposure_lens.Row
local function go_to_exposure(view, row)
  local item = row and row.item
  local location = item and (item.exposure and item.exposure.location or item.location)
  if location then
    go(view, location)
  else
    say.info('nothing is written of it in the project')
  end
end

---@param _ exposure_lens.View
---@param row? exposure_lens.Row
local function copy(_, row)
  if row and row.item and row.item.url then
    require('exposure_lens').on_copy({ text = row.item.url })
  else
    say.info('it has no known page')
  end
end

---@param _ exposure_lens.View
---@param row? exposure_lens.Row
local function show_details(_, row)
  local item = row and row.item
  if item then
    local lines = vim.list_extend({ item.label }, item.tooltip or {})
    vim.list_extend(lines, item.url and { item.url } or {})
    vim.lsp.util.open_floating_preview(lines, 'text', { border = 'rounded', focus_id = 'exposure_lens' })
  end
end

---@param view exposure_lens.View
local function filter(view)
  vim.ui.input({ prompt = 'Only what has in its name: ', default = view.filter }, function(text)
    if text then
      view.filter = vim.trim(text) ~= '' and vim.trim(text) or nil
      view_of.refresh(view)
    end
  end)
end

---@param view exposure_lens.View
local function toggle_follow(view)
  if view.is_project then
    return say.info('it shows the whole project')
  end
  view.follows = not view.follows
  local subjects = view.answer and view.answer.subjects or {}
  if not view.follows and #subjects == 1 then
    -- The node may move in its file: its name stays.
    view.about = { project = view.answer.project.uri, node = subjects[1].id }
  end
  view_of.draw(view)
end

---@param view exposure_lens.View
local function show_keys(view)
  local lines = {}
  for _, key in ipairs(M.of(view.kind)) do
    table.insert(lines, ('%-10s %s'):format(table.concat(key.keys, ' '), key.about))
  end
  vim.lsp.util.open_floating_preview(lines, 'text', { border = 'rounded', focus_id = 'exposure_lens' })
end

---@type exposure_lens.Key[]
M.all = {
  { keys = { '<CR>' }, about = 'open the page or the model, or fold', run = open },
  { keys = { 'o', 'za' }, about = 'fold or unfold', run = fold },
  { keys = { 'zo' }, about = 'unfold', run = function(view, row) fold(view, row, false) end },
  { keys = { 'zc' }, about = 'fold', run = function(view, row) fold(view, row, true) end },
  { keys = { 'zR' }, about = 'unfold all', run = function(view) fold_all(view, false) end },
  { keys = { 'zM' }, about = 'fold all', run = function(view) fold_all(view, true) end },
  { keys = { 'w' }, about = 'write the missing exposure', run = write, only = 'tree' },
  { keys = { 'e' }, about = 'go to the exposure, or to the model', run = go_to_exposure },
  { keys = { 'y' }, about = 'copy the link', run = copy },
  { keys = { 'K' }, about = 'more about it', run = show_details },
  {
    keys = { 's' },
    about = 'sort by views, or by name',
    only = 'tree',
    run = function(view)
      view.order = view.order == 'views' and 'name' or 'views'
      view_of.refresh(view)
    end,
  },
  { keys = { 'F' }, about = 'filter by a text in a name', run = filter, only = 'tree' },
  { keys = { 'f' }, about = 'follow the cursor, or stay', run = toggle_follow, only = 'tree' },
  { keys = { 'R' }, about = 'ask the server again', run = view_of.refresh },
  { keys = { 'q' }, about = 'close', run = window.close },
  { keys = { 'g?' }, about = 'these keys', run = show_keys },
}

---@param kind exposure_lens.Kind
---@return exposure_lens.Key[]
function M.of(kind)
  return vim.tbl_filter(function(key)
    return not key.only or key.only == kind.name
  end, M.all)
end

---@param view exposure_lens.View
function M.map(view)
  for _, key in ipairs(M.of(view.kind)) do
    for _, lhs in ipairs(key.keys) do
      vim.keymap.set('n', lhs, function()
        key.run(view, view_of.row(view))
      end, { buffer = view.buf, nowait = true, desc = 'Exposure Lens: ' .. key.about })
    end
  end
end

return M
