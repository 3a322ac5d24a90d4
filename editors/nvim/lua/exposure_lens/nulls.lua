-- What the server says, without JSON's null. Neovim 0.12 keeps one as `vim.NIL`, which counts
-- as true; 0.11 leaves the field out. Everything that comes in is made as on 0.11, here alone.

local M = {}

---The value itself, with no null in it or below it; nothing for a null.
---@param value any
---@return any
function M.dropped(value)
  if value == vim.NIL then
    return nil
  elseif type(value) == 'table' then
    for key, field in pairs(value) do
      -- Assigning nothing to a field that is there is what a traversal allows.
      value[key] = M.dropped(field)
    end
  end
  return value
end

return M
