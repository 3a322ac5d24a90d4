-- What all specifications use: steps that are counted, and ways to look at Neovim. No step
-- waits for a time: each waits for what it needs to see, and fails when that has not come.

local M = {}

M.project = assert(os.getenv('EXPOSURE_LENS_TEST_PROJECT'))
M.server = assert(os.getenv('EXPOSURE_LENS_TEST_SERVER'))

local plugin = vim.fs.dirname(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)))
local PATIENCE_MS = 20000
local passed, failed = 0, 0

---@param what string
---@param ask fun(): any
function M.wait_for(what, ask)
  local answer
  vim.wait(PATIENCE_MS, function()
    answer = ask()
    return answer and true or false
  end, 20)
  return answer or error(('waited %d s in vain for %s'):format(PATIENCE_MS / 1000, what), 0)
end

---@param name string
---@param run fun()
function M.step(name, run)
  if failed > 0 then
    return -- The steps build on each other.
  end
  local ok, err = xpcall(run, function(err)
    return type(err) == 'string' and err or vim.inspect(err)
  end)
  passed, failed = passed + (ok and 1 or 0), failed + (ok and 0 or 1)
  io.stdout:write(('%s - %s\n'):format(ok and 'ok' or 'not ok', name))
  if not ok then
    io.stdout:write(tostring(err) .. '\n' .. vim.fn.execute('messages') .. '\n')
  end
end

---@param text string
---@param patterns string[]
function M.check_all(text, patterns)
  for _, pattern in ipairs(patterns) do
    if not text:find(pattern) then
      error(('no "%s" in:\n%s'):format(pattern, text), 0)
    end
  end
end

---@param path string
---@return string
function M.read(path)
  local file = assert(io.open(vim.fs.joinpath(M.project, path), 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end

---@return vim.lsp.Client?
function M.client_here()
  return vim.lsp.get_clients({ name = 'exposure_lens', bufnr = 0 })[1]
end

---@param path string
function M.open(path)
  vim.cmd.edit(vim.fn.fnameescape(vim.fs.joinpath(M.project, path)))
  M.wait_for('a client', M.client_here)
end

---The texts of the lenses as they are drawn.
---@return string[]
local function drawn()
  local texts = {}
  for _, namespace in pairs(vim.api.nvim_get_namespaces()) do
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
      for _, chunk in ipairs(mark[4].virt_text or {}) do
        table.insert(texts, chunk[1])
      end
    end
  end
  return texts
end

---@param pattern string
function M.wait_for_lens(pattern)
  local ok, err = pcall(M.wait_for, 'a lens ' .. pattern, function()
    return vim.iter(drawn()):find(function(text)
      return text:find(pattern)
    end)
  end)
  if not ok then
    error(err .. '; seen: ' .. vim.inspect(drawn()), 0)
  end
end

---The text of the window that floats over the others.
---@return string?
function M.floating()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(win).relative ~= '' then
      local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, false)
      return table.concat(lines, '\n')
    end
  end
end

---Types below a line in a Neovim of its own, as a person does, has it completed and takes
---the first offer: what was offered, and the line that came of it.
---@param path string
---@param below string
---@param typed string
---@return string[] offered
---@return string line
function M.complete(path, below, typed)
  local command = { vim.v.progpath, '--clean', '--embed', '--headless' }
  vim.list_extend(command, { '--cmd', 'set runtimepath^=' .. vim.fn.fnameescape(plugin) })
  local child = vim.fn.jobstart(command, { rpc = true })
  local function lua(code, ...)
    return vim.rpcrequest(child, 'nvim_exec_lua', code, { ... })
  end
  lua(
    [[
    local server, file, below = ...
    vim.o.completeopt = 'menuone,noinsert'
    vim.lsp.config('exposure_lens', { cmd = { server, 'lsp' } })
    vim.lsp.enable('exposure_lens')
    vim.cmd.edit(vim.fn.fnameescape(file))
    vim.fn.search('\\V' .. below)
    ]],
    M.server,
    vim.fs.joinpath(M.project, path),
    below
  )
  M.wait_for('the server to know all', function()
    return lua([[
      local client = vim.lsp.get_clients({ name = 'exposure_lens', bufnr = 0 })[1]
      local status = client and require('exposure_lens').status(client.id)
      return status ~= nil and status.quiescent
    ]])
  end)
  vim.rpcrequest(child, 'nvim_input', 'o' .. typed .. '<C-x><C-o>')
  local offered = M.wait_for('something to choose', function()
    local items = lua([[return vim.fn.complete_info({ 'items' }).items]])
    return #items > 0 and items
  end)
  vim.rpcrequest(child, 'nvim_input', '<C-y><Esc>')
  M.wait_for('the end of typing', function()
    return lua([[return vim.api.nvim_get_mode().mode]]) == 'n'
  end)
  local line = lua([[return vim.api.nvim_get_current_line()]])
  vim.fn.jobstop(child)
  return vim.iter(offered):map(function(it)
    return it.abbr ~= '' and it.abbr or it.word
  end):totable(), line
end

---Says how it went, and ends Neovim.
function M.finish()
  io.stdout:write(('%d passed, %d failed\n'):format(passed, failed))
  vim.cmd(failed == 0 and 'qall!' or 'cquit 1')
end

return M
