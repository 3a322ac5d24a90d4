-- `:ExposureLens tree`: what is downstream of a model, or of the whole project, as the server
-- has it: sites, projects, workbooks, dashboards.

local M = {}

local ask = require('exposure_lens.ask')
local marks = require('exposure_lens.marks')
local view_of = require('exposure_lens.view')

local OPEN, CLOSED, LEAF = '▾ ', '▸ ', '  '

---@param view exposure_lens.View
---@return table
local function params(view)
  local more = { order = view.order, filter = view.filter }
  return vim.tbl_extend('force', view.about, more)
end

---@param rows exposure_lens.Row[]
---@param view exposure_lens.View
---@param text string
---@param group? string
local function say(rows, view, text, group)
  for _, line in ipairs(marks.wrapped(text, view_of.width(view) - 1)) do
    table.insert(rows, { chunks = { { line, group } } })
  end
end

---@param view exposure_lens.View
---@return string
local function title(view)
  local answer = view.answer
  if not answer or (#answer.subjects == 0 and not view.is_project) then
    return 'Exposure Lens'
  elseif view.is_project then
    return answer.project.name
  end
  local labels = vim.tbl_map(function(subject)
    return subject.label
  end, answer.subjects)
  local first = table.concat(labels, ', ', 1, math.min(3, #labels))
  return #labels > 3 and ('%s, +%d'):format(first, #labels - 3) or first
end

---In which order it is, what it goes with, what is left out.
---@param view exposure_lens.View
---@return string
local function mode(view)
  local parts = { view.order == 'views' and 'most viewed first' or 'by name' }
  if not view.is_project then
    table.insert(parts, view.follows and 'follows the cursor' or 'stays')
  end
  if view.filter then
    table.insert(parts, ('only "%s"'):format(view.filter))
  end
  return table.concat(parts, ' · ') .. ' · g? keys'
end

---What is said in place of rows: why there are none, and what to do.
---@param view exposure_lens.View
---@return string[]
local function empty(view)
  local answer = view.answer
  local elsewhere = 'Open a model, or go to a name in a properties file. :ExposureLens tree! shows the whole project.'
  if not answer then
    return { 'No dbt node here.', elsewhere }
  elseif #answer.subjects == 0 and not view.is_project then
    return { elsewhere } -- The headline has said that there is none.
  elseif not answer.hasContent then
    return {
      'There is no Tableau content to look into.',
      'Sign in with :ExposureLens login, name a team snapshot (tableau.snapshot), or put workbook files'
        .. ' into the repository. :checkhealth exposure_lens tells more.',
    }
  elseif view.filter then
    return { ('Nothing has "%s" in its name. F with no text shows all.'):format(view.filter) }
  elseif answer.complete then
    return { 'No dashboards.' }
  end
  return { 'None are known, and that is not a zero: see above.' }
end

---@param item table
---@param depth integer
---@param is_folded boolean
---@return [string, string?][]
local function chunks(item, depth, is_folded)
  local mark = #item.children == 0 and LEAF or is_folded and CLOSED or OPEN
  local all = { { ('  '):rep(depth) .. mark }, { item.label, marks.group(item.kind) } }
  if item.description and item.description ~= '' then
    table.insert(all, { '  ' .. item.description, 'ExposureLensDetail' })
  end
  if item.exposure then
    table.insert(all, { ('  [%s]'):format(item.exposure.name), 'ExposureLensExposure' })
  elseif item.write and not (item.description or ''):find('no exposure', 1, true) then
    table.insert(all, { '  no exposure', 'ExposureLensMissing' })
  end
  return all
end

---@param rows exposure_lens.Row[]
---@param items table[]
---@param depth integer
---@param folded table<string, true>
local function add(rows, items, depth, folded)
  for _, item in ipairs(items) do
    local folds, is_folded = #item.children > 0, folded[item.id] == true
    local row = { id = item.id, item = item, depth = depth, folds = folds, chunks = chunks(item, depth, is_folded) }
    table.insert(rows, row)
    if folds and not is_folded then
      add(rows, item.children, depth + 1, folded)
    end
  end
end

---@param view exposure_lens.View
---@return exposure_lens.Row[]
local function rows_of(view)
  local rows, answer = {}, view.answer
  say(rows, view, title(view), 'ExposureLensHeading')
  if view.problem then
    say(rows, view, view.problem, 'ExposureLensMissing')
  end
  if not answer and view.asked == 0 then
    say(rows, view, 'Loading…', 'ExposureLensHint')
    return rows
  end
  if answer then
    say(rows, view, answer.headline)
    for _, missing in ipairs(answer.missing) do
      say(rows, view, 'not a zero: ' .. missing, 'ExposureLensMissing')
    end
    say(rows, view, mode(view), 'ExposureLensHint')
    add(rows, answer.items, 0, view.folded)
    if answer.leftOut > 0 then
      say(rows, view, ('… %d more workbooks: F filters'):format(answer.leftOut), 'ExposureLensHint')
    end
  end
  if not view.problem and (not answer or #answer.items == 0) then
    for _, line in ipairs(empty(view)) do
      say(rows, view, line, 'ExposureLensHint')
    end
  end
  return rows
end

---Goes where the cursor goes, when the view does.
---@param view exposure_lens.View
local function follow(view)
  local buf = vim.api.nvim_get_current_buf()
  local client = require('exposure_lens').clients(buf)[1]
  if not view.follows or not client or not view_of.window(view) then
    return
  end
  local about = ask.place(client)
  local old = view.about
  local is_same = old.textDocument
    and old.textDocument.uri == about.textDocument.uri
    and old.position.line == about.position.line
  if not is_same then
    view.root, view.about = client.root_dir, about
    view_of.refresh_soon(view)
  end
end

---@type exposure_lens.Kind
M.kind = {
  name = 'tree',
  method = 'exposureLens/downstream',
  params = params,
  rows = rows_of,
  watch = function(view, group)
    vim.api.nvim_create_autocmd({ 'BufEnter', 'CursorMoved', 'LspAttach' }, {
      group = group,
      callback = function()
        follow(view)
      end,
    })
  end,
}

---Opens the tree of the node at the cursor, or of the whole project.
---@param is_project boolean
function M.open(is_project)
  local client = is_project and ask.client() or ask.client_here()
  if client then
    local about = is_project and { project = vim.uri_from_fname(client.root_dir) } or ask.place(client)
    view_of.open(M.kind, client, about, is_project)
  end
end

return M
