-- What a click on a lens does, wherever the cursor is: the dashboards of the node there, else
-- the nearest lens, which in an exposures file is one that opens a page.

local M = {}

local ask = require('exposure_lens.ask')
local say = require('exposure_lens.say')

---The lens at the cursor, else the last one above it, else the first one.
---@param lenses lsp.CodeLens[]
---@param line integer from 0
---@return lsp.CodeLens?
local function nearest(lenses, line)
  table.sort(lenses, function(a, b)
    return a.range.start.line < b.range.start.line
  end)
  local found = lenses[1]
  for _, lens in ipairs(lenses) do
    if lens.range.start.line <= line then
      found = lens
    end
  end
  return found
end

---@param client vim.lsp.Client
---@param bufnr integer
---@param lens lsp.CodeLens
local function run(client, bufnr, lens)
  if lens.command and lens.command.command == '' then
    say.info(lens.command.title) -- There is nothing to open.
  elseif lens.command then
    client:exec_cmd(lens.command, { bufnr = bufnr })
  else
    client:request('codeLens/resolve', lens, function(_, resolved)
      if resolved and resolved.command then
        client:exec_cmd(resolved.command, { bufnr = bufnr })
      end
    end, bufnr)
  end
end

---Runs the lens that is nearest to the cursor.
---@param client vim.lsp.Client
---@param otherwise string what is said where there is none
local function run_nearest(client, otherwise)
  local bufnr = vim.api.nvim_get_current_buf()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
  ask.request(client, 'textDocument/codeLens', params, function(lenses)
    local lens = nearest(lenses or {}, line)
    if lens then
      run(client, bufnr, lens)
    else
      say.info(otherwise)
    end
  end)
end

---Lists the dashboards of the node at the cursor, of the same one as every other command.
function M.list()
  local downstream = require('exposure_lens.downstream')
  downstream.ask(false, {}, function(client, tree)
    local subjects = tree and tree.subjects or {}
    if #subjects == 1 then
      ask.command(client, 'listDashboards', { project = tree.project.uri, node = subjects[1].id })
    else
      run_nearest(client, downstream.no_node(tree))
    end
  end)
end

return M
