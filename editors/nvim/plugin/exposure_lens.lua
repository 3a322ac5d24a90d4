vim.api.nvim_create_user_command('ExposureLens', function(args)
  require('exposure_lens.commands').run(args)
end, { nargs = '*', bang = true, desc = 'Exposure Lens', complete = function(...) return require('exposure_lens.commands').complete(...) end })

vim.api.nvim_create_autocmd('LspAttach', {
  group = vim.api.nvim_create_augroup('exposure_lens', {}),
  callback = function(event) require('exposure_lens').on_attach(event) end,
})
