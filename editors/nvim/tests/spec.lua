-- What a person sees in Neovim. Started by run.lua. No step waits for a time: each waits
-- for what it needs to see, and fails when that has not come.

-- What the sample (tests/fixtures/README.md) and the contract promise.
local EXPECTED = {
  mart = 'models/marts/fct_orders.sql',
  mart_lens = '^Tableau: 11 dashboards in 7 workbooks .*6 workbooks without exposure$',
  staging = 'models/staging/stg_orders.sql',
  staging_lens = '^Tableau: 12 dashboards downstream, none direct$',
  properties = 'models/marts/_marts.yml',
  properties_lens = '^Tableau: 11 dashboards in 7 workbooks',
  hover = { '11 dashboards, 7 workbooks', 'Sales Overview', 'no exposure' },
  listed = '^Overview',
  page = '^https://10ax%.online%.tableau%.com/',
  action = '^Write exposure `weekly_ops` for Weekly Ops',
  exposures = 'models/exposures/tableau.yml',
  written = { '\n  %- name: weekly_ops\n', 'label: "?Weekly Ops', "ref%('fct_orders'%)", "ref%('fct_returns'%)" },
  lens_afterwards = '5 workbooks without exposure$',
}

local PATIENCE_MS = 20000
local project = assert(os.getenv('EXPOSURE_LENS_TEST_PROJECT'))
local server = assert(os.getenv('EXPOSURE_LENS_TEST_SERVER'))
local passed, failed = 0, 0

---@param what string
---@param ask fun(): any
local function wait_for(what, ask)
  local answer
  vim.wait(PATIENCE_MS, function()
    answer = ask()
    return answer and true or false
  end, 20)
  return answer or error(('waited %d s in vain for %s'):format(PATIENCE_MS / 1000, what), 0)
end

---@param name string
---@param run fun()
local function step(name, run)
  if failed > 0 then
    return -- The steps build on each other.
  end
  local ok, err = xpcall(run, function(err)
    return type(err) == 'string' and err or vim.inspect(err)
  end)
  passed, failed = passed + (ok and 1 or 0), failed + (ok and 0 or 1)
  io.stdout:write(('%s - %s\n'):format(ok and 'ok' or 'not ok', name))
  if not ok then
    io.stdout:write(tostring(err) .. '\n' .. vim.fn.execute('messages') .. '\n')
  end
end

---@param text string
---@param patterns string[]
local function check_all(text, patterns)
  for _, pattern in ipairs(patterns) do
    if not text:find(pattern) then
      error(('no "%s" in:\n%s'):format(pattern, text), 0)
    end
  end
end

---@param path string
---@return string
local function read(path)
  local file = assert(io.open(vim.fs.joinpath(project, path), 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end

---@return vim.lsp.Client?
local function client_here()
  return vim.lsp.get_clients({ name = 'exposure_lens', bufnr = 0 })[1]
end

---@param path string
local function open(path)
  vim.cmd.edit(vim.fn.fnameescape(vim.fs.joinpath(project, path)))
  wait_for('a client', client_here)
end

---The texts of the lenses as they are drawn.
---@return string[]
local function drawn()
  local texts = {}
  for _, namespace in pairs(vim.api.nvim_get_namespaces()) do
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
      for _, chunk in ipairs(mark[4].virt_text or {}) do
        table.insert(texts, chunk[1])
      end
    end
  end
  return texts
end

---@param pattern string
local function wait_for_lens(pattern)
  local ok, err = pcall(wait_for, 'a lens ' .. pattern, function()
    return vim.iter(drawn()):find(function(text)
      return text:find(pattern)
    end)
  end)
  if not ok then
    error(err .. '; seen: ' .. vim.inspect(drawn()), 0)
  end
end

---The text of the window that floats over the others.
---@return string?
local function floating()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(win).relative ~= '' then
      local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, false)
      return table.concat(lines, '\n')
    end
  end
end

---Runs something that lists dashboards and opens the first; what was offered and opened.
---@param run fun()
local function list_and_open(run)
  local offered, opened
  vim.ui.select = function(items, _, on_choice)
    offered = items
    on_choice(items[1])
  end
  vim.ui.open = function(uri)
    opened = uri
    return {
      wait = function()
        return { code = 0 }
      end,
    }
  end
  run()
  wait_for('an opened page', function()
    return opened
  end)
  check_all(offered[1].title, { EXPECTED.listed })
  check_all(opened, { EXPECTED.page })
end

local before = read(EXPECTED.exposures)

vim.lsp.config('exposure_lens', {
  cmd = { server, 'lsp' },
  settings = { exposureLens = { lens = { zero = false } } },
})
vim.lsp.enable('exposure_lens')

step('a file of no project stays alone', function()
  local stray = vim.fn.tempname() .. '.sql'
  vim.cmd.edit(stray)
  assert(vim.bo.filetype == 'sql', 'filetype ' .. vim.bo.filetype)
  assert(require('exposure_lens.config').root_dir(0) == nil, 'a root was found')
  assert(client_here() == nil, 'a client is attached')
end)

step('a model attaches, with the project as its root', function()
  open(EXPECTED.mart)
  local client = assert(client_here())
  assert(client.root_dir == project, client.root_dir)
  wait_for('the server to answer', function()
    return client.initialized
  end)
end)

step('the lens of a mart model counts its dashboards', function()
  wait_for_lens(EXPECTED.mart_lens)
end)

step('the hover names the workbooks', function()
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  vim.lsp.buf.hover()
  check_all(wait_for('a hover', floating), EXPECTED.hover)
  vim.cmd.fclose()
end)

step(':ExposureLens list lists the dashboards and opens one', function()
  vim.api.nvim_win_set_cursor(0, { 4, 0 })
  list_and_open(function()
    vim.cmd.ExposureLens('list')
  end)
end)

step('the lens itself does the same', function()
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  list_and_open(vim.lsp.codelens.run)
end)

step('a code action writes the missing exposure and keeps every old byte', function()
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title:find(EXPECTED.action) ~= nil
    end,
  })
  local after = wait_for('a changed file', function()
    vim.cmd('silent! wall')
    local text = read(EXPECTED.exposures)
    return text ~= before and text
  end)
  check_all(after, EXPECTED.written)
  local kept = 0
  while kept < #before and before:byte(kept + 1) == after:byte(kept + 1) do
    kept = kept + 1
  end
  assert(vim.endswith(after, before:sub(kept + 1)), 'old text was changed:\n' .. after)
end)

step('the lens then counts one workbook less without exposure', function()
  open(EXPECTED.mart)
  wait_for_lens(EXPECTED.lens_afterwards)
end)

step('a staging model says that its use is indirect; the client is the same', function()
  local client = assert(client_here())
  open(EXPECTED.staging)
  wait_for_lens(EXPECTED.staging_lens)
  assert(assert(client_here()).id == client.id, 'another client')
end)

step('names in a properties file have their lenses', function()
  open(EXPECTED.properties)
  wait_for_lens(EXPECTED.properties_lens)
end)

step('restart brings a new client, and its lenses', function()
  open(EXPECTED.mart)
  local id = assert(client_here()).id
  vim.cmd.ExposureLens('restart')
  wait_for('another client', function()
    local client = client_here()
    return client and client.id ~= id and client.initialized
  end)
  wait_for_lens(EXPECTED.lens_afterwards)
end)

step('subcommands complete, and a wrong one is told', function()
  local all = vim.fn.getcompletion('ExposureLens ', 'cmdline')
  assert(vim.deep_equal(all, { 'list', 'log', 'restart', 'status', 'version' }), vim.inspect(all))
  assert(vim.deep_equal(vim.fn.getcompletion('ExposureLens l', 'cmdline'), { 'list', 'log' }))
  local said
  vim.notify = function(message)
    said = message
  end
  vim.cmd.ExposureLens('nonsense')
  check_all(said, { 'no command "nonsense"', 'restart' })
  vim.cmd.ExposureLens('version')
  check_all(said, { '^exposure%-lens: exposure%-lens %d' })
  vim.cmd.ExposureLens('status')
  check_all(said, { '^exposure%-lens: ' })
end)

step('checkhealth finds all well', function()
  open(EXPECTED.mart)
  vim.cmd.checkhealth('exposure_lens')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  check_all(text, { 'exposure%-lens %d', 'dbt project: ', 'attached: ', 'manifest: ', 'server: ', 'lenses are drawn' })
  assert(not text:find('ERROR') and not text:find('WARNING'), text)
end)

step('the help is there, and its tags are right', function()
  local plugin = assert(vim.api.nvim_get_runtime_file('doc/exposure_lens.txt', false)[1])
  vim.cmd.helptags(vim.fn.fnameescape(vim.fs.dirname(plugin)))
  for _, tag in ipairs({ 'exposure-lens', 'exposure-lens-config', 'exposure-lens-settings', ':ExposureLens' }) do
    vim.cmd.help(tag)
    assert(vim.bo.buftype == 'help', 'no help on ' .. tag)
  end
end)

io.stdout:write(('%d passed, %d failed\n'):format(passed, failed))
vim.cmd(failed == 0 and 'qall!' or 'cquit 1')
