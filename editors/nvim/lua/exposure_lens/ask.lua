-- Asks the server: whom, about which place, and what to say when there is no answer.

local M = {}

local nulls = require('exposure_lens.nulls')
local say = require('exposure_lens.say')

---The current buffer's client, or a word on why there is none.
---@return vim.lsp.Client?
function M.client_here()
  local client = require('exposure_lens').clients(vim.api.nvim_get_current_buf())[1]
  if not client then
    say.warn('no server is attached to this buffer; :checkhealth exposure_lens tells why')
  end
  return client
end

---A client for what concerns a whole project: the current buffer's, that of the tree in it,
---else the only one, so that it works from a list too.
---@return vim.lsp.Client?
function M.client()
  local lens, buf = require('exposure_lens'), vim.api.nvim_get_current_buf()
  local here, all = lens.clients(buf)[1] or require('exposure_lens.view').client_of(buf), lens.clients()
  if not here and #all > 1 then
    say.warn('several projects are open: go to a file of the one that is meant')
    return nil
  end
  return here or all[1] or M.client_here()
end

---The place of the cursor in the current window.
---@param client vim.lsp.Client
---@return { textDocument: lsp.TextDocumentIdentifier, position: lsp.Position }
function M.place(client)
  return vim.lsp.util.make_position_params(0, client.offset_encoding)
end

---Whether the server has one of our own methods: an older one may not.
---@param client vim.lsp.Client
---@param method string
---@return boolean
function M.can(client, method)
  local methods = vim.tbl_get(client.server_capabilities or {}, 'experimental', 'exposureLens', 'methods')
  return type(methods) == 'table' and vim.list_contains(methods, method)
end

---@param client vim.lsp.Client
---@param method string
---@return string
function M.too_old(client, method)
  local version = vim.tbl_get(client, 'server_info', 'version') or 'of an unknown version'
  return ('exposure-lens %s has no %s; install a newer one'):format(version, method)
end

---@param client vim.lsp.Client
---@param method string
---@param params table
---@param on_answer fun(result: any)
---@param on_failure? fun(message: string) default: it is told
function M.request(client, method, params, on_answer, on_failure)
  local fail = on_failure or say.error
  if vim.startswith(method, 'exposureLens/') and not M.can(client, method) then
    return fail(M.too_old(client, method))
  end
  local sent = client:request(method, params, function(err, result)
    if err then
      fail(err.message)
    else
      on_answer(nulls.dropped(result))
    end
  end)
  if not sent then
    fail('the server has stopped; :ExposureLens restart starts it')
  end
end

---Runs a command of the server's.
---@param client vim.lsp.Client
---@param command string without `exposureLens.`
---@param argument? table
function M.command(client, command, argument)
  local arguments = argument and { argument } or nil
  local it = { title = command, command = 'exposureLens.' .. command, arguments = arguments }
  client:exec_cmd(it, nil, function(err)
    if err then
      say.error(err.message)
    end
  end)
end

---Opens a page in the browser.
---@param client vim.lsp.Client
---@param project string the project's URI
---@param url string
function M.open_page(client, project, url)
  M.command(client, 'openDashboard', { project = project, url = url })
end

return M
