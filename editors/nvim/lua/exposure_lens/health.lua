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
  local alternate = vim.fn.bufnr('#')
  if alternate > 0 and require('exposure_lens.config').root_dir(alternate) then
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
      enabled and 'Look into :ExposureLens log' or "Put vim.lsp.enable('exposure_lens') into init.lua",
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

---The server finds the manifest, in places that settings can name; here only the usual
---one is looked at, to say what is missing before a server runs.
---@param bufnr integer
local function check_manifest(bufnr)
  local root = require('exposure_lens.config').root_dir(bufnr)
  local file = root and vim.fs.joinpath(root, 'target', 'manifest.json')
  local stat = file and vim.uv.fs_stat(file)
  if stat then
    health.ok(('manifest: %s, written %s'):format(file, os.date('%Y-%m-%d %H:%M', stat.mtime.sec)))
  else
    health.info('no target/manifest.json: run `dbt parse`, or the project writes it elsewhere')
  end
end

---@param bufnr? integer
local function check_lens(bufnr)
  if not require('exposure_lens.config').options().lens then
    health.info('lenses are off: vim.g.exposure_lens')
    return
  end
  if vim.fn.has('nvim-0.12') == 1 then
    health.ok('lenses are drawn above the lines')
  else
    health.ok('lenses are drawn at the ends of lines; Neovim 0.12 draws them above')
  end
  local client = bufnr and require('exposure_lens').clients(bufnr)[1]
  if client and not client:supports_method('textDocument/codeLens') then
    health.warn('the server offers no lenses')
  end
end

---For :checkhealth.
function M.check()
  health.start('exposure-lens')
  if vim.fn.has('nvim-0.11') == 0 then
    health.error('Neovim 0.11 or later is needed')
    return
  end
  check_program()
  local bufnr = find_buffer()
  check_project(bufnr)
  if bufnr then
    check_client(bufnr)
    check_sites(bufnr)
    check_manifest(bufnr)
  end
  check_lens(bufnr)
end

return M
