-- Runs the program's `login` and `logout`, which own the one store of credentials. A token
-- goes to the program's stdin and nowhere else: no argument, variable, message or history
-- holds it.

local M = {}

local NAME = require('exposure_lens.config').NAME

---@class exposure_lens.Outcome
---@field ok boolean
---@field message string what has happened; of a failure also what to do about it

---The configured command without its last words, which start the server.
---@return string[]
local function program()
  local cmd = (vim.lsp.config[NAME] or {}).cmd
  local words = {}
  for _, word in ipairs(type(cmd) == 'table' and cmd or { 'exposure-lens' }) do
    if word == 'lsp' then
      break
    end
    table.insert(words, word)
  end
  return words
end

---The program's messages begin small and end without a stop, for terminals.
---@param text string
---@return string
local function sentence(text)
  text = vim.trim(text)
  return text:sub(1, 1):upper() .. text:sub(2) .. (text:find('[.!?]$') and '' or '.')
end

---@param first? string
---@param problems { code: string, message: string }[]
---@return string
local function lines(first, problems)
  local all = { first }
  for _, problem in ipairs(problems) do
    table.insert(all, sentence(problem.message))
  end
  return table.concat(all, '\n')
end

---@param run vim.SystemCompleted
---@return table? the program's answer, as server/docs/command-line.md has it
---@return exposure_lens.Outcome? otherwise what it said in place of one, on stderr
local function answer(run)
  local ok, decoded = pcall(vim.json.decode, run.stdout or '', { luanil = { object = true } })
  if ok and type(decoded) == 'table' then
    return decoded
  end
  local stderr = run.stderr or ''
  local reason = ('\n' .. stderr):match('\nerror: (.+)')
  if reason then
    reason = vim.trim(reason):gsub('%s+', ' ')
  else
    reason = ('the program ended with %d: %s'):format(run.code, vim.trim(stderr))
  end
  return nil, { ok = false, message = sentence(reason) }
end

---@param words string[]
---@param input? string
---@param on_done fun(run: vim.SystemCompleted)
local function start(words, input, on_done)
  local command = vim.list_extend(program(), words)
  local env = (vim.lsp.config[NAME] or {}).cmd_env
  local ok = pcall(vim.system, command, { stdin = input, text = true, env = env }, vim.schedule_wrap(on_done))
  if not ok then
    local why = ('error: %s cannot be run; :checkhealth exposure_lens tells what to do'):format(command[1])
    on_done({ code = -1, signal = 0, stderr = why })
  end
end

---What `login` said, in words.
---@param run vim.SystemCompleted
---@return exposure_lens.Outcome
function M.login_outcome(run)
  local said, failure = answer(run)
  if not said then
    return assert(failure)
  end
  local site = said.site.url
  if not said.signed_in then
    return { ok = false, message = lines(nil, said.problems) }
  end
  local role = said.user and said.user.role and (' (%s)'):format(said.user.role) or ''
  local whom = said.user and said.user.name and (' as %s%s'):format(said.user.name, role) or ''
  local place = said.kept == 'keyring' and "the system's keyring"
    or ('%s, which only you can read'):format(said.file or said.kept)
  local first = ('Signed in to %s%s. The token is kept in %s.'):format(site, whom, place)
  return { ok = true, message = lines(first, said.problems) }
end

---What `logout` said, in words.
---@param run vim.SystemCompleted
---@return exposure_lens.Outcome
function M.logout_outcome(run)
  local said, failure = answer(run)
  if not said then
    return assert(failure)
  end
  local site = said.site.url
  local first = ('Signed out of %s: credential, session and content are gone.'):format(site)
  if run.code ~= 0 then
    first = ('Not all of %s could be removed.'):format(site)
  elseif not said.removed then
    first = ('There was no credential for %s.'):format(site)
  end
  return { ok = run.code == 0, message = lines(first, said.problems) }
end

---Checks a token by signing in to the site at `url`, and keeps it.
---@param url string
---@param token { name: string, secret: string }
---@param on_done fun(outcome: exposure_lens.Outcome)
function M.login(url, token, on_done)
  local input = vim.json.encode({ name = token.name, secret = token.secret })
  start({ 'login', '--stdin', '--format', 'json', '--', url }, input, function(run)
    on_done(M.login_outcome(run))
  end)
end

---Drops the credential for the site at `url`, and all that is kept of it.
---@param url string
---@param on_done fun(outcome: exposure_lens.Outcome)
function M.logout(url, on_done)
  start({ 'logout', '--format', 'json', '--', url }, nil, function(run)
    on_done(M.logout_outcome(run))
  end)
end

return M
