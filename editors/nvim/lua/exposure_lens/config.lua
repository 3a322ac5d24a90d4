-- Where a project begins, and what the user can set for the editor's side.

local M = {}

M.NAME = 'exposure_lens'

---@class exposure_lens.TreeOptions
---@field width integer columns of the windows that `tree` and `lineage` open
---@field order 'name'|'views' how a tree is sorted at first

---@class exposure_lens.Options
---@field lens boolean show lenses (the server's own `lens.enabled` is another matter)
---@field preview boolean show what `:ExposureLens write` will change before it does
---@field restart boolean start a server that died anew
---@field tree exposure_lens.TreeOptions

---@type exposure_lens.Options
M.defaults = { lens = true, preview = true, restart = true, tree = { width = 60, order = 'name' } }

---What a value must be, beside its default's type: a word on it where it is not.
---@type table<string, fun(value: any): string?>
local rules = {
  ['tree.width'] = function(width)
    return (width < 20 or width ~= math.floor(width)) and 'a whole number of columns, 20 or more' or nil
  end,
  ['tree.order'] = function(order)
    return order ~= 'name' and order ~= 'views' and '"name" or "views"' or nil
  end,
}

---@param value any
---@return string
local function shown(value)
  return (vim.inspect(value):gsub('%s+', ' '))
end

---@param key string
---@param known string[]
---@return string
local function unknown(key, known)
  table.sort(known)
  return ('vim.g.exposure_lens has an unknown key "%s"; there are %s'):format(key, table.concat(known, ', '))
end

---The given values over the defaults; what does not fit is left out and told.
---@param given table
---@param defaults table
---@param prefix string
---@param problems string[]
---@return table
local function merged(given, defaults, prefix, problems)
  local all = vim.deepcopy(defaults)
  for key, value in vim.spairs(given) do
    local path, default = prefix .. tostring(key), defaults[key]
    local wanted = type(default) == 'nil' or type(value) ~= type(default) and ('a ' .. type(default))
    wanted = wanted or (rules[path] and rules[path](value))
    if default == nil then
      local known = vim.tbl_map(function(it)
        return prefix .. it
      end, vim.tbl_keys(defaults))
      table.insert(problems, unknown(path, known))
    elseif wanted then
      local text = ('vim.g.exposure_lens: %s is %s, and must be %s; it counts as %s')
      table.insert(problems, text:format(path, shown(value), wanted, shown(default)))
    elseif type(default) == 'table' then
      all[key] = merged(value, default, path .. '.', problems)
    else
      all[key] = value
    end
  end
  return all
end

---What the user has set in `vim.g.exposure_lens`, over the defaults.
---@return exposure_lens.Options
---@return string[] problems what of it cannot be used, a sentence each
function M.read()
  local given = vim.g.exposure_lens
  if given ~= nil and type(given) ~= 'table' then
    return vim.deepcopy(M.defaults), { ('vim.g.exposure_lens is %s, and must be a table'):format(shown(given)) }
  end
  local problems = {}
  return merged(given or {}, M.defaults, '', problems), problems
end

---@type table<string, true>
local told = {}

---What the user has set, over the defaults. What cannot be used is told, once.
---@return exposure_lens.Options
function M.options()
  local options, problems = M.read()
  for _, problem in ipairs(problems) do
    if not told[problem] then
      told[problem] = true
      require('exposure_lens.say').warn(problem)
    end
  end
  return options
end

---Whether a buffer is of a filetype that has the server: a listing of a project's folder is not.
---@param bufnr integer
---@return boolean
function M.has_filetype(bufnr)
  local filetypes = (vim.lsp.config[M.NAME] or {}).filetypes
  return filetypes == nil or vim.list_contains(filetypes, vim.bo[bufnr].filetype)
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
