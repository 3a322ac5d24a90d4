-- What is drawn of the server's answers, with answers made by hand: trees, graphs, lists,
-- previews, what is said where there is nothing. Started by run.lua.

local said = require('said')
local steps = require('steps')
local stub = require('stub')
local step, wait_for = steps.step, steps.wait_for

local MART = 'models/marts/fct_orders.sql'
local STAGING = 'models/staging/stg_orders.sql'
local uri = vim.uri_from_fname(vim.fs.joinpath(steps.project, MART))
local project = { uri = vim.uri_from_fname(steps.project), name = 'shop' }
local here = { uri = uri, range = { start = { line = 1, character = 0 }, ['end'] = { line = 1, character = 3 } } }

---The server names every field, and Neovim 0.12 keeps what is null. Ours must not mind.
---@param names string[]
---@return table<string, vim.NIL>
local function nulls(names)
  local all = {}
  for _, name in ipairs(names) do
    all[name] = vim.NIL
  end
  return all
end

---@param more table
---@return table
local function item(more)
  local plain = { kind = 'dashboard', tooltip = {}, direct = true, children = {} }
  plain = vim.tbl_extend('error', plain, nulls({ 'description', 'url', 'views', 'exposure', 'write' }))
  return vim.tbl_extend('force', plain, { id = more.label }, more)
end

local PAGE = 'https://bi.example.com/#/site/acme/views/'

---@param more table
---@return table
local function tree(more)
  return vim.tbl_extend('force', {
    version = 1, project = project, complete = true, missing = {}, hasContent = true, leftOut = 0,
    subjects = { { id = 'model.shop.fct_orders', label = 'fct_orders', location = here } },
    headline = '3 dashboards in 2 workbooks',
    items = {
      item({ kind = 'site', label = 'acme', description = '2 workbooks', children = {
        item({ kind = 'workbook', label = 'Sales', url = PAGE .. 'Sales', views = 310, description = '2 dashboards · 310 views',
          tooltip = { 'Finance/Exec', 'Ana Ruiz' }, exposure = { name = 'sales', location = here }, children = {
            item({ label = 'Overview', url = PAGE .. 'Overview', views = 300, description = '300 views' }),
            item({ label = 'Café & Crème 🧁', views = 10 }),
          } }),
        item({ kind = 'workbook', label = 'Churn', write = { project = project.uri, write = { what = 'all' } }, children = {
          item({ label = 'Churn Risk' }),
        } }),
      } }),
    },
  }, more)
end

---@return string[]
local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

---Waits until the current buffer shows exactly this.
---@param expected string[]
local function shows(expected)
  local ok = pcall(wait_for, 'a text', function()
    return vim.deep_equal(lines(), expected)
  end)
  assert(ok, vim.inspect(lines()) .. ' in place of ' .. vim.inspect(expected))
end

---Types keys as a person does.
---@param keys string
local function type_keys(keys)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, false, true), 'xt', false)
end

---@param text string
local function cursor_on(text)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  assert(vim.fn.search('\\V' .. text, 'cw') > 0, 'no ' .. text .. ' in ' .. vim.inspect(lines()))
end

vim.o.columns = 120
vim.lsp.config('exposure_lens', { cmd = stub.cmd })
vim.lsp.enable('exposure_lens')
stub.answers['textDocument/codeLens'] = {}
stub.answers['exposureLens/downstream'] = tree({})

local TREE = {
  'fct_orders',
  '3 dashboards in 2 workbooks',
  'by name · follows the cursor · g? keys',
  '▾ acme  2 workbooks',
  '  ▾ Sales  2 dashboards · 310 views  [sales]',
  '      Overview  300 views',
  '      Café & Crème 🧁',
  '  ▾ Churn  no exposure',
  '      Churn Risk',
}

step('a tree has what is below what, counts, and what has no exposure', function()
  steps.open(MART)
  wait_for('the server', function()
    return assert(steps.client_here()).initialized
  end)
  vim.cmd.ExposureLens('tree')
  shows(TREE)
  local params = stub.last('exposureLens/downstream')
  assert(params.textDocument.uri == uri and params.position.line == 0 and params.order == 'name', vim.inspect(params))
  assert(vim.bo.buftype == 'nofile' and not vim.bo.modifiable and vim.bo.bufhidden == 'wipe')
  assert(vim.api.nvim_win_get_width(0) == 60, 'its width is the option tree.width')
end)

step('rows fold and unfold, and the cursor stays on its row', function()
  cursor_on('Sales')
  type_keys('o')
  local folded = vim.list_extend(vim.list_slice(TREE, 1, 4), { '  ▸ Sales  2 dashboards · 310 views  [sales]', TREE[8], TREE[9] })
  shows(folded)
  assert(vim.api.nvim_get_current_line():find('Sales'), 'the cursor has moved')
  type_keys('zM')
  shows(vim.list_extend(vim.list_slice(TREE, 1, 3), { '▸ acme  2 workbooks' }))
  type_keys('zR')
  shows(TREE)
  cursor_on('Churn')
  type_keys('zc')
  type_keys('zo')
  shows(TREE)
end)

step('<CR> opens the page, by the server', function()
  cursor_on('Overview')
  type_keys('<CR>')
  wait_for('a command', function()
    local it = stub.last('workspace/executeCommand')
    return it and it.command == 'exposureLens.openDashboard' and it.arguments[1].url == PAGE .. 'Overview'
  end)
  cursor_on('Churn Risk')
  type_keys('<CR>')
  said.wait_for('Churn Risk: it has no known page')
end)

step('w has the server write what is missing; y copies a link; K tells more', function()
  cursor_on('Churn ')
  type_keys('w')
  wait_for('a command', function()
    local it = stub.last('workspace/executeCommand')
    return it.command == 'exposureLens.write' and it.arguments[1].write.what == 'all'
  end)
  cursor_on('Sales')
  type_keys('w')
  said.wait_for('Sales has its exposure: sales')
  type_keys('y')
  assert(vim.fn.getreg('"') == PAGE .. 'Sales')
  type_keys('K')
  steps.check_all(wait_for('details', steps.floating), { 'Finance/Exec', 'Ana Ruiz', vim.pesc(PAGE) })
  vim.cmd.fclose()
end)

step('e goes to the exposure, in the window with the file', function()
  cursor_on('Sales')
  local win = vim.api.nvim_get_current_win()
  type_keys('e')
  assert(vim.api.nvim_get_current_win() ~= win and vim.fn.line('.') == 2, 'it stands on the exposure')
  vim.fn.win_gotoid(win)
end)

step('s sorts by views, F filters, both asked of the server', function()
  type_keys('s')
  wait_for('another order', function()
    return stub.last('exposureLens/downstream').order == 'views' and lines()[3]:find('most viewed first')
  end)
  vim.ui.input = function(_, on_text)
    on_text(' ana ')
  end
  stub.answers['exposureLens/downstream'] = tree({ items = {} })
  type_keys('F')
  wait_for('a filter', function()
    return stub.last('exposureLens/downstream').filter == 'ana' and lines()[3]:find('only "ana"')
  end)
  assert(vim.tbl_contains(lines(), 'Nothing has "ana" in its name. F with no text shows all.'), vim.inspect(lines()))
  vim.ui.input = function(_, on_text)
    on_text('')
  end
  stub.answers['exposureLens/downstream'] = tree({})
  type_keys('F')
  type_keys('s')
  shows(TREE)
end)

step('it asks again when answers may differ', function()
  stub.answers['exposureLens/downstream'] = tree({ headline = '4 dashboards' })
  stub.client.notification('exposureLens/changed', vim.NIL)
  wait_for('another headline', function()
    return lines()[2] == '4 dashboards'
  end)
  stub.answers['exposureLens/downstream'] = tree({})
  type_keys('R')
  shows(TREE)
end)

step('it follows the cursor into another file, until it stays', function()
  local win = vim.api.nvim_get_current_win()
  vim.cmd.wincmd('p')
  steps.open(STAGING)
  wait_for('the other file', function()
    return vim.endswith(stub.last('exposureLens/downstream').textDocument.uri, 'stg_orders.sql')
  end)
  vim.fn.win_gotoid(win)
  type_keys('f')
  shows(vim.list_extend({ TREE[1], TREE[2], 'by name · stays · g? keys' }, vim.list_slice(TREE, 4)))
  type_keys('R')
  wait_for('the node by name', function()
    return stub.last('exposureLens/downstream').node == 'model.shop.fct_orders'
  end)
end)

step('what is not known is said above the rows, and an empty tree is no zero then', function()
  stub.answers['exposureLens/downstream'] = tree({
    complete = false, items = {}, headline = 'use unknown (data incomplete)', missing = { '12 table names are hidden from your token' },
  })
  type_keys('R')
  shows({
    'fct_orders',
    'use unknown (data incomplete)',
    'not a zero: 12 table names are hidden from your token',
    'by name · stays · g? keys',
    'None are known, and that is not a zero: see above.',
  })
end)

step('each empty state says what to do', function()
  local function check(answer, pattern)
    stub.answers['exposureLens/downstream'] = answer
    type_keys('R')
    local ok = pcall(wait_for, 'a text', function()
      return table.concat(lines(), ' '):find(pattern)
    end)
    assert(ok, pattern .. ' in ' .. vim.inspect(lines()))
  end
  check(tree({ items = {}, headline = 'no dashboards' }), 'No dashboards%.')
  check(tree({ items = {}, hasContent = false, headline = '' }), 'Sign in with :ExposureLens login')
  check(vim.NIL, 'No dbt node here%. Open a model')
  local nowhere = 'no model is defined in this file'
  check(tree({ items = {}, subjects = {}, complete = false, headline = nowhere }), '^Exposure Lens no model is defined in this file [^.]*Open a model')
  check(tree({ leftOut = 120 }), '… 120 more workbooks: F filters')
end)

step('a narrow window breaks what is said at spaces', function()
  stub.answers['exposureLens/downstream'] = tree({ items = {}, headline = '12 dashboards in 4 workbooks · 3 workbooks without exposure' })
  vim.api.nvim_win_set_width(0, 22)
  type_keys('R')
  shows({
    'fct_orders', '12 dashboards in 4', 'workbooks · 3', 'workbooks without', 'exposure', 'by name · stays · g?', 'keys',
    'No dashboards.',
  })
end)

step('g? lists every key; q closes', function()
  type_keys('g?')
  local text = wait_for('the keys', steps.floating)
  for _, key in ipairs(require('exposure_lens.keys').all) do
    assert(text:find(key.about, 1, true), key.about)
  end
  vim.cmd.fclose()
  local buf = vim.api.nvim_get_current_buf()
  type_keys('q')
  assert(not vim.api.nvim_buf_is_valid(buf) and #require('exposure_lens.view').all() == 0, 'it is gone')
end)

step('the whole project has a tree too, and a tab page its own', function()
  stub.answers['exposureLens/downstream'] = tree({ subjects = {}, headline = '40 dashboards' })
  vim.cmd('ExposureLens! tree')
  wait_for('the project', function()
    return lines()[1] == 'shop' and lines()[2] == '40 dashboards' and lines()[3] == 'by name · g? keys'
  end)
  local params = stub.last('exposureLens/downstream')
  assert(params.project == project.uri and params.textDocument == nil, vim.inspect(params))
  vim.cmd.tabnew()
  vim.cmd.ExposureLens({ 'tree', 'project' })
  wait_for('another view', function()
    return #require('exposure_lens.view').all() == 2
  end)
  vim.cmd.tabclose()
  vim.cmd.ExposureLens('tree!')
  assert(#require('exposure_lens.view').all() == 1, 'the one that is there is taken')
  type_keys('q')
end)

step('a graph is two lists: what is read, and what reads; each once', function()
  steps.open(MART)
  local function node(id, kind, more)
    local plain = { id = id, kind = kind, label = id, probable = false, moreUpstream = 0, moreDownstream = 0 }
    return vim.tbl_extend('force', plain, nulls({ 'detail', 'location', 'url' }), more or {})
  end
  local graph = {
    version = 1, project = project, center = 'fct', headline = '2 dashboards', complete = false, missing = { 'a thing' },
    nodes = {
      node('raw', 'source'), node('stg', 'model', { moreUpstream = 3 }), node('fct', 'model'), node('rpt', 'model'),
      node('Sales', 'workbook', { detail = 'Finance · 310 views', url = PAGE .. 'Sales' }),
      node('Overview', 'dashboard', { probable = true }),
    },
    edges = {
      { from = 'raw', to = 'stg' }, { from = 'stg', to = 'fct' }, { from = 'fct', to = 'rpt' }, { from = 'rpt', to = 'Sales' },
      { from = 'fct', to = 'Sales' }, { from = 'Sales', to = 'Overview' },
    },
  }
  stub.answers['exposureLens/lineage'] = graph
  vim.cmd.ExposureLens('lineage')
  shows({
    'fct', '2 dashboards', 'not known: a thing', '',
    'Reads', '▾ stg  model', '    raw  source', '    … 3 more: <CR>', '',
    'Is read by', '▾ rpt  model', '  ▾ Sales  workbook · Finance · 310 views', '      Overview  dashboard · not sure',
    '  Sales  workbook · Finance · 310 views · see above',
  })
  cursor_on('3 more')
  type_keys('<CR>')
  wait_for('the rest', function()
    return vim.deep_equal(stub.last('exposureLens/lineage').expand, { 'stg' })
  end)
  type_keys('q')
end)

step('the quickfix list leads to the exposure, else to the model', function()
  steps.open(STAGING)
  stub.answers['exposureLens/downstream'] = tree({})
  vim.cmd.ExposureLens('quickfix')
  local items = wait_for('a list', function()
    local all = vim.fn.getqflist()
    return #all == 3 and all
  end)
  local texts = vim.tbl_map(function(it)
    return it.text
  end, items)
  local wanted = { 'Overview — Sales (300 views)', 'Café & Crème 🧁 — Sales (10 views)', 'Churn Risk — Churn · no exposure' }
  assert(vim.deep_equal(texts, wanted), vim.inspect(texts))
  for _, it in ipairs(items) do
    assert(it.valid == 1 and it.lnum == 2 and vim.endswith(vim.api.nvim_buf_get_name(it.bufnr), MART), vim.inspect(it))
  end
  local title = vim.fn.getqflist({ title = 0 }).title
  assert(title == 'Tableau: fct_orders: 3 dashboards in 2 workbooks', title)
  vim.cmd.cclose()
end)

step('the most viewed dashboard comes first, whatever workbook it is in; what is indirect says so', function()
  local function workbook(label, dashboards)
    return item({ kind = 'workbook', label = label, children = dashboards })
  end
  local quickfix = require('exposure_lens.quickfix')
  local answer = require('exposure_lens.nulls').dropped(tree({ items = {
    workbook('A', { item({ label = 'a1', views = 9 }), item({ label = 'a2', views = 2 }), item({ label = 'a3' }) }),
    workbook('B', { item({ label = 'b1', views = 5, direct = false }), item({ label = 'b2', views = 2 }) }),
  } }))
  local texts = vim.tbl_map(function(it)
    return it.text
  end, quickfix.items(assert(steps.client_here()), answer))
  local wanted = { 'a1 — A (9 views)', 'b1 — B (5 views) · indirect', 'a2 — A (2 views)', 'b2 — B (2 views)', 'a3 — A' }
  for n, text in ipairs(wanted) do
    assert(texts[n] == text .. ' · no exposure', vim.inspect(texts))
  end
end)

step('open takes the most viewed page, or says why there is none', function()
  steps.open(MART)
  vim.cmd.ExposureLens('open')
  wait_for('a page', function()
    local it = stub.last('workspace/executeCommand')
    return it.command == 'exposureLens.openDashboard' and it.arguments[1].url == PAGE .. 'Overview'
  end)
  stub.answers['exposureLens/downstream'] = tree({ items = {}, headline = 'use unknown', missing = { 'names are hidden' } })
  vim.cmd.ExposureLens('open')
  said.wait_for('^exposure%-lens: use unknown\nnames are hidden$')
end)

step('a list to choose from shows what stands beside the titles, and answers with the choice', function()
  local shown, chosen
  vim.ui.select = function(items, options, on_choice)
    shown = vim.tbl_map(options.format_item, items)
    chosen = function(n)
      on_choice(items[n])
    end
    assert(options.prompt == 'fct_orders: 3 dashboards', options.prompt)
  end
  local actions = {
    { title = 'Overview', description = 'Sales', detail = 'Finance/Exec\n310 views' },
    { title = 'Café 🧁', description = 'Café', detail = '' },
    { title = 'Overview — Churn', description = 'Churn', detail = '' },
  }
  local box = stub.request('window/showMessageRequest', { type = 3, message = 'fct_orders: 3 dashboards', actions = actions })
  assert(vim.deep_equal(shown, { 'Overview          Sales · Finance/Exec 310 views', 'Café 🧁           Café', 'Overview — Churn' }), vim.inspect(shown))
  assert(box.result == nil, 'it waits for the choice')
  chosen(2)
  wait_for('an answer', function()
    return box.result and box.result.title == 'Café 🧁'
  end)
  box = stub.request('window/showMessageRequest', { type = 3, message = 'fct_orders: 3 dashboards', actions = actions })
  chosen(nil)
  wait_for('no answer', function()
    return box.result == vim.NIL
  end)
end)

step('the server is told what the plugin can', function()
  local ours = stub.last('initialize').capabilities.experimental.exposureLens
  assert(vim.deep_equal(ours, { copy = true, picker = true, changed = true }), vim.inspect(ours))
end)

steps.finish()
