-- The colours of trees and lists: every group is a link to a standard one, so that a colour
-- scheme needs nothing of its own. Nothing is told by colour alone.

local M = {}

---@type table<string, string>
M.links = {
  ExposureLensHeading = 'Title',
  ExposureLensNode = 'Function',
  ExposureLensSite = 'Directory',
  ExposureLensProject = 'Directory',
  ExposureLensWorkbook = 'Type',
  ExposureLensDashboard = 'Identifier',
  ExposureLensSheet = 'Identifier',
  ExposureLensDatasource = 'Constant',
  ExposureLensExposure = 'String',
  ExposureLensMissing = 'DiagnosticWarn',
  ExposureLensDetail = 'Comment',
  ExposureLensHint = 'NonText',
}

local GROUPS = {
  node = 'ExposureLensNode', source = 'ExposureLensNode', seed = 'ExposureLensNode',
  snapshot = 'ExposureLensNode', model = 'ExposureLensNode',
  site = 'ExposureLensSite', files = 'ExposureLensSite', project = 'ExposureLensProject',
  workbook = 'ExposureLensWorkbook',
  dashboard = 'ExposureLensDashboard', sheet = 'ExposureLensSheet', datasource = 'ExposureLensDatasource',
}

---The group of a kind of row; a kind that is new to us has a plain one.
---@param kind string
---@return string
function M.group(kind)
  return GROUPS[kind] or 'ExposureLensDashboard'
end

---Links the groups that nobody has defined; a colour scheme clears them, so it is done again.
function M.define()
  local function define()
    for name, link in pairs(M.links) do
      vim.api.nvim_set_hl(0, name, { link = link, default = true })
    end
  end
  define()
  vim.api.nvim_create_autocmd('ColorScheme', {
    group = vim.api.nvim_create_augroup('exposure_lens.colours', {}),
    callback = define,
  })
end

---Breaks a text into lines of this many columns, at spaces.
---@param text string
---@param width integer
---@return string[]
function M.wrapped(text, width)
  local lines, line = {}, ''
  for word in text:gmatch('%S+') do
    local longer = line == '' and word or line .. ' ' .. word
    if line ~= '' and vim.fn.strdisplaywidth(longer) > width then
      table.insert(lines, line)
      longer = word
    end
    line = longer
  end
  table.insert(lines, line)
  return lines
end

return M
