-- Edits as Neovim needs them. Each of its lines ends by itself: a text that is put at the end
-- of a file and ends with a line break would leave an empty line behind, which linters refuse.

local M = {}

local nulls = require('exposure_lens.nulls')

---A file's text, as its buffer or the disk has it, and so as the server has it: a buffer whose
---file does not end with a line break has none at its end.
---@param uri string
---@return string text nothing without a file
---@return boolean is_new
function M.text_of(uri)
  local path = vim.uri_to_fname(uri)
  local buf = vim.iter(vim.api.nvim_list_bufs()):find(function(it)
    return vim.api.nvim_buf_is_loaded(it) and vim.api.nvim_buf_get_name(it) == path
  end)
  if buf then
    local text = table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), '\n')
    return text .. (vim.bo[buf].endofline and '\n' or ''), false
  end
  local file = io.open(path, 'rb')
  if not file then
    return '', true
  end
  local text = file:read('*a')
  file:close()
  return text, false
end

---@param text string
---@param at lsp.Position
---@return boolean
local function is_end(text, at)
  local lines = vim.split(text, '\n', { plain = true })
  local last = #lines - 1
  local is_empty = vim.trim(text) == '' and at.line == 0
  return is_empty or at.line > last or (at.line == last and at.character >= vim.str_utfindex(lines[#lines], 'utf-16'))
end

---@param edits lsp.TextEdit[]
---@param uri string
local function fit_file(edits, uri)
  local text = M.text_of(uri)
  for _, edit in ipairs(edits) do
    local start, stop = edit.range.start, edit.range['end']
    local inserts = start.line == stop.line and start.character == stop.character
    if inserts and vim.endswith(edit.newText, '\n') and is_end(text, start) then
      edit.newText = edit.newText:sub(1, -2)
    end
  end
end

---Takes away the line breaks that would be one too many, and nulls.
---@param edit lsp.WorkspaceEdit
---@return lsp.WorkspaceEdit edit the same
function M.fit(edit)
  nulls.dropped(edit)
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.edits then
      fit_file(change.edits, change.textDocument.uri)
    end
  end
  for uri, edits in pairs(edit.changes or {}) do
    fit_file(edits, uri)
  end
  return edit
end

---For `on_init`: code actions, whose edits Neovim asks for and applies by itself, get them
---that way too.
---@param client vim.lsp.Client
function M.fit_actions(client)
  local request = client.request
  ---@diagnostic disable-next-line: duplicate-set-field
  client.request = function(self, method, params, handler, ...)
    local own = handler
    if method == 'codeAction/resolve' and handler then
      own = function(err, action, ...)
        if action and action.edit then
          M.fit(action.edit)
        end
        return handler(err, action, ...)
      end
    end
    return request(self, method, params, own, ...)
  end
end

return M
