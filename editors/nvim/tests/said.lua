-- What the plugin tells its user through `vim.notify`, from the moment that this is loaded.

local steps = require('steps')

local M = {}

---@type string[] oldest first
M.all = {}

vim.notify = function(message)
  table.insert(M.all, message)
end

function M.forget()
  M.all = {}
end

---Waits until something like this has been told.
---@param pattern string
---@return string
function M.wait_for(pattern)
  local ok, found = pcall(steps.wait_for, 'a word ' .. pattern, function()
    return vim.iter(M.all):find(function(message)
      return message:find(pattern) ~= nil
    end)
  end)
  return ok and found or error(found .. '; said: ' .. vim.inspect(M.all), 0)
end

return M
