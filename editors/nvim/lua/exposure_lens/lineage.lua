-- `:ExposureLens lineage`: the graph around a model as two lists in text: what it reads, and
-- what is read of it, down to the dashboards.

local M = {}

local ask = require('exposure_lens.ask')
local marks = require('exposure_lens.marks')
local view_of = require('exposure_lens.view')

local OPEN, CLOSED, LEAF = '▾ ', '▸ ', '  '

---@class exposure_lens.Way one direction of a graph
---@field name string
---@field heading string
---@field next table<string, string[]> the ids of the nodes that come next
---@field more 'moreUpstream'|'moreDownstream'

---@param edges { from: string, to: string }[]
---@param from 'from'|'to'
---@param to 'from'|'to'
---@return table<string, string[]>
local function neighbours(edges, from, to)
  local all = {}
  for _, edge in ipairs(edges) do
    all[edge[from]] = all[edge[from]] or {}
    table.insert(all[edge[from]], edge[to])
  end
  return all
end

---@param view exposure_lens.View
---@param text string
---@param group? string
---@return exposure_lens.Row[]
local function words(view, text, group)
  return vim.tbl_map(function(line)
    return { chunks = { { line, group } } }
  end, marks.wrapped(text, view_of.width(view) - 1))
end

---@param node table
---@param depth integer
---@param mark string
---@param is_again boolean
---@return [string, string?][]
local function chunks(node, depth, mark, is_again)
  local detail = { node.kind }
  for _, text in ipairs({ node.detail or '', node.probable and 'not sure' or '', is_again and 'see above' or '' }) do
    if text ~= '' then
      table.insert(detail, text)
    end
  end
  return {
    { ('  '):rep(depth) .. mark },
    { node.label, marks.group(node.kind) },
    { '  ' .. table.concat(detail, ' · '), 'ExposureLensDetail' },
  }
end

---Has the server send all the neighbours of a node.
---@param id string
---@return fun(view: exposure_lens.View)
local function expand(id)
  return function(view)
    table.insert(view.expand, id)
    view_of.refresh(view)
  end
end

---Adds what comes next of a node, each node's own followers once.
---@param rows exposure_lens.Row[]
---@param view exposure_lens.View
---@param way exposure_lens.Way
---@param nodes table<string, table>
---@param id string
---@param depth integer
---@param seen table<string, true>
local function add(rows, view, way, nodes, id, depth, seen)
  for _, next_id in ipairs(way.next[id] or {}) do
    local node = nodes[next_id]
    if node then
      local row_id, is_again = way.name .. ':' .. id .. ':' .. next_id, seen[next_id] == true
      local has_more = (way.next[next_id] or node[way.more] > 0) and not is_again
      local is_folded = view.folded[row_id] == true
      local mark = not has_more and LEAF or is_folded and CLOSED or OPEN
      local row = { id = row_id, item = node, depth = depth, folds = has_more and true or false }
      row.chunks = chunks(node, depth, mark, is_again and way.next[next_id] ~= nil)
      table.insert(rows, row)
      seen[next_id] = true
      if has_more and not is_folded then
        add(rows, view, way, nodes, next_id, depth + 1, seen)
      end
    end
  end
  local left_out = nodes[id] and nodes[id][way.more] or 0
  if left_out > 0 then
    local text = ('  '):rep(depth) .. LEAF .. ('… %d more: <CR>'):format(left_out)
    table.insert(rows, { id = way.name .. '+' .. id, chunks = { { text, 'ExposureLensHint' } }, run = expand(id) })
  end
end

---@param view exposure_lens.View
---@return exposure_lens.Row[]
local function rows_of(view)
  local answer, rows = view.answer, {}
  if not answer then
    local text = view.asked == 0 and 'Loading…' or 'No dbt node here: open a model, then :ExposureLens lineage.'
    return words(view, view.problem or text, view.problem and 'ExposureLensMissing' or 'ExposureLensHint')
  end
  local nodes = {}
  for _, node in ipairs(answer.nodes) do
    nodes[node.id] = node
  end
  local center = nodes[answer.center]
  vim.list_extend(rows, words(view, center and center.label or answer.center, 'ExposureLensHeading'))
  vim.list_extend(rows, view.problem and words(view, view.problem, 'ExposureLensMissing') or {})
  vim.list_extend(rows, words(view, answer.headline))
  for _, missing in ipairs(answer.missing) do
    vim.list_extend(rows, words(view, 'not known: ' .. missing, 'ExposureLensMissing'))
  end
  ---@type exposure_lens.Way[]
  local ways = {
    { name = 'up', heading = 'Reads', next = neighbours(answer.edges, 'to', 'from'), more = 'moreUpstream' },
    { name = 'down', heading = 'Is read by', next = neighbours(answer.edges, 'from', 'to'), more = 'moreDownstream' },
  }
  for _, way in ipairs(ways) do
    table.insert(rows, { chunks = { { '' } } })
    table.insert(rows, { chunks = { { way.heading, 'ExposureLensHeading' } } })
    local before = #rows
    add(rows, view, way, nodes, answer.center, 0, { [answer.center] = true })
    if #rows == before then
      vim.list_extend(rows, words(view, way.name == 'up' and 'nothing' or 'nothing that is known', 'ExposureLensHint'))
    end
  end
  return rows
end

---@type exposure_lens.Kind
M.kind = {
  name = 'lineage',
  method = 'exposureLens/lineage',
  params = function(view)
    return vim.tbl_extend('force', view.about, { expand = view.expand })
  end,
  rows = rows_of,
}

---Opens the graph around the node at the cursor.
function M.open()
  local client = ask.client_here()
  if client then
    view_of.open(M.kind, client, ask.place(client), false)
  end
end

return M
