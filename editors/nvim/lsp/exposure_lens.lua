-- The server's configuration for `vim.lsp.enable('exposure_lens')`. Every part of it can be
-- overridden with `vim.lsp.config('exposure_lens', {…})`; see |exposure-lens-config|.

---@type vim.lsp.Config
return {
  cmd = { 'exposure-lens', 'lsp' },
  -- On Linux memory would else be kept apart for each of many threads, with gaps in each.
  cmd_env = { MALLOC_ARENA_MAX = '2' },
  -- dbt plugins rename SQL's filetype; which file belongs to a project `root_dir` knows.
  filetypes = { 'sql', 'dbt', 'jinja', 'jinja2', 'sql.jinja', 'python', 'yaml', 'yaml.dbt', 'csv' },
  root_dir = function(bufnr, on_dir)
    local root = require('exposure_lens.config').root_dir(bufnr)
    if root then
      on_dir(root)
    end
  end,
  -- With the first message already, so that nothing is shown that a setting turns off.
  before_init = function(params, config)
    params.initializationOptions = vim.tbl_get(config, 'settings', 'exposureLens')
  end,
  capabilities = {
    workspace = {
      -- Neovim 0.11 can do this with the handler below; later ones by themselves.
      codeLens = { refreshSupport = true },
      -- It can, and 0.11 does not say so: an edit then names the version it was made for.
      workspaceEdit = { documentChanges = true },
    },
    experimental = { exposureLens = { copy = true, picker = true, changed = true } },
  },
  handlers = {
    ['exposureLens/status'] = function(_, params, ctx)
      require('exposure_lens').on_status(ctx.client_id, params)
    end,
    ['exposureLens/copy'] = function(_, params)
      require('exposure_lens').on_copy(params)
    end,
    ['exposureLens/changed'] = function(_, _, ctx)
      require('exposure_lens').on_changed(ctx.client_id)
    end,
    ['workspace/codeLens/refresh'] = function(_, _, ctx)
      return require('exposure_lens').on_lens_refresh(ctx)
    end,
    ['window/showMessageRequest'] = function(_, params)
      return require('exposure_lens.picker').on_request(params)
    end,
    ['workspace/applyEdit'] = function(_, params, ctx)
      return require('exposure_lens.write').on_apply_edit(params, ctx)
    end,
  },
  commands = {
    -- A lens that leads nowhere, of a zero: 0.12 runs that one too. Its words are all there is.
    [''] = function(command)
      require('exposure_lens.say').info(command.title)
    end,
  },
  on_init = function(client)
    require('exposure_lens.edits').fit_actions(client)
  end,
  -- Neovim leaves a server that died dead.
  on_exit = function(...)
    require('exposure_lens.revive').on_exit(...)
  end,
  -- exposureLens.*, as in exposure-lens.yml; |exposure-lens-settings| lists them.
  settings = { exposureLens = {} },
}
