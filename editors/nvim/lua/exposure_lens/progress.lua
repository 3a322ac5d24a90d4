-- Shows how far a fetch is that the user has asked for, in the command line. What happens in
-- the background is left to |vim.lsp.status()|.

local M = {}

---@type table<integer, true> clients of which the user awaits something
local awaited = {}

---`Exposure Lens: fetching acme: 40 of 214 workbooks`.
---@param begun { title: string }
---@param value { message?: string, percentage?: integer }
---@return string
local function line(begun, value)
  local percentage = value.percentage and ('%d%%'):format(value.percentage)
  local more = vim.trim(table.concat({ percentage or '', value.message or '' }, ' '))
  return begun.title .. (more ~= '' and ': ' .. more or '…')
end

---@param text string
local function show(text)
  -- A longer one would ask for a key.
  local room = math.max(20, vim.o.columns - 14)
  vim.api.nvim_echo({ { vim.fn.strcharpart(text, 0, room) } }, false, {})
  vim.cmd.redraw()
end

---Shows what a client reports until all that it has begun is at an end.
---@param client_id integer
function M.await(client_id)
  if awaited[client_id] then
    return
  end
  awaited[client_id] = true
  local begun = {}
  vim.api.nvim_create_autocmd('LspProgress', {
    group = vim.api.nvim_create_augroup('exposure_lens.progress.' .. client_id, {}),
    callback = function(event)
      local params = event.data.params
      if event.data.client_id ~= client_id or type(params.value) ~= 'table' then
        return
      end
      local value = params.value
      begun[params.token] = begun[params.token] or (value.kind == 'begin' and value or nil)
      if value.kind == 'end' then
        begun[params.token] = nil
        awaited[client_id] = next(begun) and true or nil
        return not awaited[client_id] -- The last one ends this too.
      elseif begun[params.token] then
        show(line(begun[params.token], value))
      end
    end,
  })
end

return M
