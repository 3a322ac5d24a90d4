-- `:ExposureLens write`: writes exposures that are missing, and shows what will change before
-- it does. The server makes the edit; here it is shown, confirmed and applied.

local M = {}

local ask = require('exposure_lens.ask')
local edits_of = require('exposure_lens.edits')
local say = require('exposure_lens.say')

---@type table<integer, true> clients whose next edit is to be shown first
local awaited = {}

---@class exposure_lens.FileChange
---@field path string
---@field before string
---@field after string
---@field is_new boolean

---Without carriage returns: what a buffer shows of a file with them.
---@param text string
---@return string
local function unix(text)
  return (text:gsub('\r\n', '\n'))
end

---@param text string
---@param edits lsp.TextEdit[]
---@param encoding string
---@return string
local function edited(text, edits, encoding)
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, vim.split((text:gsub('\n$', '')), '\n'))
  vim.lsp.util.apply_text_edits(vim.deepcopy(edits), buf, encoding)
  local after = table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), '\n') .. '\n'
  vim.api.nvim_buf_delete(buf, { force = true })
  return after
end

---What an edit makes of each file.
---@param edit lsp.WorkspaceEdit
---@param encoding string
---@return exposure_lens.FileChange[]
function M.changes(edit, encoding)
  local edits, order = {}, {}
  local function add(uri, more)
    if not edits[uri] then
      edits[uri] = {}
      table.insert(order, uri)
    end
    vim.list_extend(edits[uri], more)
  end
  for _, change in ipairs(edit.documentChanges or {}) do
    add(change.uri or change.textDocument.uri, change.edits or {})
  end
  for uri, more in vim.spairs(edit.documentChanges and {} or edit.changes or {}) do
    add(uri, more)
  end
  return vim.tbl_map(function(uri)
    local before, is_new = edits_of.text_of(uri)
    local path = vim.uri_to_fname(uri)
    local after = edited(unix(before), edits[uri], encoding)
    return { path = path, before = before, after = after, is_new = is_new }
  end, order)
end

---Neovim 0.12 has it by another name.
local unified = vim.text.diff or vim.diff

---@param changes exposure_lens.FileChange[]
---@param root string
---@return string[] lines a unified diff
---@return integer n_exposures how many entries it adds
function M.diff(changes, root)
  local lines, n_exposures = {}, 0
  for _, change in ipairs(changes) do
    local path = vim.fs.relpath(root, change.path) or change.path
    table.insert(lines, '--- ' .. (change.is_new and '/dev/null' or path))
    table.insert(lines, '+++ ' .. path)
    local before = change.is_new and '' or unix(change.before)
    local diff = unified(before, change.after, { ctxlen = 2 })
    for line in vim.gsplit(diff, '\n', { trimempty = true }) do
      n_exposures = n_exposures + (line:find('^%+%s*%- name: ') and 1 or 0)
      table.insert(lines, line)
    end
  end
  return lines, n_exposures
end

---@param n integer
---@param word string
---@return string
local function count(n, word)
  return n == 1 and ('1 %s'):format(word) or ('%d %ss'):format(n, word)
end

---What an edit does, in words: `2 exposures into 1 file`.
---@param n_exposures integer none where it changes something else
---@param n_files integer
---@return string
local function summary(n_exposures, n_files)
  local files = count(n_files, 'file')
  return n_exposures == 0 and files or ('%s into %s'):format(count(n_exposures, 'exposure'), files)
end

---@param what string
local function tell_written(what)
  say.info(('wrote %s: :wall saves, u in each file takes it back'):format(what))
end

---Shows a diff in a window of its own, and asks: `:w` or <CR> says yes, closing it says no.
---@param heading string
---@param lines string[]
---@param on_answer fun(yes: boolean)
local function confirm(heading, lines, on_answer)
  local buf = vim.api.nvim_create_buf(false, true)
  require('exposure_lens.window').name_buffer(buf, 'write')
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, vim.list_extend({ '# ' .. heading }, lines))
  vim.bo[buf].filetype, vim.bo[buf].buftype, vim.bo[buf].bufhidden = 'diff', 'acwrite', 'wipe'
  vim.bo[buf].modified, vim.bo[buf].modifiable = false, false
  local height = math.max(5, math.min(#lines + 1, math.floor(vim.o.lines / 2)))
  vim.api.nvim_open_win(buf, true, { split = 'below', win = -1, height = height })
  local function answer(yes)
    local tell = on_answer
    on_answer = function() end
    if vim.api.nvim_buf_is_valid(buf) then
      vim.api.nvim_buf_delete(buf, { force = true })
    end
    tell(yes)
  end
  vim.api.nvim_create_autocmd('BufWriteCmd', {
    buffer = buf,
    callback = vim.schedule_wrap(function()
      answer(true)
    end),
  })
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = buf,
    callback = vim.schedule_wrap(function()
      answer(false)
    end),
  })
  for lhs, yes in pairs({ ['<CR>'] = true, q = false }) do
    vim.keymap.set('n', lhs, function()
      answer(yes)
    end, { buffer = buf, nowait = true, desc = 'Exposure Lens: ' .. (yes and 'write' or 'leave it') })
  end
end

---@param changes exposure_lens.FileChange[]
---@return boolean
local function still_fits(changes)
  return vim.iter(changes):all(function(change)
    local text = edits_of.text_of(vim.uri_from_fname(change.path))
    return text == change.before
  end)
end

---@param edit lsp.WorkspaceEdit
---@param client vim.lsp.Client
---@param on_done fun(result: { applied: boolean, failureReason?: string })
function M.preview(edit, client, on_done)
  local changes = M.changes(edit, client.offset_encoding)
  local lines, n_exposures = M.diff(changes, client.root_dir or '')
  local what = summary(n_exposures, #changes)
  local heading = ('This writes %s. :w or <CR> does it, q leaves all as it is.'):format(what)
  confirm(heading, lines, function(yes)
    if not yes then
      return on_done({ applied = false, failureReason = 'you left it as it was' })
    elseif not still_fits(changes) then
      return on_done({ applied = false, failureReason = 'a file has changed meanwhile: try again' })
    end
    vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding)
    tell_written(what)
    on_done({ applied = true })
  end)
end

---Makes an edit at once. What it has changed may be in a buffer that no window shows.
---@param params lsp.ApplyWorkspaceEditParams
---@param client vim.lsp.Client
---@param ctx lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
local function apply(params, client, ctx)
  local changes = M.changes(params.edit, client.offset_encoding)
  local _, n_exposures = M.diff(changes, client.root_dir or '')
  local result = vim.lsp.handlers['workspace/applyEdit'](nil, params, ctx)
  if result.applied then
    tell_written(summary(n_exposures, #changes))
  end
  return result
end

---For `workspace/applyEdit`: shows the edit first where the user asked for it by command.
---@param params lsp.ApplyWorkspaceEditParams
---@param ctx lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.on_apply_edit(params, ctx)
  local client = assert(vim.lsp.get_client_by_id(ctx.client_id))
  edits_of.fit(params.edit)
  if not awaited[client.id] then
    return apply(params, client, ctx)
  end
  awaited[client.id] = nil
  local co = assert(coroutine.running(), 'Neovim answers requests in a coroutine')
  M.preview(params.edit, client, function(result)
    vim.schedule(function()
      coroutine.resume(co, result)
    end)
  end)
  return coroutine.yield()
end

---@param client vim.lsp.Client
---@param argument table
local function run(client, argument)
  awaited[client.id] = require('exposure_lens.config').options().preview or nil
  client:exec_cmd({ title = 'Write exposures', command = 'exposureLens.write', arguments = { argument } }, nil, function(err)
    if err then
      awaited[client.id] = nil
      say.error(err.message)
    end
  end)
end

---Writes what is missing for all that reads the node at the cursor, or in the whole project.
---@param is_project boolean
function M.missing(is_project)
  if is_project then
    local client = ask.client()
    if client then
      run(client, { project = vim.uri_from_fname(client.root_dir), write = { what = 'missing' } })
    end
    return
  end
  require('exposure_lens.downstream').ask(false, {}, function(client, tree)
    local subjects = tree and tree.subjects or {}
    if #subjects == 0 then
      say.info(require('exposure_lens.downstream').no_node(tree))
    elseif #subjects > 1 then
      say.info('several nodes are written here: go to the name of one')
    else
      run(client, { project = tree.project.uri, write = { what = 'all', node = subjects[1].id } })
    end
  end)
end

return M
