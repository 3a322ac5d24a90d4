-- Runs the specification in a Neovim that has started as a user's does, on a copy of the
-- sample project:
--
--   nvim --clean --headless -l editors/nvim/tests/run.lua [path of exposure-lens]
--
-- The project's path has in it what breaks careless URIs.

local tests = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
local plugin = vim.fs.dirname(tests)
local root = vim.fs.dirname(vim.fs.dirname(plugin))
local server = vim.fs.abspath(arg[1] or vim.fs.joinpath(root, 'target/release/exposure-lens'))

if vim.fn.executable(server) == 0 then
  io.stderr:write(('no server at %s: run `cargo build --release`\n'):format(server))
  os.exit(1)
end

local scratch = vim.fn.tempname()
local project = vim.fs.joinpath(scratch, 'shop é #1 [x] %20')
vim.fn.mkdir(scratch, 'p')
vim.system({ 'cp', '-r', vim.fs.joinpath(root, 'tests/fixtures/shop'), project }):wait()

local env = {
  EXPOSURE_LENS_TEST_SERVER = server,
  EXPOSURE_LENS_TEST_PROJECT = project,
  -- Nothing of the user's own is read or written.
  XDG_CONFIG_HOME = vim.fs.joinpath(scratch, 'config'),
  XDG_DATA_HOME = vim.fs.joinpath(scratch, 'data'),
  XDG_STATE_HOME = vim.fs.joinpath(scratch, 'state'),
  XDG_CACHE_HOME = vim.fs.joinpath(scratch, 'cache'),
}
local command = { vim.v.progpath, '--clean', '--headless' }
vim.list_extend(command, { '--cmd', 'set runtimepath^=' .. vim.fn.fnameescape(plugin) })
local spec = vim.fn.fnameescape(vim.fs.joinpath(tests, 'spec.lua'))
vim.list_extend(command, { '--cmd', 'autocmd VimEnter * ++nested luafile ' .. spec })

local function forward(out)
  return function(_, data)
    if data then
      out:write(data)
    end
  end
end
local run = vim
  .system(command, { env = env, timeout = 180000, stdout = forward(io.stdout), stderr = forward(io.stderr) })
  :wait()
vim.fn.delete(scratch, 'rf')
os.exit(run.code)
