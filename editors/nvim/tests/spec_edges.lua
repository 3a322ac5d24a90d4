-- A server that dies, edits that are looked at first, options that do not fit, the lens API of
-- Neovim 0.12, a server that is too old. Started by run.lua.

local said = require('said')
local steps = require('steps')
local stub = require('stub')
local step, wait_for = steps.step, steps.wait_for

local MART = 'models/marts/fct_orders.sql'
local DECLARED = 'models/exposures/tableau.yml'
local NEW = 'models/tableau/new.yml'
local project = vim.uri_from_fname(steps.project)

---@param path string
---@return string
local function uri(path)
  return vim.uri_from_fname(vim.fs.joinpath(steps.project, path))
end

---@param path string
---@return string
local function text(path)
  local buf = vim.uri_to_bufnr(uri(path))
  vim.fn.bufload(buf)
  return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), '\n') .. '\n'
end

local function ready()
  wait_for('the server', function()
    local client = steps.client_here()
    return client and client.initialized
  end)
end

vim.lsp.config('exposure_lens', { cmd = stub.cmd })
vim.lsp.enable('exposure_lens')
stub.answers['textDocument/codeLens'] = {}

step('a server that died starts anew, once, with one word; what was open is attached', function()
  steps.open(MART)
  ready()
  local id = assert(steps.client_here()).id
  said.forget()
  stub.die(9)
  wait_for('another client', function()
    local client = steps.client_here()
    return client and client.id ~= id and client.initialized
  end)
  said.wait_for('^exposure%-lens: the server was killed by signal 9; it starts anew$')
  local ours = vim.tbl_filter(function(message)
    return vim.startswith(message, 'exposure-lens: ')
  end, said.all)
  assert(#ours == 1, vim.inspect(said.all))
end)

step('one that dies again stays off, and how to start it is said', function()
  said.forget()
  stub.die(9)
  said.wait_for('killed by signal 9 again, and stays off: .*:ExposureLens restart starts it')
  assert(steps.client_here() == nil, 'it was started again')
  vim.cmd.ExposureLens('tree')
  said.wait_for('the server has died, and stays off: :ExposureLens restart starts it')
  vim.cmd.ExposureLens('restart')
  ready()
end)

step('a tree says that the server is gone, and fills again when it is back', function()
  stub.answers['exposureLens/downstream'] = vim.NIL
  vim.cmd.ExposureLens('tree')
  local buf = vim.api.nvim_get_current_buf()
  local function first()
    return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), ' ')
  end
  wait_for('an answer', function()
    return first():find('No dbt node here')
  end)
  vim.g.exposure_lens = { restart = false }
  said.forget()
  stub.die(9)
  said.wait_for('the server was killed by signal 9; :ExposureLens restart starts it')
  wait_for('the word', function()
    return first():find('The server is not running%. :ExposureLens restart starts it%.')
  end)
  vim.g.exposure_lens = nil
  vim.cmd.ExposureLens('restart')
  wait_for('an answer', function()
    return not first():find('not running') and first():find('No dbt node here')
  end)
  vim.cmd.wincmd('q')
end)

step('restart leaves a server that hangs to itself, and makes it end', function()
  steps.open(MART)
  local lens = require('exposure_lens')
  local function restarted()
    local before = assert(lens.clients(0)[1])
    vim.cmd.ExposureLens('restart')
    wait_for('another client', function()
      local client = lens.clients(0)[1]
      return client and client.id ~= before.id
    end)
    return before
  end
  stub.is_deaf = true
  restarted()
  stub.is_deaf = false
  local deaf = restarted()
  assert(#lens.clients(0) == 1, 'commands may still ask the one that hangs')
  assert(not next(deaf.attached_buffers), 'its lenses may stand beside the new ones')
  wait_for('its end', deaf.rpc.is_closing)
end)

step('lenses that the old server still sends after a restart are not drawn', function()
  local lens, buf = require('exposure_lens'), vim.api.nvim_get_current_buf()
  local client, answer = assert(lens.clients(0)[1]), nil
  local request = client.request
  client.request = function(self, method, params, handler, ...)
    answer = method == 'textDocument/codeLens' and handler or answer
    return request(self, method, params, handler, ...)
  end
  lens.refresh(client.id, buf)
  vim.cmd.ExposureLens('restart')
  local range = { start = { line = 0, character = 0 }, ['end'] = { line = 0, character = 0 } }
  local late = { { range = range, command = { title = 'Tableau: 1 dashboard', command = '' } } }
  assert(answer)(nil, late, { bufnr = buf, client_id = client.id, method = 'textDocument/codeLens' })
  local namespace = vim.api.nvim_create_namespace('nvim.lsp.codelens:' .. client.id)
  assert(#vim.api.nvim_buf_get_extmarks(buf, namespace, 0, -1, {}) == 0, 'it stands beside the new one')
  ready()
end)

---An edit that adds one entry to a file and makes another file.
---@return lsp.WorkspaceEdit
local function edit()
  local at_end = { line = #vim.split(text(DECLARED), '\n') - 1, character = 0 }
  local start = { line = 0, character = 0 }
  return {
    documentChanges = {
      {
        textDocument = { uri = uri(DECLARED) },
        edits = { { range = { start = at_end, ['end'] = at_end }, newText = '  - name: churn\n    type: dashboard\n' } },
      },
      { kind = 'create', uri = uri(NEW) },
      {
        textDocument = { uri = uri(NEW) },
        edits = { { range = { start = start, ['end'] = start }, newText = 'exposures:\n  - name: new\n    type: dashboard\n' } },
      },
    },
  }
end

---Has the server ask for an edit, as it does after `:ExposureLens write!`.
---@return { result?: table } box
local function write()
  vim.cmd.ExposureLens('write!')
  wait_for('the command', function()
    local it = stub.last('workspace/executeCommand')
    return it and vim.deep_equal(it.arguments[1], { project = project, write = { what = 'missing' } })
  end)
  return stub.request('workspace/applyEdit', { edit = edit() })
end

step('what will be written is shown first, and nothing is done when it is left', function()
  steps.open(MART)
  ready()
  local before = text(DECLARED)
  local box = write()
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  assert(lines[1] == '# This writes 2 exposures into 2 files. :w or <CR> does it, q leaves all as it is.', lines[1])
  local diff = table.concat(lines, '\n')
  for _, part in ipairs({
    '\n--- models/exposures/tableau.yml\n+++ models/exposures/tableau.yml\n@@ ', '\n+  - name: churn\n+    type: dashboard\n',
    '\n--- /dev/null\n+++ models/tableau/new.yml\n@@ -0,0 +1,3 @@\n+exposures:\n+  - name: new\n',
  }) do
    assert(diff:find(part, 1, true), part .. ' in ' .. diff)
  end
  vim.api.nvim_feedkeys('q', 'xt', false)
  wait_for('an answer', function()
    return box.result and box.result.applied == false and box.result.failureReason == 'you left it as it was'
  end)
  assert(text(DECLARED) == before and not vim.uv.fs_stat(vim.uri_to_fname(uri(NEW))), 'something was written')
end)

step('it is written by :w, and taken back by u', function()
  local before = text(DECLARED)
  local box = write()
  vim.cmd.write()
  wait_for('an answer', function()
    return box.result and box.result.applied
  end)
  assert(text(DECLARED) == before .. '  - name: churn\n    type: dashboard\n', text(DECLARED))
  assert(text(NEW) == 'exposures:\n  - name: new\n    type: dashboard\n' , vim.inspect(text(NEW)))
  said.wait_for('wrote 2 exposures into 2 files: :wall saves, u in each file takes it back')
  vim.api.nvim_buf_call(vim.uri_to_bufnr(uri(DECLARED)), function()
    vim.cmd('silent undo')
  end)
  assert(text(DECLARED) == before, 'undone')
  os.remove(vim.uri_to_fname(uri(NEW)))
  vim.api.nvim_buf_delete(vim.uri_to_bufnr(uri(NEW)), { force = true })
end)

step('a file that changed while it was looked at is not written', function()
  local box = write()
  vim.api.nvim_buf_set_lines(vim.uri_to_bufnr(uri(DECLARED)), 0, 0, false, { '# Another.' })
  vim.api.nvim_feedkeys(vim.keycode('<CR>'), 'xt', false)
  wait_for('an answer', function()
    return box.result and box.result.failureReason == 'a file has changed meanwhile: try again'
  end)
  assert(not text(DECLARED):find('churn'), 'it was written')
end)

step('an edit that was not asked for by command is made at once, and told', function()
  said.forget()
  local box = stub.request('workspace/applyEdit', { edit = edit() })
  wait_for('an answer', function()
    return box.result and box.result.applied
  end)
  assert(text(DECLARED):find('churn'))
  said.wait_for('^exposure%-lens: wrote 2 exposures into 2 files: :wall saves, u in each file takes it back$')
end)

step('buffers that come and go leave nothing behind', function()
  local function n_left()
    local ours = vim.iter(vim.api.nvim_get_autocmds({})):filter(function(it)
      return vim.startswith(it.group_name or '', 'exposure_lens')
    end)
    return #ours:totable(), #require('exposure_lens.view').all()
  end
  local file = vim.fs.joinpath(steps.project, 'models/marts/dim_products.sql')
  local function round()
    vim.cmd.edit(vim.fn.fnameescape(file))
    wait_for('a client', steps.client_here)
    vim.cmd.ExposureLens('tree')
    vim.cmd.close()
    vim.cmd('silent bwipeout! ' .. vim.fn.bufnr(file))
  end
  round()
  local autocmds, views = n_left()
  for _ = 1, 20 do
    round()
  end
  local autocmds_after, views_after = n_left()
  assert(autocmds == autocmds_after, ('%d autocommands, then %d'):format(autocmds, autocmds_after))
  assert(views == 0 and views_after == 0, 'a view is kept')
end)

step('a server that lacks a method is told to be too old', function()
  vim.lsp.get_clients({ name = 'exposure_lens' })[1].server_capabilities.experimental = nil
  said.forget()
  steps.open(MART)
  vim.cmd.ExposureLens('quickfix')
  said.wait_for('^exposure%-lens: exposure%-lens 0%.0%.1 has no exposureLens/downstream; install a newer one$')
end)

step('commands say what is wrong with their words', function()
  for command, pattern in pairs({
    ['list!'] = '"list" takes no !',
    ['tree here'] = '"tree" is followed by nothing or by "project", not by "here"',
    ['pull now'] = 'too many words after "pull"$',
    ['login https://bi.example.com name'] = 'too many words after "login"; a secret is asked for, never written here$',
  }) do
    said.forget()
    vim.cmd('ExposureLens ' .. command)
    said.wait_for(pattern)
  end
  vim.cmd.edit(vim.fn.tempname() .. '.sql')
  said.forget()
  vim.cmd.ExposureLens('tree')
  said.wait_for('no server is attached to this buffer: it is no file below a dbt_project.yml')
  stub.answers['exposureLens/downstream'] = vim.NIL
  steps.open(MART)
  vim.lsp.get_clients({ name = 'exposure_lens' })[1].server_capabilities.experimental = { exposureLens = { methods = stub.methods } }
  vim.cmd.ExposureLens('tree')
  said.forget()
  vim.cmd.ExposureLens('list')
  said.wait_for('this is about the model at the cursor: go to its file first')
  vim.cmd.close()
end)

step('an option that does not fit counts as its default, and is told once', function()
  local config = require('exposure_lens.config')
  local function problems(given)
    vim.g.exposure_lens = given
    local options, all = config.read()
    return all, options
  end
  local known = 'there are lens, preview, restart, tree'
  for _, it in ipairs({
    { { lense = true }, 'vim.g.exposure_lens has an unknown key "lense"; ' .. known },
    { { lens = 'no' }, 'vim.g.exposure_lens: lens is "no", and must be a boolean; it counts as true' },
    { { tree = { width = 5 } }, 'vim.g.exposure_lens: tree.width is 5, and must be a whole number of columns, 20 or more; it counts as 60' },
    { { tree = { order = 'size' } }, 'vim.g.exposure_lens: tree.order is "size", and must be "name" or "views"; it counts as "name"' },
    { { tree = { with = 5 } }, 'vim.g.exposure_lens has an unknown key "tree.with"; there are tree.order, tree.width' },
    { 'off', 'vim.g.exposure_lens is "off", and must be a table' },
  }) do
    local all, options = problems(it[1])
    assert(vim.deep_equal(all, { it[2] }), vim.inspect(all))
    assert(vim.deep_equal(options, config.defaults), vim.inspect(options))
  end
  local all, options = problems({ tree = { width = 40 } })
  assert(#all == 0 and options.tree.width == 40 and options.tree.order == 'name' and options.lens)
  said.forget()
  vim.g.exposure_lens = { lense = true }
  config.options()
  config.options()
  assert(#said.all == 1, vim.inspect(said.all))
  vim.g.exposure_lens = nil
end)

step('Neovim 0.12 is asked for lenses by client and buffer, or by buffer alone', function()
  local codelens, asked = vim.lsp.codelens, {}
  local lens = require('exposure_lens')
  steps.open(MART)
  local client, buf = assert(steps.client_here()), vim.api.nvim_get_current_buf()
  codelens.enable = function(_, filter)
    table.insert(asked, filter)
  end
  lens.on_attach({ buf = buf, data = { client_id = client.id } })
  assert(vim.deep_equal(asked, { { client_id = client.id, bufnr = buf } }), vim.inspect(asked))
  codelens.enable = function(_, filter)
    assert(not (filter.bufnr and filter.client_id), '`bufnr` and `client_id` are mutually exclusive.')
    table.insert(asked, filter)
  end
  asked = {}
  lens.on_attach({ buf = buf, data = { client_id = client.id } })
  assert(vim.deep_equal(asked, { { bufnr = buf } }), vim.inspect(asked))
  codelens.enable = nil
end)

step("Neovim's own handler refreshes lenses, where it has one", function()
  local refreshed
  vim.lsp.handlers['workspace/codeLens/refresh'] = function(_, _, ctx)
    refreshed = ctx.client_id
    return vim.NIL
  end
  local box = stub.request('workspace/codeLens/refresh', vim.NIL)
  wait_for('a refresh', function()
    return refreshed == assert(steps.client_here()).id and box.result == vim.NIL
  end)
  vim.lsp.handlers['workspace/codeLens/refresh'] = nil
end)

steps.finish()
