-- Lets the user choose what the server asks for: the dashboards of a model above all. It is
-- `vim.ui.select`, so that whatever picker the user has comes up.

local M = {}

local nulls = require('exposure_lens.nulls')

---@class exposure_lens.Choice a `MessageActionItem` with what `experimental.exposureLens.picker` adds
---@field title string
---@field description? string the workbook
---@field detail? string project, owner and views

---@param text string
---@return string
local function one_line(text)
  return (text:gsub('%s*[\r\n]+%s*', ' '))
end

---What stands behind a title, in one line; a title may end with the workbook already.
---@param choice exposure_lens.Choice
---@return string
local function beside(choice)
  local parts = {}
  for _, text in ipairs({ choice.description or '', choice.detail or '' }) do
    if text ~= '' and not vim.endswith(choice.title, '— ' .. text) then
      table.insert(parts, one_line(text))
    end
  end
  return table.concat(parts, ' · ')
end

---The lines of a list: what stands behind the titles is aligned.
---@param choices exposure_lens.Choice[]
---@return table<exposure_lens.Choice, string>
function M.lines(choices)
  local widest = 0
  for _, choice in ipairs(choices) do
    widest = math.max(widest, vim.fn.strdisplaywidth(one_line(choice.title)))
  end
  local lines = {}
  for _, choice in ipairs(choices) do
    local title, rest = one_line(choice.title), beside(choice)
    local gap = (' '):rep(widest - vim.fn.strdisplaywidth(title) + 2)
    lines[choice] = rest == '' and title or title .. gap .. rest
  end
  return lines
end

---Whether it is a list of dashboards, and no question.
---@param params lsp.ShowMessageRequestParams
---@return boolean
local function is_list(params)
  return vim.iter(params.actions or {}):any(function(choice)
    return choice.description ~= nil or choice.detail ~= nil
  end)
end

---@param params lsp.ShowMessageRequestParams
---@param on_choice fun(choice?: exposure_lens.Choice)
function M.choose(params, on_choice)
  local choices = params.actions or {}
  local lines = M.lines(choices)
  vim.ui.select(choices, {
    -- Pickers may be told apart by it.
    kind = is_list(params) and 'exposure_lens.dashboard' or 'exposure_lens.question',
    prompt = one_line(params.message),
    format_item = function(choice)
      return lines[choice] or choice.title
    end,
  }, on_choice)
end

---Runs something now, or when typing is over: a picker takes the next keys, and what is being
---typed into a file or a command line is no answer to a question that nobody has seen.
---@param run fun()
local function when_idle(run)
  local is_typing = vim.api.nvim_get_mode().mode:find('^[icRsSt\19]')
  if not is_typing then
    return run()
  end
  vim.api.nvim_create_autocmd('ModeChanged', {
    pattern = '*:n',
    once = true,
    callback = vim.schedule_wrap(function()
      when_idle(run)
    end),
  })
end

---For `window/showMessageRequest`: answers when the user has chosen. A list comes at once, since
---the user has asked for it; a question is the server's own.
---@param params lsp.ShowMessageRequestParams
---@return exposure_lens.Choice|vim.NIL
function M.on_request(params)
  local co = assert(coroutine.running(), 'Neovim answers requests in a coroutine')
  params = nulls.dropped(params)
  local function ask()
    M.choose(params, function(choice)
      -- Some pickers answer before they return: by then nobody waits yet.
      vim.schedule(function()
        coroutine.resume(co, choice or vim.NIL)
      end)
    end)
  end
  if is_list(params) then
    ask()
  else
    when_idle(ask)
  end
  return coroutine.yield()
end

return M
