-- An exposures file as a person keeps it: what stands there, what mends it, and that each
-- change can be taken back and made again to the byte. Started by run.lua.

local said = require('said')
local steps = require('steps')
local check_all, open, read, step, wait_for, wait_for_lens =
  steps.check_all, steps.open, steps.read, steps.step, steps.wait_for, steps.wait_for_lens

local MART = 'models/marts/fct_orders.sql'
local DECLARED = 'models/exposures/tableau.yml'
local OPS = 'models/exposures/ops.yml'
local NEW = 'models/tableau/new.yml'

-- Beside the sample's own exposures: one that lacks what Tableau shows, one with a slip.
local OPS_TEXT = [[
# Of the operations team.
exposures:
  - name: weekly_ops
    label: Weekly Ops
    type: dashboard
    owner:
      name: Jo Wu
    depends_on:
      - ref('fct_orders')  # the board's numbers
    config:
      meta:
        tableau: {file: "tableau/Weekly Ops.twb"}

  - name: stock_levels
    type: dashboard
    owner: {name: Jo Wu}
    depends_on:
      - ref('dim_product')
]]

local EXPECTED = {
  in_step = '^Tableau: in step',
  lacking = '^Tableau: lacks 2 dependencies',
  hover = { 'Weekly Ops', 'Ops Board', 'Session Pulse' },
  diagnostic = 'dim_product',
  added = OPS_TEXT:gsub("%- ref%('fct_orders'%)[^\n]*\n", "%0      - ref('fct_returns')\n      - ref('fct_sessions')\n"),
  mended = OPS_TEXT:gsub("ref%('dim_product'%)", "ref('dim_products')"),
  new = { '^version: 2\n', '\n  %- name: weekly_ops\n', "ref%('fct_orders'%)", "ref%('fct_sessions'%)" },
  outline = { 'weekly_ops', 'stock_levels' },
  copied = 'dbt build --select +exposure:weekly_ops',
}

-- A clipboard of the test's own: a machine without a screen has none.
local clipboard = {}
vim.g.clipboard = {
  name = 'test',
  copy = {
    ['+'] = function(lines)
      clipboard = lines
    end,
    ['*'] = function() end,
  },
  paste = {
    ['+'] = function()
      return clipboard
    end,
    ['*'] = function()
      return {}
    end,
  },
}

---@param path string
---@param text string
local function write(path, text)
  local file = assert(io.open(vim.fs.joinpath(steps.project, path), 'wb'))
  file:write(text)
  file:close()
end

---Puts the cursor on a text of the buffer.
---@param text string
---@param n? integer columns further
local function cursor_on(text, n)
  for row, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      vim.api.nvim_win_set_cursor(0, { row, column - 1 + (n or 0) })
      return
    end
  end
  error(('no "%s" in the buffer'):format(text), 0)
end

---The action at the cursor that has this title. It asks until there is one: what is offered
---follows what the server has read.
---@param title string
---@return lsp.CodeAction
local function offered(title)
  local client = assert(steps.client_here())
  local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
  params.context = { diagnostics = {}, triggerKind = 1 }
  local seen = {}
  local ok, found = pcall(wait_for, 'an action ' .. title, function()
    local answer = client:request_sync('textDocument/codeAction', params, 5000, 0)
    seen = answer and answer.result or {}
    return vim.iter(seen):find(function(it)
      return it.title:find(title)
    end)
  end)
  local titles = vim.tbl_map(function(it)
    return it.title
  end, seen)
  return ok and found or error(found .. '; offered: ' .. vim.inspect(titles), 0)
end

---@param title string
local function act(title)
  offered(title)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title:find(title) ~= nil
    end,
  })
end

---Whatever is in buffers is on disk; then the file's text, nothing without a file.
---@param path string
---@return string?
local function saved(path)
  vim.cmd('silent! wall')
  return vim.fn.filereadable(vim.fs.joinpath(steps.project, path)) == 1 and read(path) or nil
end

---@param path string
---@return integer
local function buffer(path)
  return vim.uri_to_bufnr(vim.uri_from_fname(vim.fs.joinpath(steps.project, path)))
end

---@param path string
local function undo(path)
  vim.api.nvim_buf_call(buffer(path), function()
    vim.cmd('silent undo')
  end)
end

---Makes a change, takes it back and makes it again, all files compared each time.
---@param paths string[]
---@param apply fun()
---@return string[] texts what the change made of the files
local function there_and_back(paths, apply)
  local before, first = {}, {}
  for n, path in ipairs(paths) do
    before[n] = saved(path)
  end
  local function apply_and_wait(as_before)
    apply()
    for n, path in ipairs(paths) do
      first[n] = wait_for('another ' .. path, function()
        local text = saved(path)
        return text and vim.trim(text) ~= vim.trim(before[n] or '') and (not as_before or text == as_before[n]) and text
      end)
    end
    return first
  end
  local once = vim.deepcopy(apply_and_wait())
  for n, path in ipairs(paths) do
    undo(path)
    local undone = saved(path)
    -- Neovim keeps a file that it made: with nothing in it.
    local is_as_it_was = undone == before[n] or (not before[n] and vim.trim(undone or '') == '')
    assert(is_as_it_was, ('%s is not as it was:\n%s'):format(path, undone))
  end
  apply_and_wait(once)
  return once
end

local has_lenses = true

---What the server is to do with this project: asked for by the editor's settings. The lenses
---are switched with them: once that can be seen, the server has read the rest too.
---@param settings table
local function configure(settings)
  local client = assert(steps.client_here())
  has_lenses = not has_lenses
  settings.lens = { enabled = has_lenses }
  client.settings = { exposureLens = settings }
  client:notify('workspace/didChangeConfiguration', { settings = client.settings })
  local params = { textDocument = { uri = vim.uri_from_bufnr(0) } }
  wait_for('the settings to be read', function()
    local answer = client:request_sync('textDocument/codeLens', params)
    return answer and answer.result and (#answer.result > 0) == has_lenses
  end)
end

write(OPS, OPS_TEXT)
vim.lsp.config('exposure_lens', { cmd = { steps.server, 'lsp' } })
vim.lsp.enable('exposure_lens')

step('an exposure that says what Tableau does is in step', function()
  open(DECLARED)
  wait_for_lens(EXPECTED.in_step)
end)

step('the lens of another one says what differs; with no page to open it only says so', function()
  open(OPS)
  wait_for_lens(EXPECTED.lacking)
  cursor_on('name: weekly_ops', 6)
  vim.cmd.ExposureLens('list')
  wait_for('the lens, said', function()
    return said.all[#said.all] == 'exposure-lens: Tableau: lacks 2 dependencies'
  end)
end)

step('the hover on its name says what it stands for', function()
  cursor_on('name: weekly_ops', 6)
  vim.lsp.buf.hover()
  check_all(wait_for('a hover', steps.floating), EXPECTED.hover)
  vim.cmd.fclose()
end)

step('what is missing is added by an action, undone, and added again', function()
  cursor_on('name: weekly_ops', 6)
  local after = there_and_back({ OPS }, function()
    cursor_on('name: weekly_ops', 6)
    act('^Add .*fct_returns.* to exposure `weekly_ops`')
  end)
  assert(after[1] == EXPECTED.added, after[1])
  undo(OPS)
  assert(saved(OPS) == OPS_TEXT)
end)

step('an edit for a text that is another one meanwhile is not made', function()
  cursor_on('name: weekly_ops', 6)
  local client = assert(steps.client_here())
  local action = offered('^Add .*fct_returns')
  local edit = assert(client:request_sync('codeAction/resolve', action, 5000, 0)).result.edit
  vim.api.nvim_buf_set_lines(0, 0, 1, false, { '# Of another team.', '# Two lines now.' })
  local typed = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding)
  assert(vim.deep_equal(vim.api.nvim_buf_get_lines(0, 0, -1, false), typed), 'the buffer was changed')
  undo(OPS)
  assert(saved(OPS) == OPS_TEXT)
end)

step('a ref to what is not there is marked, and a quick fix mends it', function()
  wait_for('a diagnostic', function()
    return vim.iter(vim.diagnostic.get(0)):find(function(it)
      return it.message:find(EXPECTED.diagnostic) and it.source == 'exposure-lens'
    end)
  end)
  cursor_on("ref('dim_product')", 6)
  local after = there_and_back({ OPS }, function()
    cursor_on("ref('dim_product')", 6)
    act('dim_products')
  end)
  assert(after[1] == EXPECTED.mended, after[1])
  wait_for('no diagnostic', function()
    return vim.iter(vim.diagnostic.get(0)):all(function(it)
      return not it.message:find(EXPECTED.diagnostic .. '`')
    end)
  end)
  undo(OPS)
  assert(saved(OPS) == OPS_TEXT)
end)

step('completion offers a model, and writes a ref that dbt takes', function()
  local offered, line = steps.complete(OPS, "- ref('fct_orders')", '- fct_ret')
  check_all(offered[1], { 'fct_returns' })
  assert(line == "      - ref('fct_returns')", line)
end)

step('a definition is the model; references are the exposures on it', function()
  open(OPS)
  cursor_on("ref('fct_orders')", 6)
  vim.lsp.buf.references()
  wait_for('references', function()
    local items = vim.fn.getqflist()
    return vim.iter(items):find(function(it)
      return vim.endswith(vim.api.nvim_buf_get_name(it.bufnr), DECLARED)
    end)
  end)
  vim.cmd.cclose()
  open(OPS)
  cursor_on("ref('fct_orders')", 6)
  vim.lsp.buf.definition()
  wait_for('the model', function()
    return vim.endswith(vim.api.nvim_buf_get_name(0), MART)
  end)
end)

step('the outline lists the exposures', function()
  open(OPS)
  vim.lsp.buf.document_symbol()
  local listed = wait_for('symbols', function()
    local items = vim.fn.getloclist(0)
    return #items > 0 and items
  end)
  local names = vim.iter(listed):map(function(it)
    return it.text
  end):join('\n')
  check_all(names, EXPECTED.outline)
  vim.cmd.lclose()
end)

step('the command that builds what it stands on is copied', function()
  open(OPS)
  cursor_on('name: weekly_ops', 6)
  act('^Copy `dbt build')
  wait_for('a copied text', function()
    return vim.fn.getreg('+') == EXPECTED.copied
  end)
  assert(vim.fn.getreg('"') == EXPECTED.copied, vim.fn.getreg('"'))
  assert(said.all[#said.all] == 'exposure-lens: copied: ' .. EXPECTED.copied, said.all[#said.all])
end)

step('an exposure is written into a file that is there, undone, and written again', function()
  os.remove(vim.fs.joinpath(steps.project, OPS))
  open(MART)
  vim.api.nvim_buf_delete(buffer(OPS), { force = true })
  there_and_back({ DECLARED }, function()
    open(MART)
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
    act('^Write exposure `weekly_ops` for Weekly Ops')
  end)
  undo(DECLARED)
  saved(DECLARED)
end)

step('so is one into a file and a folder that are not', function()
  open(MART)
  configure({ exposures = { path = NEW } })
  local after = there_and_back({ NEW }, function()
    open(MART)
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
    act('^Write exposure `weekly_ops` for Weekly Ops')
  end)
  check_all(after[1], EXPECTED.new)
  assert(after[1]:find('[^\n]\n$'), 'it ends with an empty line:\n' .. after[1])
end)

step('what several workbooks lack is written into several files at once', function()
  open(MART)
  configure({ exposures = { path = 'models/tableau/{workbook}.yml' } })
  local names = { 'all_movements', 'basket_explorer', 'churn', 'executive_summary', 'plan_vs_actual' }
  local paths = vim.tbl_map(function(name)
    return ('models/tableau/%s.yml'):format(name)
  end, names)
  local after = there_and_back(paths, function()
    open(MART)
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
    act('^Write 5 exposures for all that use fct_orders')
  end)
  for n, name in ipairs(names) do
    check_all(after[n], { 'name: ' .. name, "ref%('fct_orders'%)" })
  end
end)

steps.finish()
