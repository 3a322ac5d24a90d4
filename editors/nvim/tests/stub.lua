-- A server in Neovim's own process that says what a test wants: for answers that the real
-- server gives seldom, or not to this sample.

local M = {}

---What each method is answered with, or a function of its parameters.
---@type table<string, any>
M.answers = {}

---Whether the next server does not end when it is asked to, but when it is made to.
M.is_deaf = false

---What was asked, newest last.
---@type { method: string, params: any }[]
M.asked = {}

---@type vim.lsp.rpc.Dispatchers what the server may call
M.client = nil

local METHODS = { 'exposureLens/status', 'exposureLens/downstream', 'exposureLens/lineage' }

---@type string[] what it announces
M.methods = METHODS

---@param method string
---@param params any
---@return any
local function answer(method, params)
  table.insert(M.asked, { method = method, params = params })
  if method == 'initialize' then
    local ours = { exposureLens = { version = 1, methods = M.methods } }
    return {
      capabilities = { codeLensProvider = {}, experimental = ours, executeCommandProvider = { commands = M.commands } },
      serverInfo = { name = 'exposure-lens', version = '0.0.1' },
    }
  end
  local it = M.answers[method]
  if type(it) == 'function' then
    return it(params)
  end
  return vim.deepcopy(it) -- Each answer is one of its own, as over a pipe.
end

M.commands = { 'exposureLens.listDashboards', 'exposureLens.openDashboard', 'exposureLens.write' }

---For `cmd`.
---@param dispatchers vim.lsp.rpc.Dispatchers
---@return vim.lsp.rpc.PublicClient
function M.cmd(dispatchers)
  local is_closing, n_asked = false, 0
  local is_deaf = M.is_deaf
  M.client = dispatchers
  return {
    request = function(method, params, on_answer, on_sent)
      n_asked = n_asked + 1
      local id = n_asked
      vim.schedule(function()
        if is_deaf and method == 'shutdown' then
          return
        end
        if on_sent then
          on_sent(id)
        end
        on_answer(nil, answer(method, params))
      end)
      return true, id
    end,
    notify = function(method)
      if method == 'exit' then
        is_closing = true
        dispatchers.on_exit(0, 15)
      end
      return true
    end,
    is_closing = function()
      return is_closing
    end,
    terminate = function()
      is_closing = true
      dispatchers.on_exit(0, 15)
    end,
  }
end

---The server dies, as if killed.
---@param signal integer
function M.die(signal)
  M.client.on_exit(0, signal)
end

---What was asked last by this method.
---@param method string
---@return any
function M.last(method)
  for n = #M.asked, 1, -1 do
    if M.asked[n].method == method then
      return M.asked[n].params
    end
  end
end

---Has the client answer a request of the server's.
---@param method string
---@param params table
---@return { result?: any, err?: any } box filled when it has
function M.request(method, params)
  local box = {}
  coroutine.wrap(function()
    box.result, box.err = M.client.server_request(method, params)
  end)()
  return box
end

return M
