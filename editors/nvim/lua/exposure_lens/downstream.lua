-- What the server's tree says of a model or a project, as lists: for the quickfix window, for
-- the page to open, for what is missing.

local M = {}

local ask = require('exposure_lens.ask')

---@class exposure_lens.Entry a dashboard, and the workbook that it is in
---@field item table the dashboard; a sheet, or the workbook itself where it has none
---@field workbook table

---Asks for the tree of the node at the cursor, or of the whole project.
---@param is_project boolean
---@param more table
---@param on_tree fun(client: vim.lsp.Client, tree?: table)
function M.ask(is_project, more, on_tree)
  local client = is_project and ask.client() or ask.client_here()
  if not client then
    return
  end
  local about = is_project and { project = vim.uri_from_fname(client.root_dir) } or ask.place(client)
  ask.request(client, 'exposureLens/downstream', vim.tbl_extend('force', about, more), function(tree)
    on_tree(client, tree)
  end)
end

---@param items table[]
---@param kind string
---@param found table[]
---@return table[]
local function all_of(items, kind, found)
  for _, item in ipairs(items) do
    if item.kind == kind then
      table.insert(found, item)
    else
      all_of(item.children, kind, found)
    end
  end
  return found
end

---@param tree table
---@return table[]
function M.workbooks(tree)
  return all_of(tree.items, 'workbook', {})
end

---Every dashboard of a tree; a workbook without one counts itself.
---@param tree table
---@return exposure_lens.Entry[]
function M.entries(tree)
  local entries = {}
  for _, workbook in ipairs(M.workbooks(tree)) do
    local below = #workbook.children > 0 and workbook.children or { workbook }
    for _, item in ipairs(below) do
      table.insert(entries, { item = item, workbook = workbook })
    end
  end
  return entries
end

---Every dashboard of a tree, the most viewed first whatever workbook it is in; those that
---nobody counts come last, and what is equal stays as the server has it.
---@param tree table
---@return exposure_lens.Entry[]
function M.most_viewed(tree)
  local entries, place = M.entries(tree), {}
  for n, entry in ipairs(entries) do
    place[entry] = n
  end
  table.sort(entries, function(a, b)
    local more, less = a.item.views or -1, b.item.views or -1
    return more > less or (more == less and place[a] < place[b])
  end)
  return entries
end

---`Overview — Sales Overview (310 views)`; what a node has only through others says so.
---@param entry exposure_lens.Entry
---@return string
function M.text(entry)
  local item, workbook = entry.item, entry.workbook
  local name = item == workbook and item.label or ('%s — %s'):format(item.label, workbook.label)
  local views = item.views and (' (%d views)'):format(item.views) or ''
  local lacks = not (item.exposure or workbook.exposure) and ' · no exposure' or ''
  return name .. views .. (item.direct == false and ' · indirect' or '') .. lacks
end

---What is said where a tree is of no node: the server knows best, of a disabled model for one.
---@param tree? table
---@return string
function M.no_node(tree)
  return tree and tree.headline ~= '' and tree.headline or 'no dbt node here'
end

---Opens the page of the most viewed dashboard of the node at the cursor.
function M.open_top()
  M.ask(false, { order = 'views' }, function(client, tree)
    local say = require('exposure_lens.say')
    local entries = tree and M.most_viewed(tree) or {}
    for _, entry in ipairs(entries) do
      local url = entry.item.url or entry.workbook.url
      if url then
        return ask.open_page(client, tree.project.uri, url)
      end
    end
    if not tree or #tree.subjects == 0 then
      say.info(M.no_node(tree))
    elseif #entries > 0 then
      say.info(('%s; none has a known page'):format(tree.headline))
    else
      say.info(table.concat(vim.list_extend({ tree.headline }, tree.missing), '\n'))
    end
  end)
end

return M
