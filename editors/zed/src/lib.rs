//! Tells Zed how to start the language server, and passes the user's settings to it.
//!
//! The program is the one that `lsp.exposure-lens.binary` names, else that on `PATH`.
//! Nothing is downloaded.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{
    Command, Extension, LanguageServerId, Result, Worktree, register_extension, serde_json,
};

struct ExposureLens;

impl Extension for ExposureLens {
    fn new() -> Self {
        ExposureLens
    }

    fn language_server_command(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Command> {
        let binary = LspSettings::for_worktree(id.as_ref(), worktree)
            .ok()
            .and_then(|settings| settings.binary);
        let (path, arguments, env) = match binary {
            Some(it) => (it.path, it.arguments, it.env),
            None => (None, None, None),
        };
        let on_path = || worktree.which("exposure-lens");
        Ok(Command {
            command: path.or_else(on_path).ok_or(
                "exposure-lens is not on PATH: install it, or name it in settings.json \
                 under lsp.exposure-lens.binary.path",
            )?,
            args: arguments.unwrap_or_else(|| vec!["lsp".to_owned()]),
            env: env.unwrap_or_default().into_iter().collect(),
        })
    }

    fn language_server_workspace_configuration(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(LspSettings::for_worktree(id.as_ref(), worktree)
            .ok()
            .and_then(|settings| settings.settings))
    }
}

register_extension!(ExposureLens);
