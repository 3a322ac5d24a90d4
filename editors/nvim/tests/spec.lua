-- What a person sees in Neovim. Started by run.lua.

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

local steps = require('steps')
local check_all, floating, open, read, step, wait_for, wait_for_lens =
  steps.check_all, steps.floating, steps.open, steps.read, steps.step, steps.wait_for, steps.wait_for_lens
local client_here = steps.client_here

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
  cmd = { steps.server, 'lsp' },
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
  assert(client.root_dir == steps.project, client.root_dir)
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
  local wanted = {
    'find', 'lineage', 'list', 'log', 'login', 'logout', 'open', 'pull', 'quickfix', 'restart', 'status', 'tree',
    'version', 'write',
  }
  assert(vim.deep_equal(all, wanted), vim.inspect(all))
  assert(vim.deep_equal(vim.fn.getcompletion('ExposureLens lis', 'cmdline'), { 'list' }))
  assert(vim.deep_equal(vim.fn.getcompletion('ExposureLens tree ', 'cmdline'), { 'project' }))
  assert(vim.deep_equal(vim.fn.getcompletion('ExposureLens list ', 'cmdline'), {}))
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
  wait_for_lens(EXPECTED.lens_afterwards)
  vim.cmd.checkhealth('exposure_lens')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  check_all(text, {
    'Neovim %d', 'exposure%-lens %d', 'dbt project: ', 'attached: ', 'manifest: target/manifest.json: %d+ nodes · dbt %d',
    'Tableau content: 17 workbooks', 'server: ', 'lenses are drawn .*: 1 in fct_orders.sql',
  })
  assert(not text:find('ERROR') and not text:find('WARNING'), text)
end)

steps.finish()
