-- The real server's answers as Neovim 0.12 hands them on: a null stays in them, as `vim.NIL`,
-- where 0.11 leaves the field out. Every window and list is made of such. Started by run.lua.

local decode = vim.json.decode
---@param text string
---@param options? table
vim.json.decode = function(text, options)
  if not vim.tbl_get(options or {}, 'luanil', 'object') or not text:find('"jsonrpc"', 1, true) then
    return decode(text, options)
  end
  local message = decode(text)
  for _, key in ipairs({ 'id', 'error', 'result', 'params' }) do
    message[key] = message[key] ~= vim.NIL and message[key] or nil -- These are as they were.
  end
  return message
end

local said = require('said')
local steps = require('steps')
local step, wait_for = steps.step, steps.wait_for

local MART = 'models/marts/fct_orders.sql'

vim.lsp.config('exposure_lens', { cmd = { steps.server, 'lsp' } })
vim.lsp.enable('exposure_lens')

---@param patterns string[]
local function shows(patterns)
  wait_for(patterns[1], function()
    return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'):find(patterns[1])
  end)
  steps.check_all(table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'), patterns)
end

step('the answers do have nulls in them', function()
  steps.open(MART)
  steps.wait_for_lens('^Tableau: 11 dashboards')
  local client = assert(steps.client_here())
  local params = { project = vim.uri_from_fname(steps.project) }
  local answer = assert(client:request_sync('exposureLens/downstream', params, 20000))
  assert(vim.inspect(answer.result):find('vim.NIL', 1, true), 'the emulation is none any more')
end)

step('the tree and its keys', function()
  vim.cmd.ExposureLens('tree')
  shows({ '11 dashboards in 7 workbooks', '%[sales_overview%]', 'Churn  2 dashboards · no exposure' })
  vim.fn.search('Churn Risk')
  for _, keys in ipairs({ 'K', 'y', 'e' }) do
    vim.api.nvim_feedkeys(keys, 'xt', false)
  end
  vim.cmd('silent only')
end)

step('the lineage', function()
  steps.open(MART)
  vim.cmd.ExposureLens('lineage')
  shows({ 'int_orders_enriched  model', 'Sales Overview  workbook' })
  vim.cmd('silent only')
end)

step('the quickfix list', function()
  steps.open(MART)
  vim.cmd.ExposureLens('quickfix')
  shows({ 'Overview — Sales Overview', 'Churn Risk — Churn · no exposure' })
  vim.cmd.cclose()
end)

step('a list to choose from, and the page', function()
  steps.open(MART)
  local opened
  vim.ui.select = function(items, _, on_choice)
    on_choice(items[1])
  end
  vim.ui.open = function(uri)
    opened = uri
    return { wait = function() return { code = 0 } end }
  end
  vim.cmd.ExposureLens('list')
  wait_for('a page', function()
    return opened
  end)
end)

step('status and checkhealth', function()
  steps.open(MART)
  vim.cmd.ExposureLens('status')
  said.wait_for('^exposure%-lens: shop: 31 nodes, 17 workbooks')
  vim.cmd.checkhealth('exposure_lens')
  shows({ 'manifest: target/manifest.json: %d+ nodes', 'Tableau content: 17 workbooks', 'lenses are drawn' })
end)

step('nothing was an error', function()
  assert(vim.v.errmsg == '', vim.v.errmsg)
end)

steps.finish()
