-- Signing in to a Tableau site as a person does it: a wrong token, the right one, what lens
-- and hover then say, and out again. Started by run.lua.

local said = require('said')
local steps = require('steps')
local check_all, step, wait_for = steps.check_all, steps.step, steps.wait_for

local MART = 'models/marts/fct_orders.sql'
local WRONG_SECRET = 'wr0ngS3cret==:nobody'
local scratch = assert(os.getenv('EXPOSURE_LENS_TEST_SCRATCH'))
local address = assert(os.getenv('EXPOSURE_LENS_TEST_SITE'))
local token = assert(os.getenv('EXPOSURE_LENS_TEST_TOKEN'))
local secret = assert(os.getenv('EXPOSURE_LENS_TEST_SECRET'))

local EXPECTED = {
  lens = '^Tableau: %d+ dashboards in %d+ workbooks',
  hover = { 'Sales Overview', 'Sales/Dashboards', 'views', 'acme' },
  refused = { '^exposure%-lens: .*refused the credential', '15 days', 'make a new token' },
  signed_in = { 'Signed in to http.*acme as ', 'The token is kept in .*credentials%.json' },
}

---Runs a command and types the answers to what it asks.
---@param command string
---@param keys string[]
local function typed(command, keys)
  said.forget()
  vim.api.nvim_input(table.concat(keys, '<CR>') .. '<CR>')
  vim.cmd(command)
end

---@return string
local function health()
  vim.cmd.checkhealth('exposure_lens')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  vim.cmd.close()
  return text
end

---@param phase string
local function wait_for_phase(phase)
  wait_for('the phase ' .. phase, function()
    local site = require('exposure_lens.sites').all()[1]
    return site and site.phase == phase
  end)
end

vim.lsp.config('exposure_lens', { cmd = { steps.server, 'lsp' } })
vim.lsp.enable('exposure_lens')

step('a site that nobody signed in to is named, with the way to sign in', function()
  steps.open(MART)
  wait_for_phase('not_signed_in')
  check_all(health(), { 'acme on 127.0.0.1:%d+: not signed in', ':ExposureLens login ' .. vim.pesc(address) })
end)

step('a wrong token is refused with the next step', function()
  typed('ExposureLens login ' .. address, { token, WRONG_SECRET })
  check_all(said.wait_for('refused'), EXPECTED.refused)
end)

step('the right token brings the dashboards, without a restart by hand', function()
  vim.ui.select = function(items, _, on_choice)
    assert(items[1] == address, vim.inspect(items))
    on_choice(items[1])
  end
  typed('ExposureLens login', { token, secret })
  check_all(said.wait_for('Signed in'), EXPECTED.signed_in)
  steps.wait_for_lens(EXPECTED.lens)
end)

step('the hover shows what only a site knows', function()
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  vim.lsp.buf.hover()
  check_all(wait_for('a hover', steps.floating), EXPECTED.hover)
  vim.cmd.fclose()
end)

step('sites can be fetched by command; status and checkhealth tell how each is', function()
  vim.cmd.ExposureLens('pull')
  wait_for_phase('fetching')
  wait_for_phase('fresh')
  said.forget()
  vim.cmd.ExposureLens('status')
  check_all(said.wait_for('acme on'), { 'acme on 127.0.0.1:%d+: fresh · 6 workbooks · just now' })
  check_all(health(), { 'acme on 127.0.0.1:%d+: fresh' })
end)

step('a pasted link leads to the model that feeds the dashboard', function()
  vim.fn.setqflist({})
  vim.cmd.ExposureLens({ 'find', address .. '/views/SalesOverview/Overview' })
  local found = wait_for('a model', function()
    return vim.iter(vim.fn.getqflist()):map(function(it)
      return vim.api.nvim_buf_get_name(it.bufnr)
    end):find(function(name)
      return vim.endswith(name, 'models/marts/fct_orders.sql')
    end)
  end)
  assert(found)
  vim.cmd.cclose()
end)

step('addresses complete; a secret in the command is refused unread', function()
  assert(vim.deep_equal(vim.fn.getcompletion('ExposureLens logout ', 'cmdline'), { address }))
  assert(vim.deep_equal(vim.fn.getcompletion('ExposureLens login h', 'cmdline'), { address }))
  assert(vim.deep_equal(vim.fn.getcompletion('ExposureLens pull ', 'cmdline'), {}))
  said.forget()
  vim.cmd.ExposureLens({ 'login', address, token, 'secret' })
  said.wait_for('too many words after "login"; a secret is asked for')
end)

step('no secret is in any file but the one store, nor in what can be recalled', function()
  local holders = vim.iter(vim.fs.find(function()
    return true
  end, { path = scratch, type = 'file', limit = math.huge }))
  holders = holders:filter(function(file)
    local text = vim.fn.readblob(file)
    return text:find(secret, 1, true) or text:find(WRONG_SECRET, 1, true)
  end)
  local names = holders:map(vim.fs.basename):totable()
  assert(vim.deep_equal(names, { 'credentials.json' }), vim.inspect(names))
  local recalled = vim.fn.execute('history all') .. vim.fn.execute('messages')
  assert(recalled:find(token, 1, true), 'the history holds the name of the token: ' .. recalled)
  assert(not recalled:find(secret, 1, true) and not recalled:find(WRONG_SECRET, 1, true), recalled)
end)

step('signing out takes credential and content away', function()
  said.forget()
  vim.cmd.ExposureLens({ 'logout', address })
  said.wait_for('Signed out of http.*credential, session and content are gone')
  wait_for_phase('not_signed_in')
  assert(vim.fn.filereadable(vim.fs.joinpath(scratch, 'config', 'credentials.json')) == 0)
end)

step('what is no address is told in the words of the program', function()
  typed('ExposureLens login ftp://bi.corp', { token, 'x' })
  said.wait_for("Cannot use an address of scheme 'ftp'")
end)

step('a program that breaks, or is not there, is told about without the secret', function()
  local account = require('exposure_lens.account')
  local broken = account.login_outcome({ code = 101, signal = 0, stdout = '', stderr = 'thread panicked\n' })
  assert(vim.deep_equal(broken, { ok = false, message = 'The program ended with 101: thread panicked.' }))
  vim.lsp.config('exposure_lens', { cmd = { '/nowhere/exposure-lens', 'lsp' } })
  typed('ExposureLens login https://bi.corp', { token, secret })
  local word = said.wait_for('/nowhere/exposure%-lens cannot be run; :checkhealth exposure_lens tells what to do%.$')
  assert(not word:find(secret, 1, true))
end)

steps.finish()
