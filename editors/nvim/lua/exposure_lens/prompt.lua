-- Asks the user for a line. Leaving it by <Esc> or <C-c> is no answer, and no error either:
-- `input()` alone breaks off whatever has called it at a <C-c>.

local M = {}

---@param ask fun(prompt: string): string
---@param prompt string
---@return string? text trimmed; nothing where nothing is left of it
local function answer(ask, prompt)
  local ok, text = pcall(ask, prompt)
  text = ok and vim.trim(text) or ''
  return text ~= '' and text or nil
end

---@param prompt string
---@return string?
function M.line(prompt)
  return answer(vim.fn.input, prompt)
end

---A line that is typed unseen, and that no history keeps.
---@param prompt string
---@return string?
function M.secret(prompt)
  return answer(vim.fn.inputsecret, prompt)
end

return M
