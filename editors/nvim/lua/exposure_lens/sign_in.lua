-- Asks for what signing in and out takes: which site, which token. The secret is typed unseen
-- and goes to account.lua alone.

local M = {}

local prompt = require('exposure_lens.prompt')
local say = require('exposure_lens.say')
local sites = require('exposure_lens.sites')

local OTHER_SITE = 'Another site…'

---Asks for the address of a site, unless one is given: of those that the settings name, or
---any other.
---@param given? string
---@param known exposure_lens.Site[]
---@param on_site fun(address: string)
local function with_site(given, known, on_site)
  local function ask()
    local address = prompt.line('Address of the site, as your browser shows it: ')
    if address then
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
  local how = outcome.ok and say.info or say.error
  how(outcome.message)
end

---@param address string
local function log_in(address)
  local name = prompt.line(('Sign in to %s\nName of a personal access token: '):format(address))
  local secret = name and prompt.secret(('Secret of %s, for this site alone: '):format(name))
  vim.cmd.redraw()
  if not secret then
    return
  end
  say.info('signing in to ' .. address)
  require('exposure_lens.account').login(address, { name = name, secret = secret }, function(outcome)
    tell(outcome)
    if outcome.ok then
      -- A server sees a new credential by itself; one that replaces another it may not.
      for _, client in ipairs(require('exposure_lens').clients()) do
        require('exposure_lens.progress').await(client.id)
        client:request('exposureLens/pull', nil, function() end)
      end
    end
  end)
end

---@param url? string
function M.login(url)
  with_site(url, sites.with_account(sites.wants_sign_in), log_in)
end

---@param url? string
function M.logout(url)
  local known = sites.with_account(function(site)
    return not sites.is_signed_out(site)
  end)
  with_site(url, known, function(address)
    require('exposure_lens.account').logout(address, tell)
  end)
end

return M
