//! What the program says, in the protocol's words.
//!
//! Only shapes: what is said is decided in [`ide`], where it stands in a
//! document by [`super::document`].

use std::collections::HashMap;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tower_lsp::ls_types::{
    self as lsp_types, CodeAction, CodeActionDisabled, CodeActionKind, CodeLens, Command,
    CreateFile, CreateFileOptions, DiagnosticSeverity, DocumentChangeOperation, DocumentChanges,
    HoverContents, Location, MarkupContent, MarkupKind, NumberOrString, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, Range, ResourceOp, SymbolInformation,
    TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use super::capabilities::ClientCan;
use super::document::{Encoding, Text};
use super::ext::{ActionData, NodeArgument};
use super::{commands, plain_text};

/// What may stand in a path's address as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The address of a file.
pub(super) fn file_uri(path: &Path) -> Option<Uri> {
    uri_text(&path.to_string_lossy(), cfg!(windows))
        .parse()
        .ok()
}

fn uri_text(path: &str, windows: bool) -> String {
    if !windows {
        return format!("file://{}", utf8_percent_encode(path, PATH));
    }
    let path = path.replace('\\', "/");
    let (path, is_share) = match path.strip_prefix("//?/") {
        Some(path) => match path.strip_prefix("UNC/") {
            Some(share) => (share, true),
            None => (path, false),
        },
        None => path
            .strip_prefix("//")
            .map_or((path.as_str(), false), |share| (share, true)),
    };
    let slashes = if is_share { "//" } else { "///" };
    format!("file:{slashes}{}", utf8_percent_encode(path, PATH))
}

pub(super) fn hover(it: ide::Hover, text: &Text, can: &ClientCan) -> lsp_types::Hover {
    let (kind, value) = if can.markdown {
        (MarkupKind::Markdown, it.markdown)
    } else {
        (MarkupKind::PlainText, plain_text::of_markdown(&it.markdown))
    };
    lsp_types::Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: Some(text.range(&it.range, can.encoding)),
    }
}

pub(super) fn lens(title: String, range: Range, about: &NodeArgument) -> CodeLens {
    CodeLens {
        range,
        command: Some(list_dashboards(title, about)),
        data: None,
    }
}

pub(super) fn list_dashboards(title: String, about: &NodeArgument) -> Command {
    let argument = serde_json::to_value(about).unwrap_or_default();
    Command {
        title,
        command: commands::LIST_DASHBOARDS.to_owned(),
        arguments: Some(vec![argument]),
    }
}

/// An action that writes an exposure, without its edit.
pub(super) fn write_action(
    title: String,
    disabled: Option<String>,
    data: &ActionData,
) -> CodeAction {
    CodeAction {
        title,
        kind: Some(CodeActionKind::REFACTOR),
        data: serde_json::to_value(data)
            .ok()
            .filter(|_| disabled.is_none()),
        disabled: disabled.map(|reason| CodeActionDisabled { reason }),
        ..CodeAction::default()
    }
}

pub(super) fn diagnostic(
    it: ide::Diagnostic,
    text: &Text,
    encoding: Encoding,
) -> lsp_types::Diagnostic {
    lsp_types::Diagnostic {
        range: text.range(&it.range, encoding),
        severity: Some(match it.severity {
            ide::Severity::Warning => DiagnosticSeverity::WARNING,
            ide::Severity::Information => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(it.code.to_owned())),
        source: Some("exposure-lens".to_owned()),
        message: it.message,
        ..lsp_types::Diagnostic::default()
    }
}

// `deprecated` has to be written, being deprecated itself.
#[allow(deprecated)]
pub(super) fn symbol(it: ide::Symbol, uri: Uri, range: Range) -> SymbolInformation {
    SymbolInformation {
        name: it.name,
        kind: match it.kind {
            ide::SymbolKind::Workbook => lsp_types::SymbolKind::PACKAGE,
            ide::SymbolKind::Dashboard => lsp_types::SymbolKind::INTERFACE,
            ide::SymbolKind::Datasource => lsp_types::SymbolKind::OBJECT,
        },
        tags: None,
        deprecated: None,
        location: Location { uri, range },
        container_name: Some(it.container),
    }
}

/// The file that an edit is made in.
pub(super) struct EditTarget<'a> {
    pub(super) uri: Uri,
    /// Of the open buffer; `None` when the file is not open.
    pub(super) version: Option<i32>,
    /// The text that the edit was made for; `None` when there is no such file.
    pub(super) text: Option<&'a Text>,
}

/// One edit of one file, in the richest form that the client takes.
pub(super) fn workspace_edit(
    it: dbt::TextEdit,
    target: EditTarget<'_>,
    can: &ClientCan,
) -> WorkspaceEdit {
    let start = Position {
        line: 0,
        character: 0,
    };
    let nowhere = Range { start, end: start };
    let range = target
        .text
        .map_or(nowhere, |text| text.range(&it.range, can.encoding));
    let edit = TextEdit {
        range,
        new_text: it.new_text,
    };
    if !can.document_changes {
        let changes = HashMap::from([(target.uri, vec![edit])]);
        return WorkspaceEdit {
            changes: Some(changes),
            ..WorkspaceEdit::default()
        };
    }
    let create =
        (target.text.is_none() && can.create_files).then(|| create_file(target.uri.clone()));
    let text_document = OptionalVersionedTextDocumentIdentifier {
        uri: target.uri,
        version: target.version,
    };
    let edit = TextDocumentEdit {
        text_document,
        edits: vec![OneOf::Left(edit)],
    };
    let changes = match create {
        Some(create) => {
            DocumentChanges::Operations(vec![create, DocumentChangeOperation::Edit(edit)])
        }
        None => DocumentChanges::Edits(vec![edit]),
    };
    WorkspaceEdit {
        document_changes: Some(changes),
        ..WorkspaceEdit::default()
    }
}

/// Makes the file, and leaves one alone that was made meanwhile.
fn create_file(uri: Uri) -> DocumentChangeOperation {
    let options = CreateFileOptions {
        overwrite: Some(false),
        ignore_if_exists: Some(true),
    };
    let create = CreateFile {
        uri,
        options: Some(options),
        annotation_id: None,
    };
    DocumentChangeOperation::Op(ResourceOp::Create(create))
}

/// A value for the client; what cannot be written is null.
pub(super) fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_addresses() {
        let check = |path: &str, windows, expect: &str| {
            assert_eq!(uri_text(path, windows), expect);
            assert!(expect.parse::<Uri>().is_ok());
        };
        check(
            "/w/my shop/[x]/#/café.sql",
            false,
            "file:///w/my%20shop/%5Bx%5D/%23/caf%C3%A9.sql",
        );
        check("/w/100%.sql", false, "file:///w/100%25.sql");
        check(r"C:\my shop\a.sql", true, "file:///C%3A/my%20shop/a.sql");
        check(r"\\?\C:\a.sql", true, "file:///C%3A/a.sql");
        check(r"\\server\share\a.sql", true, "file://server/share/a.sql");
        check(
            r"\\?\UNC\server\share\a.sql",
            true,
            "file://server/share/a.sql",
        );
    }
}
