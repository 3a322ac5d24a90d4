-- Runs the specifications, each in a Neovim that has started as a user's does and on a copy of
-- the sample project of its own; spec_sites.lua on one whose workbooks are on the stand-in site.
--
--   nvim --clean --headless -l editors/nvim/tests/run.lua [path of exposure-lens [path of tableau-site [spec…]]]
--
-- The project's path has in it what breaks careless URIs.

local tests = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
local plugin = vim.fs.dirname(tests)
local root = vim.fs.dirname(vim.fs.dirname(plugin))
local server = vim.fs.abspath(arg[1] or vim.fs.joinpath(root, 'target/release/exposure-lens'))
local standin = vim.fs.abspath(arg[2] or vim.fs.joinpath(vim.fs.dirname(server), 'examples/tableau-site'))

for program, built_by in pairs({
  [server] = 'cargo build --release',
  [standin] = 'cargo build --release --example tableau-site',
}) do
  if vim.fn.executable(program) == 0 then
    io.stderr:write(('no program at %s: run `%s`\n'):format(program, built_by))
    os.exit(1)
  end
end

local scratch = vim.fn.tempname()
vim.fn.mkdir(vim.fs.joinpath(scratch, 'run'), 'p', 448) -- 0700

---@param name string
---@return string
local function copy_project(name)
  local project = vim.fs.joinpath(scratch, name)
  vim.system({ 'cp', '-r', vim.fs.joinpath(root, 'tests/fixtures/shop'), project }):wait()
  return project
end

---Starts the stand-in site; it ends with its stdin.
---@param delay integer milliseconds that each answer takes
---@return vim.SystemObj
---@return { address: string, tokenName: string, tokenSecret: string }
local function start_site(delay)
  local said = ''
  local site = vim.system({ standin, '--scenario', 'shop', '--delay', tostring(delay) }, {
    stdin = true,
    stdout = function(_, data)
      said = said .. (data or '')
    end,
  })
  assert(
    vim.wait(20000, function()
      return said:find('\n') ~= nil
    end, 20),
    'the stand-in site says nothing'
  )
  return site, vim.json.decode(said)
end

local function forward(out)
  return function(_, data)
    if data then
      out:write(data)
    end
  end
end

---@param spec string
---@param project string
---@param more table<string, string>
---@return integer code
local function run(spec, project, more)
  if not vim.startswith(spec, arg[3] or '') then
    return 0
  end
  local env = vim.tbl_extend('error', {
    EXPOSURE_LENS_TEST_SERVER = server,
    EXPOSURE_LENS_TEST_PROJECT = project,
    EXPOSURE_LENS_TEST_SCRATCH = scratch,
    -- Nothing of the user's own is read or written.
    EXPOSURE_LENS_KEYRING = 'off',
    EXPOSURE_LENS_CONFIG_DIR = vim.fs.joinpath(scratch, 'config'),
    EXPOSURE_LENS_CACHE_DIR = vim.fs.joinpath(scratch, 'cache'),
    XDG_CONFIG_HOME = vim.fs.joinpath(scratch, 'config'),
    XDG_DATA_HOME = vim.fs.joinpath(scratch, 'data'),
    XDG_STATE_HOME = vim.fs.joinpath(scratch, 'state'),
    XDG_CACHE_HOME = vim.fs.joinpath(scratch, 'cache'),
    XDG_RUNTIME_DIR = vim.fs.joinpath(scratch, 'run'),
  }, more)
  local command = { vim.v.progpath, '--clean', '--headless' }
  vim.list_extend(command, { '--cmd', 'set runtimepath^=' .. vim.fn.fnameescape(plugin) })
  vim.list_extend(command, { '--cmd', ('lua package.path = %q .. package.path'):format(tests .. '/?.lua;') })
  local file = vim.fn.fnameescape(vim.fs.joinpath(tests, spec))
  vim.list_extend(command, { '--cmd', 'autocmd VimEnter * ++nested luafile ' .. file })
  local options = { env = env, timeout = 180000, stdout = forward(io.stdout), stderr = forward(io.stderr) }
  return vim.system(command, options):wait().code
end

local code = 0
for n, spec in ipairs({
  'spec.lua', 'spec_help.lua', 'spec_exposures.lua', 'spec_live.lua', 'spec_shapes.lua', 'spec_edges.lua', 'spec_daily.lua',
  'spec_nulls.lua',
}) do
  code = math.max(code, run(spec, copy_project(('shop é #%d [x] %%20'):format(n)), {}))
end

---@param spec string
---@param project string
---@param delay integer
---@param prepare fun(address: string)
---@return integer code
local function run_with_site(spec, project, delay, prepare)
  local site, given = start_site(delay)
  prepare(given.address)
  local it = run(spec, project, {
    EXPOSURE_LENS_TEST_SITE = given.address,
    EXPOSURE_LENS_TEST_TOKEN = given.tokenName,
    -- Named as a secret of ours, so that nothing takes it for a credential.
    EXPOSURE_LENS_TEST_SECRET = given.tokenSecret,
  })
  site:write(nil)
  site:wait()
  return it
end

local project = copy_project('shop with a site')
code = math.max(code, run_with_site('spec_sites.lua', project, 0, function(address)
  vim.fn.delete(vim.fs.joinpath(project, 'tableau'), 'rf')
  local settings = { 'tableau:', '  sites:', ('    - url: "%s"'):format(address) }
  vim.fn.writefile(settings, vim.fs.joinpath(project, 'exposure-lens.yml'))
end))
-- Slow enough to be seen at work.
code = math.max(code, run_with_site('spec_journey.lua', copy_project('shop'), 150, function() end))
vim.fn.delete(scratch, 'rf')
os.exit(code)
