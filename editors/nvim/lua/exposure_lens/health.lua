-- `:checkhealth exposure_lens`: each thing that must be right, in the order in which it
-- goes wrong, with the way out.

local M = {}

local health = vim.health
local NAME = require('exposure_lens.config').NAME

---The program that the configuration names, and whether it runs.
local function check_program()
  local cmd = (vim.lsp.config[NAME] or {}).cmd
  if type(cmd) ~= 'table' then
    health.info('the server is started by a function of yours')
    return
  end
  local program = cmd[1]
  if vim.fn.executable(program) == 0 then
    health.error(program .. ' cannot be run', {
      'Put exposure-lens on PATH (cargo install, or a release), or',
      "name it: vim.lsp.config('exposure_lens', { cmd = { '/path/to/exposure-lens', 'lsp' } })",
    })
    return
  end
  local ok, run = pcall(function()
    return vim.system({ program, '--version' }, { text = true, timeout = 5000 }):wait()
  end)
  if ok and run.code == 0 then
    health.ok(('%s: %s'):format(vim.fn.exepath(program), vim.trim(run.stdout)))
  else
    health.error(program .. ' --version fails', ok and vim.trim(run.stderr or '') or tostring(run))
  end
end

---@return integer? bufnr the buffer that the user came from, or any that we are attached to
local function find_buffer()
  local alternate, config = vim.fn.bufnr('#'), require('exposure_lens.config')
  if alternate > 0 and config.root_dir(alternate) and config.has_filetype(alternate) then
    return alternate
  end
  for _, client in ipairs(require('exposure_lens').clients()) do
    return (next(client.attached_buffers))
  end
  return nil
end

---@param bufnr? integer
local function check_project(bufnr)
  local root = bufnr and require('exposure_lens.config').root_dir(bufnr)
  if not root then
    health.info('no file of a dbt project is open: open one, then check again')
    return
  end
  health.ok('dbt project: ' .. root)
end

---@param bufnr integer
local function check_client(bufnr)
  local client = require('exposure_lens').clients(bufnr)[1]
  if not client then
    local enabled = vim.lsp.is_enabled == nil or vim.lsp.is_enabled(NAME)
    health.error('no server is attached to ' .. vim.api.nvim_buf_get_name(bufnr), {
      enabled and ':ExposureLens restart starts it; :ExposureLens log may tell why there is none'
        or "Put vim.lsp.enable('exposure_lens') into init.lua",
    })
    return
  end
  health.ok(('attached: client %d, root %s'):format(client.id, client.root_dir or 'none'))
  local status = require('exposure_lens').status(client.id)
  if status then
    local say = status.health == 'ok' and health.ok or health.warn
    say(table.concat({ 'server: ' .. status.message, status.detail }, '\n'))
  else
    health.info('the server has said nothing of itself yet')
  end
end

---@param bufnr integer
local function check_sites(bufnr)
  local sites = require('exposure_lens.sites')
  local client = require('exposure_lens').clients(bufnr)[1]
  local status = client and require('exposure_lens').status(client.id)
  for _, site in ipairs(status and status.sites or {}) do
    local line = sites.line(site, os.time())
    local message = type(site.message) == 'string' and { site.message } or {}
    if type(site.address) == 'string' and sites.wants_sign_in(site) then
      health.warn(line, vim.list_extend(message, { ':ExposureLens login ' .. site.address }))
    elseif #message > 0 then
      health.warn(line, message)
    else
      health.ok(line)
    end
  end
end

---@param project exposure_lens.ProjectStatus
local function check_manifest(project)
  local manifest = project.manifest
  if type(manifest) ~= 'table' then
    health.warn('no manifest: what can be read of the files is used', {
      '`dbt parse` writes one; the setting dbt.manifest names another place',
    })
    return
  end
  local parts = { ('%d nodes'):format(manifest.nodes) }
  local dbt = manifest.dbtVersion
  vim.list_extend(parts, type(dbt) == 'string' and { 'dbt ' .. dbt } or {})
  vim.list_extend(parts, { require('exposure_lens.sites').ago(manifest.generatedAt, os.time()) })
  health.ok(('manifest: %s: %s'):format(manifest.path, table.concat(parts, ' · ')))
end

---What the server has loaded for the buffer's project.
---@param bufnr integer
local function check_content(bufnr)
  local client = require('exposure_lens').clients(bufnr)[1]
  local status = client and require('exposure_lens').status(client.id)
  for _, project in ipairs(status and status.projects or {}) do
    check_manifest(project)
    if project.workbooks > 0 then
      health.ok(('Tableau content: %d workbooks'):format(project.workbooks))
    else
      health.warn('no Tableau content', {
        'sign in with :ExposureLens login, or name a team snapshot with tableau.snapshot,',
        'or put workbook files (.twb, .twbx) into the repository',
      })
    end
    for _, problem in ipairs(project.problems or {}) do
      health.warn(('%s (%s)'):format(problem.message, problem.code))
    end
  end
end

---How many lenses a buffer shows.
---@param client vim.lsp.Client
---@param bufnr integer
---@return integer
local function n_drawn(client, bufnr)
  local namespace = vim.api.nvim_get_namespaces()['nvim.lsp.codelens:' .. client.id]
  return namespace and #vim.api.nvim_buf_get_extmarks(bufnr, namespace, 0, -1, {}) or 0
end

---@param bufnr? integer
local function check_lens(bufnr)
  if not require('exposure_lens.config').options().lens then
    health.info('lenses are off: vim.g.exposure_lens')
    return
  end
  local where = vim.lsp.codelens.enable and 'above the lines' or 'at the ends of lines; Neovim 0.12 draws them above'
  local client = bufnr and require('exposure_lens').clients(bufnr)[1]
  if not client then
    health.ok('lenses are drawn ' .. where)
  elseif not client:supports_method('textDocument/codeLens') then
    health.warn('the server offers no lenses')
  else
    local n = n_drawn(client, bufnr)
    health.ok(('lenses are drawn %s: %d in %s'):format(where, n, vim.fs.basename(vim.api.nvim_buf_get_name(bufnr))))
  end
end

---What is set, and what stands in the way.
local function check_setup()
  local _, problems = require('exposure_lens.config').read()
  for _, problem in ipairs(problems) do
    health.warn(problem, { ':help vim.g.exposure_lens' })
  end
  local files = vim.api.nvim_get_runtime_file('lsp/exposure_lens.lua', true)
  if #files > 1 then
    health.warn('the plugin is installed twice, and the later one wins in part', files)
  end
  local handlers = (vim.lsp.config[NAME] or {}).handlers or {}
  for _, method in ipairs({ 'window/showMessageRequest', 'workspace/applyEdit', 'exposureLens/changed' }) do
    if not handlers[method] then
      health.warn(('another configuration has taken %s away'):format(method), files)
    end
  end
end

---For :checkhealth.
function M.check()
  health.start('exposure-lens')
  if vim.fn.has('nvim-0.11') == 0 then
    health.error('Neovim 0.11 or later is needed')
    return
  end
  local version = vim.version()
  health.ok(('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch))
  check_setup()
  check_program()
  local bufnr = find_buffer()
  check_project(bufnr)
  if bufnr then
    check_client(bufnr)
    check_content(bufnr)
    check_sites(bufnr)
  end
  check_lens(bufnr)
end

return M
