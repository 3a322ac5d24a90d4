-- The help tells of all that there is, and of nothing else. Started by run.lua.

local steps = require('steps')
local step = steps.step

local file = assert(vim.api.nvim_get_runtime_file('doc/exposure_lens.txt', false)[1])
local plugin = vim.fs.dirname(vim.fs.dirname(file))
local root = vim.fs.dirname(vim.fs.dirname(plugin))
local lines = vim.fn.readfile(file)
local help = table.concat(lines, '\n')

---@param text string
---@param what string
local function has(text, what)
  assert(help:find(text, 1, true), ('the help lacks %s "%s"'):format(what, text))
end

---@param path string
---@return string
local function read(path)
  return table.concat(vim.fn.readfile(vim.fs.joinpath(root, path)), '\n')
end

---The lines of one section.
---@param tag string
---@return string
local function section(tag)
  local from = assert(help:find('*' .. tag .. '*', 1, true), tag)
  return help:sub(from, (help:find('\n====', from, true) or #help))
end

step('its tags are made without a complaint, and each is found', function()
  vim.cmd.helptags(vim.fn.fnameescape(vim.fs.dirname(file)))
  for tag in help:gmatch('%*([%w:_.()-]+)%*') do
    vim.cmd.help(tag)
    assert(vim.bo.buftype == 'help' and vim.api.nvim_buf_get_name(0) == file, 'no help on ' .. tag)
  end
end)

step('what it refers to is there', function()
  for tag in help:gmatch('|([^|%s]+)|') do
    local ok = pcall(vim.cmd.help, tag)
    assert(ok, 'no help on ' .. tag)
  end
end)

step('it has every subcommand, and no other', function()
  local commands = require('exposure_lens.commands')
  local text, told = section('exposure-lens-commands'), {}
  for bang, name in text:gmatch('\n:ExposureLens(!?) %[?(%l+)') do
    told[name] = told[name] or {}
    told[name][bang] = true
    assert(commands.subcommands[name], 'there is no ' .. name)
  end
  for _, name in ipairs(commands.names()) do
    local takes = commands.subcommands[name].takes
    assert(told[name] and told[name]['!'] == (takes == 'scope' or nil), name)
  end
end)

step('it has every key, and no other', function()
  local entries, n = {}, 0
  for line in vim.gsplit(assert(section('exposure-lens-tree'):match('\nKeys:\n(.-)\n\n')), '\n') do
    local lhs, about = line:match('^(%S[%S ]-)  +(.+)$')
    entries[lhs] = about
    n = n + 1
  end
  local all = require('exposure_lens.keys').all
  for _, key in ipairs(all) do
    local about = assert(entries[table.concat(key.keys, ' ')], table.concat(key.keys, ' ') .. ': ' .. key.about)
    assert((key.only == 'tree') == (about:find('(tree)', 1, true) ~= nil), about)
  end
  assert(n == #all + 1, 'and the search, which is Neovim\'s own')
end)

step('it has every option with its default, and no other', function()
  local text = section('vim.g.exposure_lens')
  local shown = assert(text:match('vim%.g%.exposure_lens = (%b{})'))
  local defaults = assert(load('return ' .. shown))()
  assert(vim.deep_equal(defaults, require('exposure_lens.config').defaults), shown)
  for key, value in pairs(defaults) do
    for _, name in ipairs(type(value) ~= 'table' and { key } or vim.tbl_map(function(it)
      return key .. '.' .. it
    end, vim.tbl_keys(value))) do
      assert(text:find('\n' .. name .. ' ', 1, true), name)
    end
  end
end)

step('it has every colour and what it links to', function()
  local text = section('exposure-lens-colours')
  for name, link in pairs(require('exposure_lens.marks').links) do
    local line = assert(text:match('\n(' .. name .. ' [^\n]*)'), name)
    assert(line:find(link, 1, true), line .. ' links to ' .. link)
  end
end)

step('it has every setting of the server', function()
  local table_of_settings = assert(read('README.md'):match('<!%-%- settings %-%->(.-)<!%-%- /settings %-%->'))
  for name in table_of_settings:gmatch('\n| `([%w._]+)`') do
    has(name, 'the setting')
  end
end)

step('it has the events and functions', function()
  for _, name in ipairs({ 'ExposureLensStatus', 'ExposureLensChanged', 'exposure_lens.status()', 'exposure_lens.refresh()' }) do
    has('*' .. name .. '*', 'the tag')
  end
end)

step('its Lua is Lua', function()
  for block in help:gmatch('>lua\n\n(.-)\n<') do
    local ok = load(block) or load('return ' .. block:gsub(',%s*$', ''))
    assert(ok, 'this is no Lua:\n' .. block)
  end
end)

---Runs lines in a Neovim that does not know the plugin, then looks for it.
---@param code string
---@return string answer what is missing
local function installed_by(code)
  local look = [[
    local missing = {}
    missing[1] = vim.fn.exists(':ExposureLens') ~= 2 and 'the command' or nil
    missing[#missing + 1] = not vim.lsp.config.exposure_lens and 'the configuration' or nil
    missing[#missing + 1] = not vim.lsp.is_enabled('exposure_lens') and 'vim.lsp.enable()' or nil
    missing[#missing + 1] = not pcall(vim.cmd.help, 'exposure-lens') and 'the help' or nil
    io.stdout:write('missing: ' .. table.concat(missing, ', '))
  ]]
  local script = vim.fn.tempname() .. '.lua'
  vim.fn.writefile(vim.split(code .. '\n' .. look, '\n'), script)
  local run = vim.system({ vim.v.progpath, '--clean', '--headless', '-l', script }, { text = true }):wait()
  return (run.stdout or '') .. (run.stderr or '')
end

step('what it says of lazy.nvim, vim.pack and a clone makes the plugin known', function()
  local blocks = {}
  for block in section('exposure-lens-install'):gmatch('>lua\n\n(.-)\n<') do
    table.insert(blocks, block)
  end
  local lazy, _, pack, clone = unpack(blocks)
  local quoted = ('%q'):format(root)
  for name, code in pairs({
    -- As lazy.nvim calls them: after an installation, then at each start.
    lazy = ('local plugin = { dir = %s }\nlocal spec = %s\nspec.build(plugin)\nspec.config(plugin)'):format(quoted, lazy:gsub(',%s*$', '')),
    pack = ('vim.pack = { add = function(_, options) options.load({ path = %s }) end }\n%s'):format(quoted, pack),
    clone = clone:gsub('/path/to/exposure%-lens', (root:gsub('%%', '%%%%'))) .. "\nvim.cmd.runtime('plugin/exposure_lens.lua')",
  }) do
    local answer = installed_by(code)
    assert(answer == 'missing: ', name .. ': ' .. answer)
  end
end)

steps.finish()
