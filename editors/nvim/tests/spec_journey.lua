-- The first hour of a person with the plugin, by keys in a terminal: installed as a package,
-- the sample opened, each command used, exposures written and taken back, a site signed in to,
-- a server that dies. Started by run.lua.

local steps = require('steps')
local terminal = require('terminal')
local step, wait_for = steps.step, steps.wait_for
local keys, picture, sees = terminal.type, terminal.picture, terminal.sees

local plugin = vim.fs.dirname(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)))
local address = assert(os.getenv('EXPOSURE_LENS_TEST_SITE'))
local token = assert(os.getenv('EXPOSURE_LENS_TEST_TOKEN'))
local secret = assert(os.getenv('EXPOSURE_LENS_TEST_SECRET'))

-- Its length is the same in each run: a screen cuts long paths.
local home = assert(vim.uv.fs_mkdtemp('/tmp/lens-XXXXXX'))

---@param path string
---@param lines string[]
local function write(path, lines)
  local file = vim.fs.joinpath(home, path)
  vim.fn.mkdir(vim.fs.dirname(file), 'p')
  vim.fn.writefile(lines, file)
  vim.uv.fs_chmod(file, 493) -- 0755
end

---@param path string
---@return string[]
local function read(path)
  local file = vim.fs.joinpath(home, path)
  return vim.fn.filereadable(file) == 1 and vim.fn.readfile(file) or {}
end

---@param name string
local function copy_project(name)
  vim.system({ 'cp', '-r', steps.project, vim.fs.joinpath(home, name) }):wait()
end

---@param folder string
---@param file string
local function start(folder, file)
  terminal.start(home, vim.fs.joinpath(home, folder), { file }, {
    EXPOSURE_LENS_KEYRING = 'off',
    EXPOSURE_LENS_CONFIG_DIR = home .. '/.config/exposure-lens',
    EXPOSURE_LENS_CACHE_DIR = home .. '/.cache/exposure-lens',
  })
end

---Waits until the browser was sent to a page.
---@param pattern string
local function browser_shows(pattern)
  wait_for('the browser', function()
    local pages = read('pages')
    return #pages > 0 and pages[#pages]:find(pattern)
  end)
end

-- What `vim.ui.open` starts on this system: it notes the page. And the program, as on PATH.
for _, opener in ipairs({ 'xdg-open', 'open' }) do
  write('bin/' .. opener, { '#!/bin/sh', ('echo "$1" >>%s/pages'):format(home) })
end
write('bin/exposure-lens', {
  '#!/bin/sh',
  ('[ "$1" = lsp ] && echo $$ >>%s/pids'):format(home),
  ('exec %s "$@"'):format(vim.fn.shellescape(steps.server)),
})
-- The built-in package manager: a folder below pack/*/start.
local pack = vim.fs.joinpath(home, '.local/share/nvim/site/pack/exposure-lens/start')
vim.fn.mkdir(pack, 'p')
assert(vim.uv.fs_symlink(plugin, vim.fs.joinpath(pack, 'exposure-lens')))
write('.config/nvim/init.lua', {
  "vim.lsp.enable('exposure_lens')",
  'vim.o.swapfile, vim.o.more, vim.o.ruler, vim.o.hidden = false, false, false, true',
})
copy_project('shop')
copy_project('outlet')

step('the first lens comes up by itself', function()
  start('shop', 'models/marts/fct_orders.sql')
  sees('Tableau: 11 dashboards in 7 workbooks')
  keys('<C-l>')
  picture('The first lens', '`nvim models/marts/fct_orders.sql`, and nothing else. Neovim 0.12 draws it above the line.', 'Tableau: 11 dashboards')
end)

step('K tells what is behind it', function()
  keys('K')
  picture('The hover', '`K` on the first line.', '11 dashboards, 7 workbooks')
  keys('jk')
end)

step('a list leads to the page', function()
  keys(':ExposureLens list<CR>')
  picture('The dashboards to choose from', '`:ExposureLens list`, from anywhere in the file. It is `vim.ui.select`: with a picker of yours it looks like that one.', '1: Overview')
  keys('1<CR>')
  browser_shows('^https://10ax%.online%.tableau%.com/.*/SalesOverview/Overview$')
  keys(':ExposureLens open<CR>')
  browser_shows('^https://10ax%.online%.tableau%.com/.*/SalesOverview/')
  keys('<C-l>')
end)

step('the tree of a model, and of the project', function()
  keys(':ExposureLens tree<CR>')
  picture('What is downstream of a model', '`:ExposureLens tree`. `<CR>` opens a page, `w` writes an exposure, `g?` lists the keys.', 'by name')
  keys('g?')
  picture('The keys of the tree', '`g?`', 'close')
  keys('jk')
  keys('FChurn<CR>')
  sees('only "Churn"')
  keys('F<C-u><CR>')
  sees('Weekly Ops')
  keys('/Weekly<CR>w')
  sees('│· 5 workbooks without exposure$')
  sees('%[weekly_ops%]')
  keys('/Sales Overview<CR>e')
  sees('name: sales_overview')
  keys(':buffer tableau.yml<CR>u:buffer 1<CR>')
  sees('│· 6 workbooks without exposure$')
  keys('<C-w>lq')
  keys(':ExposureLens! tree<CR>s')
  picture('The whole project, most viewed first', '`:ExposureLens! tree`, then `s`.', 'most viewed first')
  keys('q')
end)

step('the lineage in text', function()
  keys(':ExposureLens lineage<CR>')
  picture('Where a model comes from, and where it goes', '`:ExposureLens lineage`', 'Is read by')
  keys('q')
end)

step('the dashboards in the quickfix list', function()
  keys(':ExposureLens quickfix<CR>')
  picture('The quickfix list', '`:ExposureLens quickfix`. An entry leads to the exposure, else to the model.', 'no exposure')
  keys(':cclose<CR>')
end)

step('one exposure is written by a code action, and taken back', function()
  keys('gg' .. 'gra')
  picture('What can be written', '`gra` on the first line.', 'Write exposure')
  local number = assert(vim.iter(terminal.screen()):map(function(line)
    return line:match('^(%d+): Write exposure `weekly_ops`')
  end):next(), 'it is offered')
  keys(number .. '<CR>')
  sees('5 workbooks without exposure')
  keys(':edit models/exposures/tableau.yml<CR>/weekly_ops<CR>zt')
  picture('A written exposure', '"Write exposure `weekly_ops`" adds the entry, and every other byte stays. `u` takes it back.', 'name: weekly_ops')
  keys('u:buffer 1<CR>')
  sees('6 workbooks without exposure')
end)

step('all are written after a look at them, and taken back', function()
  keys(':ExposureLens! write<CR>')
  picture('A look before all missing exposures are written', '`:ExposureLens! write`. `:w` does it, `q` leaves all as it is.', 'This writes %d+ exposures')
  keys(':w<CR>')
  sees('1 left out')
  keys('<CR>:buffer 1<CR>')
  sees('Tableau: 11 dashboards in 7 workbooks · 1 more downstream *$')
  keys(':buffer tableau.yml<CR>u:buffer 1<CR>')
  sees('6 workbooks without exposure')
end)

step('two roots have a server each', function()
  keys(':split ../outlet/models/staging/stg_orders.sql<CR>')
  sees('Tableau: 12 dashboards downstream, none direct')
  keys('<C-l>')
  picture('Two projects side by side', '`:split ../outlet/models/staging/stg_orders.sql`: each root has its server.', 'Tableau: 12 dashboards downstream')
  wait_for('two servers', function()
    return #read('pids') == 2
  end)
  keys(':close<CR>')
  sees('^~')
end)

step('a killed server comes back once, and says so', function()
  keys(':messages clear | echo "none now"<CR>')
  sees('^none now')
  vim.uv.kill(assert(tonumber(read('pids')[1])), 'sigkill')
  wait_for('another server', function()
    return #read('pids') == 3
  end)
  terminal.shows(':messages', 'it starts anew')
  keys('<CR><C-l>')
  sees('Tableau: 11 dashboards in 7 workbooks')
  vim.uv.kill(assert(tonumber(read('pids')[3])), 'sigkill')
  terminal.shows(':messages', 'stays off')
  keys('<CR><C-l>:messages<CR>')
  picture(
    'A server that dies twice',
    'Killed once it comes back by itself. Killed again soon after it stays off, and says how to start it. `:messages` has both.',
    'Press ENTER'
  )
  keys('<CR>:ExposureLens restart<CR>')
  sees('Tableau: 11 dashboards in 7 workbooks')
end)

step('checkhealth has it all', function()
  keys(':checkhealth exposure_lens<CR>')
  picture('What is right and what is not', '`:checkhealth exposure_lens`', 'lenses are drawn')
  terminal.stop()
end)

step('a wrong token is refused with the next step', function()
  vim.fn.delete(vim.fs.joinpath(home, 'shop/tableau'), 'rf')
  write('shop/exposure-lens.yml', { 'tableau:', '  sites:', ('    - url: "%s"'):format(address) })
  start('shop', 'models/marts/fct_orders.sql')
  sees('is not signed in to')
  keys('<CR>')
  keys((':ExposureLens login %s<CR>'):format(address))
  sees('Name of a personal access token')
  keys(token .. '<CR>')
  sees('Secret of')
  keys('not-the-secret<CR>')
  picture('A wrong token', '`:ExposureLens login`: the secret is typed unseen, and goes to no argument, history or log.', 'refused the credential')
  keys('<CR><C-l>')
end)

step('the right token brings the dashboards', function()
  keys((':ExposureLens login %s<CR>'):format(address))
  sees('Name of a personal access token')
  keys(token .. '<CR>')
  sees('Secret of')
  keys(secret .. '<CR>')
  sees('Signed in to')
  keys('<CR>')
  sees('Tableau: %d+ dashboards in %d+ workbooks')
  keys('<C-l>')
  picture('Signed in', 'The content is fetched, and the lens comes up.', 'Tableau: %d+ dashboards in')
end)

step('a pull shows how far it is', function()
  keys(':ExposureLens pull<CR>')
  wait_for('progress', function()
    return terminal.has_seen('^Exposure Lens: fetching acme')
  end)
  sees('6 workbooks, 0 changed')
  keys('<CR><C-l>')
  terminal.shows(':ExposureLens status', 'fresh')
  keys('<CR><C-l>:ExposureLens status<CR>')
  picture('How it is', '`:ExposureLens status`', 'fresh')
  terminal.stop()
end)

step('the gallery has these pictures and no others', terminal.finish)

terminal.stop() -- It still runs where a step has failed.
vim.fn.delete(home, 'rf')
steps.finish()
