-- Edits that dbt has not seen: what dashboards read stays on the lens and is told when it is
-- about to go, and what is only typed counts at once. Started by run.lua.

local steps = require('steps')
local open, step, wait_for, wait_for_lens = steps.open, steps.step, steps.wait_for, steps.wait_for_lens

local MART = 'models/marts/fct_orders.sql'
local UPSTREAM = 'models/staging/stg_vendors.sql'
local MART_LENS = '^Tableau: 11 dashboards in 7 workbooks'
local LOST = '11 dashboards'

vim.lsp.config('exposure_lens', { cmd = { steps.server, 'lsp' } })
vim.lsp.enable('exposure_lens')

---@param path string
---@return integer
local function buffer(path)
  return vim.uri_to_bufnr(vim.uri_from_fname(vim.fs.joinpath(steps.project, path)))
end

---What is said of a file to be lost, by its buffer.
---@param of integer
---@return vim.Diagnostic?
local function lost(of)
  return vim.iter(vim.diagnostic.get(of)):find(function(it)
    return it.code == 'deployed-relation-lost'
  end)
end

---@param of integer
local function wait_for_loss(of)
  local found = wait_for('a warning that names the dashboards', function()
    return lost(of)
  end)
  steps.check_all(found.message, { LOST, 'analytics_marts%.fct_orders', 'Sales Overview' })
end

---@param of integer
local function wait_for_no_loss(of)
  wait_for('the end of the warning', function()
    return not lost(of)
  end)
end

---Types a line above the others, without saving. What was done before is undone apart.
---@param line string
local function type_above(line)
  vim.cmd('let &l:undolevels = &l:undolevels')
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { line })
end

---Types a line; what it does is told until it is undone.
---@param line string
local function loses_dashboards(line)
  open(MART)
  wait_for_lens(MART_LENS)
  type_above(line)
  wait_for_loss(0)
  wait_for_lens(MART_LENS)
  vim.cmd('silent undo')
  assert(not vim.bo.modified, 'the buffer is as it was')
  wait_for_no_loss(0)
  wait_for_lens(MART_LENS)
end

step('another alias of a used model warns with its dashboards, until it is undone', function()
  loses_dashboards("{{ config(alias='orders_2') }}")
end)

step('so does disabling it', function()
  loses_dashboards('{{ config(enabled=false) }}')
end)

step('deleting its file is told of the file that is gone, until it is back', function()
  open(UPSTREAM)
  vim.api.nvim_buf_delete(buffer(MART), { force = true })
  local file = vim.fs.joinpath(steps.project, MART)
  assert(os.rename(file, file .. '.kept'))
  wait_for_loss(buffer(MART))
  assert(os.rename(file .. '.kept', file))
  wait_for_no_loss(buffer(MART))
end)

step('a ref that is typed and not saved changes the lens of what it reads', function()
  open(UPSTREAM)
  wait_for_lens('^Tableau: no dashboards')
  vim.o.hidden = true
  open(MART)
  type_above("-- {{ ref('stg_vendors') }}")
  open(UPSTREAM)
  wait_for_lens('^Tableau: 12 dashboards downstream, none direct')
  assert(vim.bo[buffer(MART)].modified, 'the buffer was saved')
  open(MART)
  vim.cmd('silent undo')
  open(UPSTREAM)
  wait_for_lens('^Tableau: no dashboards')
end)

step('a new file has a lens before it is saved', function()
  vim.cmd.edit(vim.fn.fnameescape(vim.fs.joinpath(steps.project, 'models/marts/fct_new.sql')))
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { "select * from {{ ref('fct_orders') }}" })
  wait_for('a client', steps.client_here)
  wait_for_lens('newer than the manifest')
  vim.bo.modified = false
end)

steps.finish()
