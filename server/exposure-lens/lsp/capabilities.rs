//! What the client can do, and what the server says that it can do itself.
//!
//! Decided once, at `initialize`. The rest of the server asks [`ClientCan`] and
//! never looks at the client's own words.

use serde_json::json;
use tower_lsp::ls_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability,
    CodeLensOptions, CompletionOptions, DiagnosticOptions, DiagnosticServerCapabilities,
    ExecuteCommandOptions, HoverProviderCapability, MarkupKind, OneOf, PositionEncodingKind,
    ResourceOperationKind, SaveOptions, ServerCapabilities, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

use super::document::Encoding;
use super::{commands, ext};

/// What makes a client ask for completions, beside a word's start.
const COMPLETE_AFTER: [&str; 4] = ["'", "\"", "(", "-"];

/// What the client can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ClientCan {
    /// How positions are counted in this session.
    pub(super) encoding: Encoding,
    /// Show Markdown in hovers.
    pub(super) markdown: bool,
    /// Take code actions that are more than commands.
    pub(super) action_literals: bool,
    /// Ask for an action's edit when it is chosen.
    pub(super) resolve_edit: bool,
    /// Show why an action cannot be chosen.
    pub(super) disabled_actions: bool,
    /// Take edits that name a document's version.
    pub(super) document_changes: bool,
    /// Make files as part of an edit.
    pub(super) create_files: bool,
    /// Show an edit to the user before it is made.
    pub(super) change_annotations: bool,
    /// Show symbols within each other.
    pub(super) nested_symbols: bool,
    /// Put a text where the user can paste it from.
    pub(super) copy: bool,
    /// Be told that answers to our own requests may differ.
    pub(super) changed: bool,
    /// Show every choice of a list, each with more than its title.
    pub(super) picker: bool,
    /// Be asked to change files.
    pub(super) apply_edit: bool,
    /// Open pages.
    pub(super) show_document: bool,
    /// Ask for lenses anew.
    pub(super) refresh_lenses: bool,
    /// Ask for diagnostics itself, and again when it is told to: what is known changes
    /// without an edit of the file (Neovim before 0.12 asks after edits alone).
    pub(super) pull_diagnostics: bool,
    /// Ask for diagnostics anew.
    pub(super) refresh_diagnostics: bool,
    /// Show progress.
    pub(super) progress: bool,
    /// Be asked for settings.
    pub(super) configuration: bool,
    /// Be told which files to watch.
    pub(super) watch_files: bool,
    /// Be told to say when settings change.
    pub(super) register_configuration: bool,
}

impl ClientCan {
    pub(super) fn of(client: &ClientCapabilities) -> ClientCan {
        let mut can = ClientCan {
            encoding: encoding(client),
            ..ClientCan::default()
        };
        can.set_text_document(client);
        can.set_workspace(client);
        can.pull_diagnostics &= can.refresh_diagnostics;
        let ours = |name: &str| {
            let ours = client.experimental.as_ref()?.get("exposureLens")?;
            ours.get(name)?.as_bool()
        };
        can.copy = yes(ours("copy"));
        can.changed = yes(ours("changed"));
        can.picker = yes(ours("picker"));
        if let Some(window) = &client.window {
            can.progress = yes(window.work_done_progress);
            can.show_document = window.show_document.as_ref().is_some_and(|it| it.support);
        }
        can
    }

    fn set_text_document(&mut self, client: &ClientCapabilities) {
        let Some(text) = &client.text_document else {
            return;
        };
        let formats = text
            .hover
            .as_ref()
            .and_then(|it| it.content_format.as_ref());
        self.markdown = formats.is_some_and(|it| it.contains(&MarkupKind::Markdown));
        self.pull_diagnostics = text.diagnostic.is_some();
        let symbols = text.document_symbol.as_ref();
        self.nested_symbols =
            symbols.is_some_and(|it| yes(it.hierarchical_document_symbol_support));
        let Some(action) = &text.code_action else {
            return;
        };
        self.action_literals = action.code_action_literal_support.is_some();
        self.disabled_actions = yes(action.disabled_support);
        let resolvable = action.resolve_support.as_ref();
        self.resolve_edit = yes(action.data_support)
            && resolvable.is_some_and(|it| it.properties.iter().any(|it| it == "edit"));
    }

    fn set_workspace(&mut self, client: &ClientCapabilities) {
        let Some(workspace) = &client.workspace else {
            return;
        };
        self.configuration = yes(workspace.configuration);
        self.apply_edit = yes(workspace.apply_edit);
        self.refresh_lenses = workspace
            .code_lens
            .as_ref()
            .is_some_and(|it| yes(it.refresh_support));
        self.refresh_diagnostics = workspace
            .diagnostics
            .as_ref()
            .is_some_and(|it| yes(it.refresh_support));
        let watched = workspace.did_change_watched_files.as_ref();
        self.watch_files = watched.is_some_and(|it| yes(it.dynamic_registration));
        let configuration = workspace.did_change_configuration.as_ref();
        self.register_configuration = configuration.is_some_and(|it| yes(it.dynamic_registration));
        if let Some(edit) = &workspace.workspace_edit {
            self.document_changes = yes(edit.document_changes);
            self.change_annotations =
                self.document_changes && edit.change_annotation_support.is_some();
            let operations = edit.resource_operations.iter().flatten();
            self.create_files = self.document_changes
                && operations
                    .into_iter()
                    .any(|it| *it == ResourceOperationKind::Create);
        }
    }
}

fn yes(flag: Option<bool>) -> bool {
    flag == Some(true)
}

/// The cheapest one for us that the client knows.
fn encoding(client: &ClientCapabilities) -> Encoding {
    let general = client.general.as_ref();
    let offered = general
        .and_then(|it| it.position_encodings.as_deref())
        .unwrap_or_default();
    let knows = |kind: PositionEncodingKind| offered.contains(&kind);
    if knows(PositionEncodingKind::UTF8) {
        Encoding::Utf8
    } else if knows(PositionEncodingKind::UTF32) {
        Encoding::Utf32
    } else {
        Encoding::Utf16
    }
}

/// What the server can do for this client.
pub(super) fn server_capabilities(can: &ClientCan) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(can.encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                    include_text: Some(false),
                })),
                ..TextDocumentSyncOptions::default()
            },
        )),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_lens_provider: Some(CodeLensOptions {
            resolve_provider: Some(false),
        }),
        code_action_provider: Some(code_actions(can)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(COMPLETE_AFTER.map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::ALL.map(str::to_owned).to_vec(),
            ..ExecuteCommandOptions::default()
        }),
        diagnostic_provider: can.pull_diagnostics.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                inter_file_dependencies: true,
                workspace_diagnostics: false,
                ..DiagnosticOptions::default()
            })
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            ..WorkspaceServerCapabilities::default()
        }),
        experimental: Some(json!({ "exposureLens": { "version": 1, "methods": ext::METHODS } })),
        ..ServerCapabilities::default()
    }
}

fn code_actions(can: &ClientCan) -> CodeActionProviderCapability {
    if !can.action_literals {
        return CodeActionProviderCapability::Simple(true);
    }
    CodeActionProviderCapability::Options(CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::REFACTOR]),
        resolve_provider: can.resolve_edit.then_some(true),
        ..CodeActionOptions::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn can(client: serde_json::Value) -> ClientCan {
        ClientCan::of(&serde_json::from_value(client).expect("client capabilities"))
    }

    #[test]
    fn the_encoding_is_one_that_both_know() {
        let check = |offered: &[&str], expect| {
            let client = json!({ "general": { "positionEncodings": offered } });
            assert_eq!(can(client).encoding, expect, "{offered:?}");
        };
        check(&["utf-16"], Encoding::Utf16);
        check(&["utf-16", "utf-8"], Encoding::Utf8);
        check(&["utf-32"], Encoding::Utf32);
        check(&["utf-16", "utf-32"], Encoding::Utf32);
        check(&["utf-7"], Encoding::Utf16);
        check(&[], Encoding::Utf16);
        assert_eq!(can(json!({})).encoding, Encoding::Utf16);
    }

    #[test]
    fn a_client_that_says_nothing_can_nothing() {
        assert_eq!(can(json!({})), ClientCan::default());
        let all = server_capabilities(&ClientCan::default());
        assert_eq!(all.diagnostic_provider, None);
        assert_eq!(
            all.code_action_provider,
            Some(CodeActionProviderCapability::Simple(true))
        );
    }

    #[test]
    fn what_is_ours_has_to_be_said() {
        let check = |ours: serde_json::Value, expect| {
            let it = can(json!({ "experimental": { "exposureLens": ours } }));
            assert_eq!((it.copy, it.changed, it.picker), expect, "{ours}");
        };
        let none = (false, false, false);
        check(
            json!({ "copy": true, "changed": true, "picker": true }),
            (true, true, true),
        );
        check(json!({ "picker": true }), (false, false, true));
        check(
            json!({ "changed": "yes", "picker": 1, "copy": false }),
            none,
        );
        check(json!(true), none);
    }

    #[test]
    fn a_file_is_made_only_by_a_client_that_can_say_so() {
        let edit = |edit| can(json!({ "workspace": { "workspaceEdit": edit } })).create_files;
        assert!(edit(
            json!({ "documentChanges": true, "resourceOperations": ["create"] })
        ));
        assert!(!edit(
            json!({ "documentChanges": true, "resourceOperations": ["rename"] })
        ));
        assert!(!edit(json!({ "resourceOperations": ["create"] })));
        assert!(!edit(json!({ "documentChanges": true })));
    }
}
