-- What comes up in a day's work: a command before the server has started, two windows of one
-- tree, `:edit` in it, a session, a prompt that is left, a question that comes while one types.
-- Started by run.lua.

local said = require('said')
local steps = require('steps')
local stub = require('stub')
local step, wait_for = steps.step, steps.wait_for

local MART = 'models/marts/fct_orders.sql'
local DECLARED = 'models/exposures/tableau.yml'

---@param path string
---@return string
local function uri(path)
  return vim.uri_from_fname(vim.fs.joinpath(steps.project, path))
end

local here = { uri = uri(MART), range = { start = { line = 0, character = 0 }, ['end'] = { line = 0, character = 0 } } }

---@param label string
---@return table
local function workbook(label)
  return { id = label, kind = 'workbook', label = label, url = 'https://bi.example.com/' .. label, tooltip = {}, direct = true, children = {} }
end

---@param items table[]
---@return table
local function tree(items)
  return {
    version = 1, project = { uri = vim.uri_from_fname(steps.project), name = 'shop' }, complete = true, missing = {},
    hasContent = true, leftOut = 0, headline = ('%d workbooks'):format(#items), items = items,
    subjects = { { id = 'model.shop.fct_orders', label = 'fct_orders', location = here } },
  }
end

---Waits until the current buffer is a view that shows this.
---@param pattern string
local function shows(pattern)
  wait_for(pattern, function()
    local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
    return vim.bo.filetype == 'exposure_lens' and text:find(pattern)
  end)
end

vim.lsp.config('exposure_lens', { cmd = stub.cmd })
vim.lsp.enable('exposure_lens')
stub.answers['textDocument/codeLens'] = {}
stub.answers['exposureLens/downstream'] = tree({ workbook('Sales'), workbook('Churn') })

step('a command that comes before the server has started waits for it', function()
  vim.cmd.edit(vim.fn.fnameescape(vim.fs.joinpath(steps.project, MART)))
  assert(steps.client_here() == nil, 'it has started already')
  vim.cmd.ExposureLens('tree')
  shows('Churn')
  assert(#said.all == 0, vim.inspect(said.all))
  vim.cmd.close()
end)

step('a FileType autocommand has the last word on keys and on the window', function()
  local pressed = false
  local id = vim.api.nvim_create_autocmd('FileType', {
    pattern = 'exposure_lens',
    callback = function(event)
      vim.wo.number = true
      vim.keymap.set('n', 'w', function()
        pressed = true
      end, { buffer = event.buf, nowait = true })
    end,
  })
  local before = vim.wo.number
  vim.o.statuscolumn, vim.o.colorcolumn = '%l ', '20'
  vim.cmd.ExposureLens('tree')
  shows('Churn')
  assert(vim.wo.statuscolumn == '' and vim.wo.colorcolumn == '', 'it has the columns of code')
  vim.o.statuscolumn, vim.o.colorcolumn = '', ''
  vim.api.nvim_feedkeys('w', 'xt', false)
  assert(pressed, 'our own key was pressed')
  assert(vim.wo.number, 'the option is not that of the window')
  vim.cmd.close()
  assert(vim.wo.number == before, "it is another window's")
  vim.api.nvim_del_autocmd(id)
end)

step('keys act on the row of the window that they are typed in', function()
  vim.cmd.ExposureLens('tree')
  shows('Churn')
  vim.cmd.split()
  vim.fn.search('Sales')
  vim.cmd.wincmd('j')
  vim.fn.search('Churn')
  vim.api.nvim_feedkeys('y', 'xt', false)
  assert(vim.fn.getreg('"') == 'https://bi.example.com/Churn', vim.fn.getreg('"'))
  vim.cmd.close()
end)

step("e leaves a changed file in its window where 'hidden' is off", function()
  local exposure = { name = 'sales', location = vim.tbl_extend('force', here, { uri = uri(DECLARED) }) }
  stub.answers['exposureLens/downstream'] = tree({ vim.tbl_extend('force', workbook('Sales'), { exposure = exposure }) })
  vim.api.nvim_feedkeys('R', 'xt', false)
  shows('%[sales%]')
  local view, file = vim.api.nvim_get_current_win(), vim.fn.bufnr(steps.project .. '/' .. MART)
  vim.fn.search('Sales')
  vim.o.hidden, vim.bo[file].modified = false, true
  vim.api.nvim_feedkeys('e', 'xt', false)
  assert(vim.endswith(vim.api.nvim_buf_get_name(0), DECLARED), vim.api.nvim_buf_get_name(0))
  assert(vim.fn.bufwinid(file) > 0, 'the changed file is gone from the screen')
  vim.o.hidden, vim.bo[file].modified = true, false
  vim.cmd.close()
  vim.api.nvim_set_current_win(view)
end)

step(':edit in a tree draws it again', function()
  stub.answers['exposureLens/downstream'] = tree({ workbook('Sales') })
  vim.cmd.edit()
  shows('1 workbooks.*Sales')
  assert(not vim.bo.modifiable and vim.bo.buftype == 'nofile')
end)

step('a session brings back no dead windows', function()
  local session = vim.fn.tempname() .. '.vim'
  vim.cmd.mksession(vim.fn.fnameescape(session))
  vim.cmd('silent! tabonly | only! | %bwipeout!')
  vim.cmd('silent source ' .. vim.fn.fnameescape(session))
  local names = vim.tbl_map(vim.api.nvim_buf_get_name, vim.api.nvim_list_bufs())
  assert(vim.iter(names):any(function(name)
    return vim.endswith(name, MART)
  end), vim.inspect(names))
  assert(not table.concat(names, '\n'):find('exposure-lens://', 1, true), vim.inspect(names))
  assert(#vim.api.nvim_list_wins() == 1, 'the file alone is shown')
end)

step('subcommands complete behind what else a line has', function()
  for line, wanted in pairs({
    ['tab ExposureLens tr'] = { 'tree' },
    ['silent vertical ExposureLens tree '] = { 'project' },
    ['update | ExposureLens lis'] = { 'list' },
    ['ExposureLens! quickf'] = { 'quickfix' },
    ['ExposureLens list '] = {},
  }) do
    local offered = vim.fn.getcompletion(line, 'cmdline')
    assert(vim.deep_equal(offered, wanted), line .. ': ' .. vim.inspect(offered))
  end
end)

step('list is about the same node as the other commands, and about the nearest lens where there is none', function()
  steps.open(MART)
  vim.cmd.ExposureLens('list')
  wait_for('a command', function()
    local it = stub.last('workspace/executeCommand')
    return it and it.command == 'exposureLens.listDashboards' and it.arguments[1].node == 'model.shop.fct_orders'
  end)
  local plain = stub.answers['exposureLens/downstream']
  local disabled = 'fct_orders is disabled: dbt does not build it'
  stub.answers['exposureLens/downstream'] = vim.tbl_extend('force', plain, { subjects = {}, items = {}, headline = disabled })
  for _, subcommand in ipairs({ 'list', 'open', 'write', 'quickfix' }) do
    said.forget()
    vim.cmd.ExposureLens(subcommand)
    said.wait_for('^exposure%-lens: ' .. disabled .. '$')
  end
  stub.answers['textDocument/codeLens'] = { { range = here.range, command = { title = 'Tableau: in step', command = '' } } }
  vim.cmd.ExposureLens('list')
  said.wait_for('^exposure%-lens: Tableau: in step$')
  stub.answers['exposureLens/downstream'], stub.answers['textDocument/codeLens'] = plain, {}
end)

step('a quickfix list that somebody has stays where there is nothing to list', function()
  steps.open(MART)
  vim.fn.setqflist({}, ' ', { title = 'mine', items = { { text = 'kept' } } })
  stub.answers['exposureLens/downstream'] = tree({})
  vim.cmd.ExposureLens('quickfix')
  said.wait_for('0 workbooks')
  assert(vim.fn.getqflist({ title = 0 }).title == 'mine')
end)

step('find lists the models with what leads to them, from the list itself too', function()
  steps.open(MART)
  stub.answers['workspace/symbol'] = { { name = 'Churn', kind = 4, containerName = 'Tableau workbook → fct_orders', location = here } }
  vim.cmd.ExposureLens({ 'find', 'chu', 'rn' })
  local function found()
    local list = vim.fn.getqflist({ title = 0, items = 0 })
    return list.title == 'Tableau: "chu rn"' and list.items
  end
  local items = wait_for('a list', found)
  assert(stub.last('workspace/symbol').query == 'chu rn')
  assert(items[1].text == 'Churn (Tableau workbook → fct_orders)' and items[1].valid == 1, vim.inspect(items))
  assert(vim.bo.buftype == 'quickfix')
  stub.answers['workspace/symbol'] = {}
  vim.cmd.ExposureLens({ 'find', 'nothing' })
  said.wait_for('"nothing": nothing that is known of Tableau')
  assert(found(), 'the list stays')
  vim.cmd.cclose()
end)

step('a prompt that is left asks for nothing, and breaks nothing', function()
  steps.open(MART)
  local input, inputsecret, n_asked = vim.fn.input, vim.fn.inputsecret, #stub.asked
  for _, leave in ipairs({
    function()
      return ''
    end,
    function()
      error('Keyboard interrupt') -- What <C-c> does.
    end,
  }) do
    vim.fn.input, vim.fn.inputsecret = leave, leave
    vim.cmd.ExposureLens('find')
    vim.cmd.ExposureLens('login')
    vim.fn.input = function()
      return 'a-token'
    end
    vim.cmd.ExposureLens({ 'login', 'https://bi.example.com' })
  end
  vim.fn.input, vim.fn.inputsecret = input, inputsecret
  assert(#stub.asked == n_asked, vim.inspect(stub.asked[#stub.asked]))
end)

step('a listing of a folder of the project has no server, and that is no fault', function()
  vim.cmd.edit(vim.fn.fnameescape(vim.fs.joinpath(steps.project, 'notes')))
  vim.bo.filetype = 'netrw'
  said.forget()
  vim.cmd.ExposureLens('list')
  said.wait_for('no server is attached to this buffer: its filetype is "netrw"$')
  vim.cmd.checkhealth('exposure_lens')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  assert(not text:find('no server is attached'), text)
  vim.cmd.bwipeout()
  steps.open(MART)
end)

step("a question of the server's own waits until typing is over", function()
  local ui_select, shown, mode = vim.ui.select, nil, 'i'
  local get_mode = vim.api.nvim_get_mode
  vim.ui.select = function(items, options, on_choice)
    shown = options.kind
    on_choice(items[2])
  end
  vim.api.nvim_get_mode = function()
    return { mode = mode, blocking = false }
  end
  local question = { type = 3, message = 'Shall it be fetched?', actions = { { title = 'Fetch it' }, { title = 'Not now' } } }
  local box = stub.request('window/showMessageRequest', question)
  assert(not shown, 'it would take what is being typed')
  mode = 'n'
  vim.api.nvim_exec_autocmds('ModeChanged', { pattern = 'i:n', modeline = false })
  wait_for('an answer', function()
    return box.result and box.result.title == 'Not now'
  end)
  assert(shown == 'exposure_lens.question', shown)
  vim.ui.select, vim.api.nvim_get_mode = ui_select, get_mode
end)

step('the words of a lens that leads nowhere are said where Neovim runs it', function()
  assert(steps.client_here()):exec_cmd({ title = 'Tableau: no dashboards', command = '' })
  said.wait_for('^exposure%-lens: Tableau: no dashboards$')
end)

step('from a tree, the project of the tree is meant; from a list, none where several are open', function()
  steps.open(MART)
  stub.answers['exposureLens/downstream'] = tree({ workbook('Sales') })
  vim.cmd.ExposureLens('tree')
  shows('Sales')
  local ask, lens = require('exposure_lens.ask'), require('exposure_lens')
  local client = assert(ask.client())
  local clients = lens.clients
  lens.clients = function(bufnr)
    return bufnr and clients(bufnr) or { client, { id = -1, root_dir = '/elsewhere', initialized = true } }
  end
  assert(ask.client() == client, 'the project of the tree')
  vim.cmd.close()
  vim.cmd.enew()
  assert(ask.client() == nil)
  said.wait_for('several projects are open: go to a file of the one that is meant')
  lens.clients = clients
end)

---Has the server put an entry at the end of a file that does not end with a line break.
---@param new_text string
---@return string[] lines
local function appended(new_text)
  local file = assert(io.open(vim.uri_to_fname(uri(DECLARED)), 'wb'))
  file:write('exposures:\n  - name: a')
  file:close()
  steps.open(DECLARED)
  local at = { line = 1, character = #'  - name: a' }
  local edit = { textDocument = { uri = uri(DECLARED), version = vim.NIL }, edits = { { range = { start = at, ['end'] = at }, newText = new_text } } }
  local box = stub.request('workspace/applyEdit', { edit = { documentChanges = { edit } } })
  wait_for('an answer', function()
    return box.result and box.result.applied
  end)
  return vim.api.nvim_buf_get_lines(vim.uri_to_bufnr(uri(DECLARED)), 0, -1, false)
end

step('a file without a line break at its end gets no empty line there', function()
  local lines = appended('\n  - name: b\n')
  assert(vim.deep_equal(lines, { 'exposures:', '  - name: a', '  - name: b' }), vim.inspect(lines))
end)

step('nulls of an answer, which Neovim 0.12 keeps, are as if left out', function()
  local nulls = require('exposure_lens.nulls')
  local plain = nulls.dropped({ a = vim.NIL, b = { { c = vim.NIL, d = false } }, e = 0 })
  assert(vim.deep_equal(plain, { b = { { d = false } }, e = 0 }), vim.inspect(plain))
  assert(nulls.dropped(vim.NIL) == nil and nulls.dropped('') == '')
  steps.open(MART)
  stub.client.notification('exposureLens/status', {
    health = 'ok', message = 'all well', quiescent = true, detail = vim.NIL,
    sites = { { name = 'acme', phase = 'fresh', workbooks = 2, address = vim.NIL, fetchedAt = vim.NIL, message = vim.NIL } },
    projects = { { uri = uri(''), name = 'shop', manifest = vim.NIL, workbooks = 2, problems = {} } },
  })
  wait_for('a status', function()
    return require('exposure_lens').status()
  end)
  vim.cmd.ExposureLens('status')
  said.wait_for('^exposure%-lens: all well\nacme: fresh$')
  vim.cmd.checkhealth('exposure_lens')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  steps.check_all(text, { 'server: all well', 'acme: fresh', 'no manifest' })
  assert(not text:find('Failed to run'), text)
end)

steps.finish()
