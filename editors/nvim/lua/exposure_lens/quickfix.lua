-- `:ExposureLens quickfix`: dashboards in the quickfix list, the most viewed first. An entry
-- leads to the exposure, else to the model; in a project's list a dashboard without an exposure
-- leads nowhere, since many models may feed it: `:ExposureLens find`, here too, has those.

local M = {}

local ask = require('exposure_lens.ask')
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
  end, downstream.most_viewed(tree))
end

---@param about string
---@param items table[] never none: a list that the user has stays then
local function show(about, items)
  vim.fn.setqflist({}, ' ', { title = 'Tableau: ' .. about, items = items })
  vim.cmd('botright copen')
end

---@param is_project boolean
function M.fill(is_project)
  downstream.ask(is_project, { order = 'views' }, function(client, tree)
    if not tree then
      return say.info('no dbt node here')
    end
    local items = M.items(client, tree)
    if #items == 0 then
      return say.info(table.concat(vim.list_extend({ tree.headline }, tree.missing), '\n'))
    end
    local about = is_project and tree.project.name or vim.tbl_get(tree, 'subjects', 1, 'label') or ''
    show(('%s: %s'):format(about, tree.headline), items)
  end)
end

---The models behind what has this text in its name, or is the page at this address.
---@param text? string asked for where there is none
function M.find(text)
  local client = ask.client()
  text = client and (text or require('exposure_lens.prompt').line('Workbook, dashboard or link: '))
  if not client or not text then
    return
  end
  ask.request(client, 'workspace/symbol', { query = text }, function(symbols)
    local items = vim.tbl_map(function(symbol)
      local line = ('%s (%s)'):format(symbol.name, symbol.containerName)
      return vim.tbl_extend('force', { text = line }, place(symbol.location, client))
    end, symbols or {})
    if #items == 0 then
      return say.info(('"%s": nothing that is known of Tableau and reads a model here'):format(text))
    end
    show(('"%s"'):format(text), items)
  end)
end

return M
