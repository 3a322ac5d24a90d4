-- `:ExposureLens …`: what has no place among Neovim's own LSP commands.

local M = {}

local NAME = require('exposure_lens.config').NAME
local OTHER_SITE = 'Another site…'

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify('exposure-lens: ' .. message, level or vim.log.levels.INFO)
end

---The current buffer's client, or a word on why there is none.
---@return vim.lsp.Client?
local function client_here()
  local client = require('exposure_lens').clients(vim.api.nvim_get_current_buf())[1]
  if not client then
    say('no server is attached to this buffer; :checkhealth exposure_lens tells why', vim.log.levels.WARN)
  end
  return client
end

---The lens at the cursor, else the last one above it, else the first one.
---@param lenses lsp.CodeLens[]
---@param line integer from 0
---@return lsp.CodeLens?
local function nearest(lenses, line)
  table.sort(lenses, function(a, b)
    return a.range.start.line < b.range.start.line
  end)
  local found = lenses[1]
  for _, lens in ipairs(lenses) do
    if lens.range.start.line <= line then
      found = lens
    end
  end
  return found
end

---@param client vim.lsp.Client
---@param bufnr integer
---@param lens? lsp.CodeLens
local function run_lens(client, bufnr, lens)
  if not lens then
    say('nothing is known of this file, or lens.enabled is off')
  elseif lens.command and lens.command.command == '' then
    say(lens.command.title) -- There is nothing to open.
  elseif lens.command then
    client:exec_cmd(lens.command, { bufnr = bufnr })
  else
    client:request('codeLens/resolve', lens, function(_, resolved)
      if resolved and resolved.command then
        client:exec_cmd(resolved.command, { bufnr = bufnr })
      end
    end, bufnr)
  end
end

---Asks for the address of a site, unless one is given: of those that the settings name, or
---any other.
---@param given? string
---@param known exposure_lens.Site[]
---@param on_site fun(address: string)
local function with_site(given, known, on_site)
  local function ask()
    local address = vim.trim(vim.fn.input('Address of the site, as your browser shows it: '))
    if address ~= '' then
      on_site(address)
    end
  end
  if given then
    on_site(given)
  elseif #known == 0 then
    ask()
  else
    local addresses = vim.tbl_map(function(site)
      return site.address
    end, known)
    vim.ui.select(vim.list_extend(addresses, { OTHER_SITE }), { prompt = 'Tableau site' }, function(chosen)
      if chosen == OTHER_SITE then
        ask()
      elseif chosen then
        on_site(chosen)
      end
    end)
  end
end

---@param outcome exposure_lens.Outcome
local function tell(outcome)
  say(outcome.message, outcome.ok and vim.log.levels.INFO or vim.log.levels.ERROR)
end

---@param address string
local function log_in(address)
  local where = ('Sign in to %s\n'):format(address)
  local name = vim.trim(vim.fn.input(where .. 'Name of a personal access token: '))
  local secret = name ~= '' and vim.trim(vim.fn.inputsecret(('Secret of %s, for this site alone: '):format(name))) or ''
  vim.cmd.redraw()
  if secret == '' then
    return
  end
  say('signing in to ' .. address)
  require('exposure_lens.account').login(address, { name = name, secret = secret }, function(outcome)
    tell(outcome)
    if outcome.ok then
      -- A server sees a new credential by itself; one that replaces another it may not.
      for _, client in ipairs(require('exposure_lens').clients()) do
        client:request('exposureLens/pull', nil, function() end)
      end
    end
  end)
end

---@class exposure_lens.Subcommand
---@field about string
---@field takes_site? boolean
---@field takes_text? boolean all that follows is one argument
---@field run fun(argument?: string)

---@type table<string, exposure_lens.Subcommand>
M.subcommands = {
  list = {
    about = 'list the dashboards of the model at the cursor, to open one',
    run = function()
      local client = client_here()
      if not client then
        return
      end
      local bufnr = vim.api.nvim_get_current_buf()
      local line = vim.api.nvim_win_get_cursor(0)[1] - 1
      local params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
      client:request('textDocument/codeLens', params, function(err, lenses)
        if err then
          say(err.message, vim.log.levels.ERROR)
        else
          run_lens(client, bufnr, nearest(lenses or {}, line))
        end
      end, bufnr)
    end,
  },
  find = {
    about = 'find the models behind a workbook, a dashboard or a pasted Tableau link; :ExposureLens find TEXT',
    takes_text = true,
    run = function(text)
      if client_here() then
        vim.lsp.buf.workspace_symbol(text or vim.fn.input('Workbook, dashboard or link: '))
      end
    end,
  },
  login = {
    about = 'sign in to a Tableau site; :ExposureLens login [URL]',
    takes_site = true,
    run = function(url)
      local sites = require('exposure_lens.sites')
      with_site(url, sites.with_account(sites.wants_sign_in), log_in)
    end,
  },
  logout = {
    about = 'drop the credential for a Tableau site, and what is kept of it; :ExposureLens logout URL',
    takes_site = true,
    run = function(url)
      local sites = require('exposure_lens.sites')
      local known = sites.with_account(function(site)
        return not sites.is_signed_out(site)
      end)
      with_site(url, known, function(address)
        require('exposure_lens.account').logout(address, tell)
      end)
    end,
  },
  pull = {
    about = 'fetch all sites now',
    run = function()
      local client = client_here()
      if client then
        client:exec_cmd({ title = 'Pull from Tableau', command = 'exposureLens.pullNow' })
      end
    end,
  },
  restart = {
    about = 'stop the server and start it anew',
    run = function()
      local clients = require('exposure_lens').clients()
      vim.lsp.enable(NAME, false)
      local stopped = vim.wait(5000, function()
        return vim.iter(clients):all(function(client)
          return client:is_stopped()
        end)
      end, 20)
      if not stopped then
        vim.iter(clients):each(function(client)
          client:stop(true)
        end)
      end
      vim.lsp.enable(NAME)
    end,
  },
  log = {
    about = "open Neovim's LSP log, where the server's own log goes too",
    run = function()
      vim.cmd.tabnew(vim.fn.fnameescape(vim.lsp.log.get_filename()))
    end,
  },
  status = {
    about = 'what the server says of itself',
    run = function()
      local client = client_here()
      local status = client and require('exposure_lens').status(client.id)
      if status then
        local lines = { status.message }
        vim.list_extend(lines, status.detail and { status.detail } or {})
        for _, site in ipairs(status.sites or {}) do
          table.insert(lines, require('exposure_lens.sites').line(site, os.time()))
        end
        say(table.concat(lines, '\n'))
      elseif client then
        say('it has said nothing yet')
      end
    end,
  },
  version = {
    about = "the server's version",
    run = function()
      local client = client_here()
      local info = client and client.server_info
      if client then
        say(info and ('%s %s'):format(info.name, info.version or '') or 'unknown')
      end
    end,
  },
}

---@return string[]
local function names()
  local all = vim.tbl_keys(M.subcommands)
  table.sort(all)
  return all
end

---@param args vim.api.keyset.create_user_command.command_args
function M.run(args)
  local name = args.fargs[1] or 'list'
  local subcommand = M.subcommands[name]
  if not subcommand then
    say(('no command "%s"; there are %s'):format(name, table.concat(names(), ', ')), vim.log.levels.ERROR)
  elseif subcommand.takes_text then
    subcommand.run(args.fargs[2] and table.concat(args.fargs, ' ', 2))
  elseif #args.fargs > (subcommand.takes_site and 2 or 1) then
    say(('too many words after "%s"; a secret is asked for, never written here'):format(name), vim.log.levels.ERROR)
  else
    subcommand.run(args.fargs[2])
  end
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local words = vim.split(line, '%s+', { trimempty = true })
  local is_first = #words < 2 or (#words == 2 and lead ~= '')
  local subcommand = M.subcommands[words[2]]
  local all = {}
  if is_first then
    all = names()
  elseif subcommand and subcommand.takes_site then
    for _, site in ipairs(require('exposure_lens.sites').with_account()) do
      table.insert(all, site.address)
    end
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, all)
end

return M
