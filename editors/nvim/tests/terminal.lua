-- A Neovim in a terminal, as a person has it: installed as a package, with a configuration
-- file, driven by keys alone and read off the screen. What is seen is recorded in
-- server/docs/neovim-gallery.md and compared with it: UPDATE_GALLERY=1 writes it anew.

local M = {}

local steps = require('steps')

local COLUMNS, ROWS = 100, 30
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)))))
local gallery = vim.fs.joinpath(root, 'server/docs/neovim-gallery.md')
local is_update = os.getenv('UPDATE_GALLERY') ~= nil
local version = tostring(vim.version()):match('^%d+%.%d+%.%d+')
-- Another Neovim draws some things in another way: then only what must be seen is waited for.
local is_comparable = true

---@type { title: string, about: string, screen: string[] }[] what this run has seen
local pictures = {}
---@type table<string, string[]>
local recorded = {}

---@class exposure_lens.Terminal
---@field job integer
---@field buf integer
---@field home string
---@field drawn string[] every line that was ever on the screen

---@type exposure_lens.Terminal
local current

local KEYS = { ['<CR>'] = '\r', ['<Esc>'] = '\27', ['<C-l>'] = '\12', ['<C-u>'] = '\21', ['<C-w>'] = '\23', ['<C-c>'] = '\3' }

---Reads the pictures of the last run.
local function read_gallery()
  local file = io.open(gallery, 'r')
  local title, screen
  for line in file and file:lines() or function() end do
    title = line:match('^## (.+)$') or title
    is_comparable = is_comparable and (line:match('in Neovim (%d+%.%d+%.%d+) by keys') or version) == version
    if line == '```text' then
      screen = {}
    elseif line == '```' and screen then
      recorded[title], screen = screen, nil
    elseif screen then
      table.insert(screen, line)
    end
  end
  if file then
    file:close()
  end
end
read_gallery()

---Starts a Neovim in a folder, with a home of its own.
---@param home string
---@param folder string
---@param arguments string[]
---@param env table<string, string>
function M.start(home, folder, arguments, env)
  vim.o.columns, vim.o.lines = COLUMNS, ROWS + 2
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_win_set_buf(0, buf)
  current = { buf = buf, home = home, drawn = {} }
  local job = vim.fn.jobstart(vim.list_extend({ vim.v.progpath }, arguments), {
    term = true,
    cwd = folder,
    width = COLUMNS,
    height = ROWS,
    env = vim.tbl_extend('force', {
      HOME = home, TERM = 'xterm-256color', PATH = home .. '/bin:' .. assert(os.getenv('PATH')),
      XDG_CONFIG_HOME = home .. '/.config', XDG_DATA_HOME = home .. '/.local/share',
      XDG_STATE_HOME = home .. '/.local/state', XDG_CACHE_HOME = home .. '/.cache',
    }, env),
  })
  current.job = job
  vim.api.nvim_buf_attach(buf, false, {
    on_lines = function(_, _, _, first, _, last)
      vim.list_extend(current.drawn, vim.api.nvim_buf_get_lines(buf, first, last, false))
    end,
  })
end

---What of a screen is another in each run: paths, ports, ages, versions.
---@param line string
---@return string
local function normal(line)
  line = line:gsub(vim.pesc(current.home), '~')
  line = line:gsub('127%.0%.0%.1:%d+', '127.0.0.1:12345')
  line = line:gsub('client %d+', 'client 1')
  line = line:gsub('%d+ %a+ ago', '2 h ago')
  line = line:gsub('exposure%-lens %d+%.%d+%.%d+[%w.-]*', 'exposure-lens 1.2.3')
  line = line:gsub('%d%d%d%d%-%d%d%-%d%d %d%d:%d%d', '2026-01-31 12:00')
  return (line:gsub('%s+$', ''))
end

---@return string[]
function M.screen()
  local lines = vim.api.nvim_buf_get_lines(current.buf, 0, -1, false)
  lines = vim.list_slice(lines, math.max(1, #lines - ROWS + 1))
  local screen = vim.tbl_map(normal, lines)
  while #screen > 0 and screen[#screen] == '' do
    table.remove(screen)
  end
  return screen
end

---@param keys string
function M.type(keys)
  local text = keys:gsub('<[%w-]+>', KEYS)
  vim.fn.chansend(current.job, text)
end

---@param pattern string
function M.sees(pattern)
  local ok = pcall(steps.wait_for, pattern, function()
    return vim.iter(M.screen()):any(function(line)
      return line:find(pattern) ~= nil
    end)
  end)
  if not ok then
    error(('never saw "%s"; the screen:\n%s'):format(pattern, table.concat(M.screen(), '\n')), 0)
  end
end

---Has a command show its lines until one of them is as wanted. For messages too: one alone may
---be gone as soon as it is drawn, when a key for the message before it dismisses it as well.
---@param command string one whose lines ask for Enter
---@param pattern string
function M.shows(command, pattern)
  local typed = 0
  local ok = pcall(steps.wait_for, pattern, function()
    local screen = table.concat(M.screen(), '\n')
    local is_asked = screen:find('\nPress ENTER') ~= nil
    if is_asked and screen:find(pattern) then
      return true
    elseif vim.uv.now() - typed > 1000 then
      typed = vim.uv.now()
      M.type(is_asked and '<CR>' or (command .. '<CR>'))
    end
  end)
  if not ok then
    error(('%s never shows "%s"; the screen:\n%s'):format(command, pattern, table.concat(M.screen(), '\n')), 0)
  end
end

---Whether something was on the screen since the start, for what goes by.
---@param pattern string
---@return boolean
function M.has_seen(pattern)
  return vim.iter(current.drawn):any(function(line)
    return line:find(pattern) ~= nil
  end)
end

---Waits until the screen is the recorded one.
---@param title string
---@return string[] screen
local function compared(title)
  local wanted = recorded[title]
  local ok = pcall(steps.wait_for, 'the picture', function()
    return vim.deep_equal(M.screen(), wanted)
  end)
  if not ok then
    local diff = vim.diff(table.concat(wanted, '\n') .. '\n', table.concat(M.screen(), '\n') .. '\n', { ctxlen = 1 })
    error(('"%s" is not as in server/docs/neovim-gallery.md (UPDATE_GALLERY=1 writes it anew):\n%s'):format(title, diff), 0)
  end
  return wanted
end

---A new picture is taken once the screen has stayed the same for a while.
---@return string[] screen
local function taken()
  local screen, since = M.screen(), vim.uv.now()
  steps.wait_for('a screen that stays', function()
    local now = M.screen()
    if not vim.deep_equal(now, screen) then
      screen, since = now, vim.uv.now()
    end
    return vim.uv.now() - since > 1500
  end)
  return screen
end

---A picture of what is on the screen, once a pattern is.
---@param title string
---@param about string what a reader of the gallery is told
---@param pattern string
function M.picture(title, about, pattern)
  M.sees(pattern)
  if not is_comparable and not is_update then
    return
  end
  local is_known = recorded[title] and not is_update
  if not is_known and not is_update then
    error(('no picture "%s" in server/docs/neovim-gallery.md: UPDATE_GALLERY=1 takes it'):format(title), 0)
  end
  table.insert(pictures, { title = title, about = about, screen = is_known and compared(title) or taken() })
end

function M.stop()
  vim.fn.jobstop(current.job)
  vim.fn.jobwait({ current.job }, 5000)
end

---Writes the gallery, or says that it holds what no step has seen.
function M.finish()
  local lines = {
    '# Gallery: Neovim',
    '',
    ('What it looks like in a terminal of 100 by 30, driven in Neovim %s by keys alone. `editors/nvim/tests` makes this'):format(version),
    'page from the sample project and fails when a screen is not true any more. How to install it is in the',
    '[help](../../editors/nvim/doc/exposure_lens.txt).',
  }
  for _, it in ipairs(pictures) do
    vim.list_extend(lines, { '', '## ' .. it.title, '', it.about, '', '```text' })
    vim.list_extend(lines, it.screen)
    table.insert(lines, '```')
  end
  if is_update then
    vim.fn.writefile(lines, gallery)
  elseif not is_comparable then
    io.stdout:write(('not compared: the gallery is of another Neovim than %s\n'):format(version))
  else
    local text = table.concat(vim.fn.readfile(gallery), '\n')
    assert(text == table.concat(lines, '\n'), 'server/docs/neovim-gallery.md has more than the steps: UPDATE_GALLERY=1')
  end
end

return M
