-- `:ExposureLens …`: what has no place among Neovim's own LSP commands.

local M = {}

local NAME = require('exposure_lens.config').NAME

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify('exposure-lens: ' .. message, level or vim.log.levels.INFO)
end

---The current buffer's client, or a word on why there is none.
---@return vim.lsp.Client?
local function client_here()
  local client = require('exposure_lens').clients(vim.api.nvim_get_current_buf())[1]
  if not client then
    say('no server is attached to this buffer; :checkhealth exposure_lens tells why', vim.log.levels.WARN)
  end
  return client
end

---The lens at the cursor, else the last one above it, else the first one.
---@param lenses lsp.CodeLens[]
---@param line integer from 0
---@return lsp.CodeLens?
local function nearest(lenses, line)
  table.sort(lenses, function(a, b)
    return a.range.start.line < b.range.start.line
  end)
  local found = lenses[1]
  for _, lens in ipairs(lenses) do
    if lens.range.start.line <= line then
      found = lens
    end
  end
  return found
end

---@param client vim.lsp.Client
---@param bufnr integer
---@param lens? lsp.CodeLens
local function run_lens(client, bufnr, lens)
  if not lens then
    say('nothing is known of this file, or lens.enabled is off')
  elseif lens.command then
    client:exec_cmd(lens.command, { bufnr = bufnr })
  else
    client:request('codeLens/resolve', lens, function(_, resolved)
      if resolved and resolved.command then
        client:exec_cmd(resolved.command, { bufnr = bufnr })
      end
    end, bufnr)
  end
end

---@class exposure_lens.Subcommand
---@field about string
---@field run fun()

---@type table<string, exposure_lens.Subcommand>
M.subcommands = {
  list = {
    about = 'list the dashboards of the model at the cursor, to open one',
    run = function()
      local client = client_here()
      if not client then
        return
      end
      local bufnr = vim.api.nvim_get_current_buf()
      local line = vim.api.nvim_win_get_cursor(0)[1] - 1
      local params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
      client:request('textDocument/codeLens', params, function(err, lenses)
        if err then
          say(err.message, vim.log.levels.ERROR)
        else
          run_lens(client, bufnr, nearest(lenses or {}, line))
        end
      end, bufnr)
    end,
  },
  restart = {
    about = 'stop the server and start it anew',
    run = function()
      local clients = require('exposure_lens').clients()
      vim.lsp.enable(NAME, false)
      local stopped = vim.wait(5000, function()
        return vim.iter(clients):all(function(client)
          return client:is_stopped()
        end)
      end, 20)
      if not stopped then
        vim.iter(clients):each(function(client)
          client:stop(true)
        end)
      end
      vim.lsp.enable(NAME)
    end,
  },
  log = {
    about = "open Neovim's LSP log, where the server's own log goes too",
    run = function()
      vim.cmd.tabnew(vim.fn.fnameescape(vim.lsp.log.get_filename()))
    end,
  },
  status = {
    about = 'what the server says of itself',
    run = function()
      local client = client_here()
      local status = client and require('exposure_lens').status(client.id)
      if status then
        say(table.concat({ status.message, status.detail }, '\n'))
      elseif client then
        say('it has said nothing yet')
      end
    end,
  },
  version = {
    about = "the server's version",
    run = function()
      local client = client_here()
      local info = client and client.server_info
      if client then
        say(info and ('%s %s'):format(info.name, info.version or '') or 'unknown')
      end
    end,
  },
}

---@return string[]
local function names()
  local all = vim.tbl_keys(M.subcommands)
  table.sort(all)
  return all
end

---@param args vim.api.keyset.create_user_command.command_args
function M.run(args)
  local name = args.args == '' and 'list' or args.args
  local subcommand = M.subcommands[name]
  if subcommand then
    subcommand.run()
  else
    say(('no command "%s"; there are %s'):format(name, table.concat(names(), ', ')), vim.log.levels.ERROR)
  end
end

---@param lead string
---@return string[]
function M.complete(lead)
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, names())
end

return M
