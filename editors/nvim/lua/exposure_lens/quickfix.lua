-- `:ExposureLens quickfix`: dashboards in the quickfix list, the most viewed first. An entry leads to the exposure,
-- else to the model; in a project's list a dashboard without an exposure leads nowhere, since
-- many models may feed it: `:ExposureLens find` has those.

local M = {}

local downstream = require('exposure_lens.downstream')
local say = require('exposure_lens.say')

---@param location? lsp.Location
---@param client vim.lsp.Client
---@return table
local function place(location, client)
  if not location then
    return { valid = 0 }
  end
  local item = vim.lsp.util.locations_to_items({ location }, client.offset_encoding)[1]
  return item and { filename = item.filename, lnum = item.lnum, col = item.col } or { valid = 0 }
end

---@param client vim.lsp.Client
---@param tree table
---@return table[]
function M.items(client, tree)
  local subject = #tree.subjects == 1 and tree.subjects[1].location or nil
  return vim.tbl_map(function(entry)
    local exposure = entry.item.exposure or entry.workbook.exposure
    local location = exposure and exposure.location or subject
    return vim.tbl_extend('force', { text = downstream.text(entry) }, place(location, client))
  end, downstream.entries(tree))
end

---@param is_project boolean
function M.fill(is_project)
  downstream.ask(is_project, { order = 'views' }, function(client, tree)
    if not tree then
      return say.info('no dbt node here')
    end
    local items = M.items(client, tree)
    local about = is_project and tree.project.name or vim.tbl_get(tree, 'subjects', 1, 'label') or ''
    vim.fn.setqflist({}, ' ', { title = ('Tableau: %s: %s'):format(about, tree.headline), items = items })
    if #items == 0 then
      say.info(table.concat(vim.list_extend({ tree.headline }, tree.missing), '\n'))
    else
      vim.cmd('botright copen')
    end
  end)
end

return M
