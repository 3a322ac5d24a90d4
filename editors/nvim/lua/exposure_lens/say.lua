-- What the plugin tells the user: one line each, with its name in front.

local M = {}

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify('exposure-lens: ' .. message, level or vim.log.levels.INFO)
end

---@param message string
function M.info(message)
  say(message, vim.log.levels.INFO)
end

---@param message string
function M.warn(message)
  say(message, vim.log.levels.WARN)
end

---@param message string
function M.error(message)
  say(message, vim.log.levels.ERROR)
end

return M
