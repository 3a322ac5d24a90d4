-- Tableau's sites as the servers' statuses tell of them, in words.

local M = {}

---@class exposure_lens.Site what the server says of one site (server/exposure-lens/lsp/ext.rs)
---@field name string
---@field address? string none for a team snapshot
---@field phase string
---@field fetchedAt? string
---@field workbooks integer
---@field message? string

---Whether the user has to sign in before anything is known of it.
---@param site exposure_lens.Site
---@return boolean
function M.is_signed_out(site)
  return site.phase == 'not_signed_in'
end

---Whether signing in is the next step: nobody has, or the server says so of a token that
---lapsed.
---@param site exposure_lens.Site
---@return boolean
function M.wants_sign_in(site)
  local message = type(site.message) == 'string' and site.message or ''
  return M.is_signed_out(site) or message:find('`exposure-lens login', 1, true) ~= nil
end

---The sites that the servers tell of, each once.
---@return exposure_lens.Site[]
function M.all()
  local all, seen = {}, {}
  for _, client in ipairs(require('exposure_lens').clients()) do
    local status = require('exposure_lens').status(client.id)
    for _, site in ipairs(status and status.sites or {}) do
      if not seen[site.name] then
        seen[site.name] = true
        table.insert(all, site)
      end
    end
  end
  return all
end

---Those with an address: a snapshot has no account.
---@param wanted? fun(site: exposure_lens.Site): boolean
---@return exposure_lens.Site[]
function M.with_account(wanted)
  return vim.tbl_filter(function(site)
    return type(site.address) == 'string' and (not wanted or wanted(site))
  end, M.all())
end

---@param seconds integer
---@return string
local function age(seconds)
  if seconds < 60 then
    return 'just now'
  elseif seconds < 3600 then
    return ('%d min ago'):format(math.floor(seconds / 60))
  elseif seconds < 48 * 3600 then
    return ('%d h ago'):format(math.floor(seconds / 3600))
  end
  return ('%d d ago'):format(math.floor(seconds / 86400))
end

---@param time string in RFC 3339, in UTC
---@return integer? seconds since 1970
local function seconds_of(time)
  local year, month, day, hour, minute, second = time:match('^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)')
  if not year then
    return nil
  end
  -- `os.time` takes local time: the same shift is in both, and cancels out.
  local utc = os.time({ year = year, month = month, day = day, hour = hour, min = minute, sec = second, isdst = false })
  local zero = os.time({ year = 1970, month = 1, day = 2, hour = 0, isdst = false }) - 86400
  return utc - zero
end

---How long ago a time was: `2 h ago`; nothing for what is no time.
---@param time any in RFC 3339, in UTC
---@param now integer seconds since 1970
---@return string?
function M.ago(time, now)
  local at = type(time) == 'string' and seconds_of(time)
  return at and age(now - at) or nil
end

---Name, phase, count and age in one line: `acme on bi.corp: fresh · 214 workbooks · 2 h ago`.
---@param site exposure_lens.Site
---@param now integer seconds since 1970
---@return string
function M.line(site, now)
  local parts = { (site.phase:gsub('_', ' ')) }
  local fetched = M.ago(site.fetchedAt, now)
  if fetched then
    table.insert(parts, site.workbooks == 1 and '1 workbook' or site.workbooks .. ' workbooks')
    table.insert(parts, fetched)
  end
  return ('%s: %s'):format(site.name, table.concat(parts, ' · '))
end

return M
