-- `:ExposureLens …`: one table of subcommands. What each does is in a file of its own.

local M = {}

local NAME = require('exposure_lens.config').NAME
local ask = require('exposure_lens.ask')
local say = require('exposure_lens.say')

---@class exposure_lens.Subcommand
---@field about string
---@field early? boolean it can be run before the server has started
---@field takes? 'site'|'text'|'scope' text: all that follows; scope: `project`, for which ! stands too
---@field run fun(argument?: string)

---@param argument? string
---@return boolean
local function is_project(argument)
  return argument == 'project'
end

local PAUSE_MS, PATIENCE_MS, FORCED_MS = 50, 5000, 2000

---Goes on once Neovim counts all these servers as stopped, or no longer waits for that. Keys
---are heard meanwhile.
---@param clients vim.lsp.Client[]
---@param on_stopped fun()
---@param waited_ms? integer
local function when_stopped(clients, on_stopped, waited_ms)
  waited_ms = waited_ms or 0
  local left = vim.tbl_filter(function(client)
    return not client:is_stopped()
  end, clients)
  if #left == 0 or waited_ms >= PATIENCE_MS then
    return on_stopped()
  end
  vim.defer_fn(function()
    when_stopped(left, on_stopped, waited_ms + PAUSE_MS)
  end, PAUSE_MS)
end

---Stops all servers and starts them anew.
local function restart()
  local clients = require('exposure_lens').clients()
  require('exposure_lens.revive').forget()
  vim.lsp.enable(NAME, false)
  for _, client in ipairs(clients) do
    -- Its lenses and diagnostics go at once: one that hangs would leave them beside the new ones.
    for _, buf in ipairs(vim.tbl_keys(client.attached_buffers)) do
      vim.lsp.buf_detach_client(buf, client.id)
    end
    client:stop() -- The first versions of `enable()` leave them running.
  end
  when_stopped(clients, function()
    vim.lsp.enable(NAME)
  end)
  vim.defer_fn(function()
    for _, client in ipairs(clients) do
      if vim.lsp.get_client_by_id(client.id) then
        client.rpc.terminate() -- It has not done as it was told.
      end
    end
  end, FORCED_MS)
end

local function tell_status()
  local client = ask.client()
  local status = client and require('exposure_lens').status(client.id)
  if status then
    local lines = { status.message }
    vim.list_extend(lines, status.detail and { status.detail } or {})
    for _, site in ipairs(status.sites or {}) do
      table.insert(lines, require('exposure_lens.sites').line(site, os.time()))
    end
    say.info(table.concat(lines, '\n'))
  elseif client then
    say.info('it has said nothing yet')
  end
end

---@type table<string, exposure_lens.Subcommand>
M.subcommands = {
  list = {
    about = 'list the dashboards of the model at the cursor, to open one',
    run = function()
      require('exposure_lens.lens').list()
    end,
  },
  open = {
    about = 'open the most viewed dashboard of the model at the cursor',
    run = function()
      require('exposure_lens.downstream').open_top()
    end,
  },
  quickfix = {
    about = 'the dashboards of the model at the cursor, or of the project, in the quickfix list',
    takes = 'scope',
    run = function(argument)
      require('exposure_lens.quickfix').fill(is_project(argument))
    end,
  },
  tree = {
    about = 'a window with what is downstream of the model at the cursor, or of the project',
    takes = 'scope',
    run = function(argument)
      require('exposure_lens.tree').open(is_project(argument))
    end,
  },
  lineage = {
    about = 'a window with what the model at the cursor reads and what reads it',
    run = function()
      require('exposure_lens.lineage').open()
    end,
  },
  write = {
    about = 'write the exposures that the model at the cursor lacks, or the project, after a look at them',
    takes = 'scope',
    run = function(argument)
      require('exposure_lens.write').missing(is_project(argument))
    end,
  },
  find = {
    about = 'find the models behind a workbook, a dashboard or a pasted Tableau link; :ExposureLens find [TEXT]',
    takes = 'text',
    run = function(text)
      require('exposure_lens.quickfix').find(text)
    end,
  },
  login = {
    about = 'sign in to a Tableau site; :ExposureLens login [URL]',
    takes = 'site',
    early = true,
    run = function(url)
      require('exposure_lens.sign_in').login(url)
    end,
  },
  logout = {
    about = 'drop the credential for a Tableau site, and what is kept of it; :ExposureLens logout URL',
    takes = 'site',
    early = true,
    run = function(url)
      require('exposure_lens.sign_in').logout(url)
    end,
  },
  pull = {
    about = 'fetch all sites now',
    run = function()
      local client = ask.client()
      if client then
        require('exposure_lens.progress').await(client.id)
        ask.command(client, 'pullNow')
      end
    end,
  },
  restart = { about = 'stop the server and start it anew', early = true, run = restart },
  log = {
    about = "open Neovim's LSP log, where the server's own log goes too",
    early = true,
    run = function()
      vim.cmd.tabnew(vim.fn.fnameescape(vim.lsp.log.get_filename()))
    end,
  },
  status = { about = 'what the server says of itself', run = tell_status },
  version = {
    about = "the server's version",
    run = function()
      local client = ask.client()
      local info = client and client.server_info
      if client then
        say.info(info and ('%s %s'):format(info.name, info.version or '') or 'unknown')
      end
    end,
  },
}

---@return string[]
function M.names()
  local all = vim.tbl_keys(M.subcommands)
  table.sort(all)
  return all
end

---What is wrong with the words after a subcommand's name.
---@param name string
---@param subcommand exposure_lens.Subcommand
---@param words string[]
---@param bang boolean
---@return string?
local function problem(name, subcommand, words, bang)
  if bang and subcommand.takes ~= 'scope' then
    return ('"%s" takes no !'):format(name)
  elseif subcommand.takes == 'scope' and words[1] and words[1] ~= 'project' then
    return ('"%s" is followed by nothing or by "project", not by "%s"'):format(name, words[1])
  elseif subcommand.takes ~= 'text' and #words > (subcommand.takes and 1 or 0) then
    local secret = subcommand.takes == 'site' and '; a secret is asked for, never written here' or ''
    return ('too many words after "%s"%s'):format(name, secret)
  end
end

---@param subcommand exposure_lens.Subcommand
---@param argument? string
local function start(subcommand, argument)
  if subcommand.early then
    return subcommand.run(argument)
  end
  require('exposure_lens.starting').await(function()
    subcommand.run(argument)
  end)
end

---@param args vim.api.keyset.create_user_command.command_args
function M.run(args)
  local words = vim.list_slice(args.fargs, 2)
  local name, mark = (args.fargs[1] or 'list'):match('^(.-)(!?)$')
  local bang = args.bang or mark == '!'
  local subcommand = M.subcommands[name]
  if not subcommand then
    return say.error(('no command "%s"; there are %s'):format(name, table.concat(M.names(), ', ')))
  end
  local wrong = problem(name, subcommand, words, bang)
  if wrong then
    say.error(wrong)
  elseif subcommand.takes == 'text' then
    start(subcommand, words[1] and table.concat(words, ' '))
  else
    start(subcommand, bang and 'project' or words[1])
  end
end

---The words that are typed so far, whatever stands before the command: `:tab ExposureLens tr`,
---`:update | ExposureLens tr`.
---@param line string
---@return string[]
local function typed(line)
  local ok, parsed = pcall(vim.api.nvim_parse_cmd, line, {})
  if ok and parsed.nextcmd ~= '' and parsed.cmd ~= 'ExposureLens' then
    return typed(parsed.nextcmd)
  end
  return ok and parsed.args or {}
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local words = typed(line)
  local is_first = #words < 1 or (#words == 1 and lead ~= '')
  local takes = vim.tbl_get(M.subcommands, words[1] or '', 'takes')
  local all = {}
  if is_first then
    all = M.names()
  elseif takes == 'scope' then
    all = { 'project' }
  elseif takes == 'site' then
    for _, site in ipairs(require('exposure_lens.sites').with_account()) do
      table.insert(all, site.address)
    end
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, all)
end

return M
