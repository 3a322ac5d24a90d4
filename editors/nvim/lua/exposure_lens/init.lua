-- What the editor does once a server is attached: show lenses and keep them fresh, and
-- remember what the server said of itself. Commands and checks are apart.

local M = {}

local config = require('exposure_lens.config')
local nulls = require('exposure_lens.nulls')

---@class exposure_lens.Status what the server last said (server/exposure-lens/lsp/ext.rs)
---@field health 'ok'|'warning'|'error'
---@field message string
---@field quiescent boolean nothing is being loaded any more
---@field detail? string
---@field sites? exposure_lens.Site[] each Tableau site, and the team snapshot
---@field projects? exposure_lens.ProjectStatus[] each loaded project

---@class exposure_lens.ProjectStatus
---@field uri string
---@field name string
---@field manifest? { path: string, dbtVersion?: string, generatedAt?: string, nodes: integer }
---@field workbooks integer
---@field problems { code: string, message: string }[]

---@type table<integer, exposure_lens.Status> by client
local statuses = {}

-- What is in them goes with its buffer.
local folders = vim.api.nvim_create_augroup('exposure_lens.folders', {})
local lenses = vim.api.nvim_create_augroup('exposure_lens.lenses', {})

---The clients of this plugin, of one buffer or all. Neovim keeps one that was told to stop until
---it has, and one that hangs never does: it is none any more.
---@param bufnr? integer
---@return vim.lsp.Client[]
function M.clients(bufnr)
  return vim.tbl_filter(function(client)
    return not client:is_stopped()
  end, vim.lsp.get_clients({ name = config.NAME, bufnr = bufnr }))
end

---What a client's server last said of itself: for a status line, say.
---@param client_id? integer default: the current buffer's
---@return exposure_lens.Status?
function M.status(client_id)
  local client = M.clients(vim.api.nvim_get_current_buf())[1]
  return statuses[client_id or (client and client.id) or 0]
end

---An action may open a file in a folder that is not there yet, where `:write` alone fails.
---@param bufnr integer
local function make_folder(bufnr)
  local folder = vim.fs.dirname(vim.api.nvim_buf_get_name(bufnr))
  if vim.uv.fs_stat(folder) then
    return
  end
  vim.api.nvim_clear_autocmds({ group = folders, buffer = bufnr })
  vim.api.nvim_create_autocmd('BufWritePre', {
    group = folders,
    buffer = bufnr,
    once = true,
    callback = function()
      vim.fn.mkdir(folder, 'p')
    end,
  })
end

---Switches lenses on for one buffer and one client, and keeps them fresh.
---@param client vim.lsp.Client
---@param buf integer
local function show_lenses(client, buf)
  local enable = vim.lsp.codelens.enable
  if enable then
    -- Neovim 0.12 keeps them fresh by itself. Its first versions take no buffer and client
    -- together; by buffer, the lenses of its other servers come up too.
    local _ = pcall(enable, true, { client_id = client.id, bufnr = buf }) or enable(true, { bufnr = buf })
    return
  end
  vim.api.nvim_clear_autocmds({ group = lenses, buffer = buf })
  vim.api.nvim_create_autocmd({ 'BufEnter', 'BufWritePost', 'InsertLeave', 'TextChanged' }, {
    group = lenses,
    buffer = buf,
    callback = function()
      M.refresh(client.id, buf)
    end,
  })
  M.refresh(client.id, buf)
end

---For LspAttach: keeps the lenses of a buffer fresh, and lets a new file be written.
---@param event { buf: integer, data: { client_id: integer } }
function M.on_attach(event)
  local client = vim.lsp.get_client_by_id(event.data.client_id)
  if not client or client.name ~= config.NAME then
    return
  end
  make_folder(event.buf)
  if config.options().lens then
    show_lenses(client, event.buf)
  end
  require('exposure_lens.view').refresh_all(client.root_dir)
end

---Asks for lenses anew: of one buffer, or of all that a client is attached to. Asks our
---client alone, where `vim.lsp.codelens.refresh()` would ask every server.
---@param client_id integer
---@param bufnr? integer
function M.refresh(client_id, bufnr)
  local client = vim.lsp.get_client_by_id(client_id)
  if not client or vim.lsp.codelens.enable or not config.options().lens then
    return
  end
  for _, buf in ipairs(bufnr and { bufnr } or vim.tbl_keys(client.attached_buffers)) do
    if client.attached_buffers[buf] and vim.api.nvim_buf_is_loaded(buf) then
      local params = { textDocument = vim.lsp.util.make_text_document_params(buf) }
      client:request('textDocument/codeLens', params, function(...)
        -- What comes after a restart would stay beside the lenses of the new server.
        if client.attached_buffers[buf] then
          vim.lsp.codelens.on_codelens(...)
        end
      end, buf)
    end
  end
end

---For `exposureLens/status`: what is known has changed, and the lenses with it.
---@param client_id integer
---@param status exposure_lens.Status
function M.on_status(client_id, status)
  status = nulls.dropped(status)
  statuses[client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'ExposureLensStatus', modeline = false, data = status })
  M.refresh(client_id)
end

---For `workspace/codeLens/refresh`: by Neovim's own handler, where it has one.
---@param ctx lsp.HandlerContext
---@return any
function M.on_lens_refresh(ctx)
  local own = vim.lsp.handlers['workspace/codeLens/refresh']
  if own then
    return own(nil, nil, ctx)
  end
  M.refresh(ctx.client_id)
  return vim.NIL
end

---For `exposureLens/changed`: whatever shows answers asks for them anew.
---@param client_id integer
function M.on_changed(client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  if client then
    vim.api.nvim_exec_autocmds('User', { pattern = 'ExposureLensChanged', modeline = false, data = { client_id = client_id } })
    require('exposure_lens.view').refresh_all(client.root_dir)
  end
end

---For `exposureLens/copy`: to the clipboard, where there is one, and to where |p| takes it from.
---@param params { text: string }
function M.on_copy(params)
  vim.fn.setreg('"', params.text)
  if vim.fn.has('clipboard') == 1 then
    vim.fn.setreg('+', params.text)
  end
  require('exposure_lens.say').info('copied: ' .. params.text)
end

return M
