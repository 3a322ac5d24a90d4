-- Where a project begins, and what the user can set for the editor's side.

local M = {}

M.NAME = 'exposure_lens'

---@class exposure_lens.Options
---@field lens boolean show lenses (the server's own `lens.enabled` is another matter)

---@type exposure_lens.Options
local defaults = { lens = true }

---What the user has set in `vim.g.exposure_lens`, over the defaults.
---@return exposure_lens.Options
function M.options()
  return vim.tbl_extend('force', defaults, vim.g.exposure_lens or {})
end

---The topmost folder with a dbt_project.yml at or above the buffer's file: packages and
---test projects lie inside the project that they serve, and share its server. Nothing
---for a file that belongs to no project, so that other YAML and SQL stays alone.
---@param bufnr integer
---@return string?
function M.root_dir(bufnr)
  local name = vim.api.nvim_buf_get_name(bufnr)
  if name == '' or name:match('^%a[%w+.-]+://') then
    return nil
  end
  local found = vim.fs.find('dbt_project.yml', {
    path = vim.fs.dirname(vim.fs.normalize(name)),
    upward = true,
    type = 'file',
    limit = math.huge,
  })
  return found[#found] and vim.fs.dirname(found[#found])
end

return M
