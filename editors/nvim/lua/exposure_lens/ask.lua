-- Asks the server: whom, about which place, and what to say when there is no answer.

local M = {}

local nulls = require('exposure_lens.nulls')
local say = require('exposure_lens.say')

---Whether a buffer is a tree, a graph or a list: none of them ever has a server.
---@param buf integer
---@return boolean
local function is_list(buf)
  return vim.bo[buf].filetype == 'exposure_lens' or vim.bo[buf].buftype == 'quickfix'
end

---Why a buffer has no server, and what to do about it.
---@param buf integer
---@return string
local function why_none(buf)
  if is_list(buf) then
    return 'this is about the model at the cursor: go to its file first'
  end
  local config = require('exposure_lens.config')
  local root = config.root_dir(buf)
  if not root then
    return 'no server is attached to this buffer: it is no file below a dbt_project.yml'
  elseif not config.has_filetype(buf) then
    return ('no server is attached to this buffer: its filetype is "%s"'):format(vim.bo[buf].filetype)
  elseif require('exposure_lens.revive').is_off(root) then
    return 'the server has died, and stays off: :ExposureLens restart starts it'
  end
  return 'no server is attached to this buffer; :checkhealth exposure_lens tells why'
end

---The current buffer's client, or a word on why there is none.
---@return vim.lsp.Client?
function M.client_here()
  local buf = vim.api.nvim_get_current_buf()
  local client = require('exposure_lens').clients(buf)[1]
  if not client then
    say.warn(why_none(buf))
  end
  return client
end

---A client for what concerns a whole project: the current buffer's, that of the tree in it,
---else the only one, so that it works from a list too.
---@return vim.lsp.Client?
function M.client()
  local lens, buf = require('exposure_lens'), vim.api.nvim_get_current_buf()
  local here, all = lens.clients(buf)[1] or require('exposure_lens.view').client_of(buf), lens.clients()
  if here or #all == 1 then
    return here or all[1]
  elseif #all > 1 then
    say.warn('several projects are open: go to a file of the one that is meant')
  else
    say.warn(is_list(buf) and 'no server is running; :ExposureLens restart starts it' or why_none(buf))
  end
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
