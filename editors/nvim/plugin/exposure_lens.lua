vim.api.nvim_create_user_command('ExposureLens', function(args)
  require('exposure_lens.commands').run(args)
end, { nargs = '*', bang = true, desc = 'Exposure Lens', complete = function(...) return require('exposure_lens.commands').complete(...) end })

local group = vim.api.nvim_create_augroup('exposure_lens', {})
vim.api.nvim_create_autocmd('LspAttach', { group = group, callback = function(...) require('exposure_lens').on_attach(...) end })
vim.api.nvim_create_autocmd('SessionLoadPost', { group = group, callback = function() require('exposure_lens.window').drop_restored() end })
