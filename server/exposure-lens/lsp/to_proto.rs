//! What the program says, in the protocol's words.
//!
//! Only shapes: what is said is decided in [`ide`], where it stands in a
//! document by [`super::document`].

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tower_lsp::ls_types::{
    self as lsp_types, CodeAction, CodeActionDisabled, CodeActionKind, CodeLens, Command,
    DiagnosticSeverity, HoverContents, Location, MarkupContent, MarkupKind, NumberOrString, Range,
    SymbolInformation, Uri,
};

use super::capabilities::ClientCan;
use super::document::{Document, Encoding, Text};
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
    lsp_types::Hover {
        contents: HoverContents::Markup(markup(it.markdown, can)),
        range: Some(text.range(&it.range, can.encoding)),
    }
}

/// Markdown, or what is left of it for a client that shows none.
fn markup(markdown: String, can: &ClientCan) -> MarkupContent {
    let (kind, value) = if can.markdown {
        (MarkupKind::Markdown, markdown)
    } else {
        (MarkupKind::PlainText, plain_text::of_markdown(&markdown))
    };
    MarkupContent { kind, value }
}

pub(super) fn lens(range: Range, command: Command) -> CodeLens {
    CodeLens {
        range,
        command: Some(command),
        data: None,
    }
}

/// What a client shows and nobody can click.
pub(super) fn no_command(title: String) -> Command {
    Command {
        title,
        ..Command::default()
    }
}

pub(super) fn list_dashboards(title: String, about: &NodeArgument) -> Command {
    command(title, commands::LIST_DASHBOARDS, about)
}

/// One of the server's commands with its argument.
pub(super) fn command(title: String, command: &str, argument: &impl serde::Serialize) -> Command {
    Command {
        title,
        command: command.to_owned(),
        arguments: Some(vec![json(argument)]),
    }
}

pub(super) fn disabled(reason: String) -> CodeActionDisabled {
    CodeActionDisabled { reason }
}

/// An action that changes files, without its edit.
pub(super) fn edit_action(
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
        disabled: disabled.map(self::disabled),
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
            ide::Severity::Error => DiagnosticSeverity::ERROR,
            ide::Severity::Warning => DiagnosticSeverity::WARNING,
            ide::Severity::Information => DiagnosticSeverity::INFORMATION,
            ide::Severity::Hint => DiagnosticSeverity::HINT,
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

pub(super) fn completion(
    it: ide::Completion,
    text: &Text,
    can: &ClientCan,
) -> lsp_types::CompletionItem {
    let edit = lsp_types::TextEdit {
        range: text.range(&it.range, can.encoding),
        new_text: it.insert,
    };
    let documentation = |it| lsp_types::Documentation::MarkupContent(markup(it, can));
    lsp_types::CompletionItem {
        label: it.label,
        detail: it.detail,
        documentation: it.documentation.map(documentation),
        kind: Some(match it.kind {
            ide::CompletionKind::Node => lsp_types::CompletionItemKind::CLASS,
            ide::CompletionKind::Source => lsp_types::CompletionItemKind::STRUCT,
            ide::CompletionKind::Owner => lsp_types::CompletionItemKind::TEXT,
            ide::CompletionKind::Workbook => lsp_types::CompletionItemKind::MODULE,
            ide::CompletionKind::Key => lsp_types::CompletionItemKind::PROPERTY,
            ide::CompletionKind::Value => lsp_types::CompletionItemKind::ENUM_MEMBER,
        }),
        filter_text: Some(it.filter),
        sort_text: Some(it.sort),
        text_edit: Some(lsp_types::CompletionTextEdit::Edit(edit)),
        insert_text_format: Some(lsp_types::InsertTextFormat::PLAIN_TEXT),
        ..lsp_types::CompletionItem::default()
    }
}

// `deprecated` has to be written, being deprecated itself.
#[allow(deprecated)]
pub(super) fn document_symbol(
    it: ide::DocumentSymbol,
    text: &Text,
    encoding: Encoding,
) -> lsp_types::DocumentSymbol {
    let children = it.children.into_iter();
    let children = children.map(|it| document_symbol(it, text, encoding));
    lsp_types::DocumentSymbol {
        name: it.name,
        detail: it.detail,
        kind: outline_kind(it.kind),
        tags: None,
        deprecated: None,
        range: text.range(&it.range, encoding),
        selection_range: text.range(&it.selection, encoding),
        children: Some(children.collect()),
    }
}

/// A symbol and its parts, one after the other, for clients that show no parts.
#[allow(deprecated)]
pub(super) fn flat_symbols(
    it: ide::DocumentSymbol,
    within: Option<&str>,
    document: &Document,
    encoding: Encoding,
    flat: &mut Vec<SymbolInformation>,
) {
    flat.push(SymbolInformation {
        name: it.name.clone(),
        kind: outline_kind(it.kind),
        tags: None,
        deprecated: None,
        location: Location {
            uri: document.uri.clone(),
            range: document.text.range(&it.range, encoding),
        },
        container_name: within.map(str::to_owned),
    });
    for child in it.children {
        flat_symbols(child, Some(&it.name), document, encoding, flat);
    }
}

fn outline_kind(kind: ide::DocumentSymbolKind) -> lsp_types::SymbolKind {
    match kind {
        ide::DocumentSymbolKind::Exposure => lsp_types::SymbolKind::INTERFACE,
        ide::DocumentSymbolKind::Dependency => lsp_types::SymbolKind::FIELD,
        ide::DocumentSymbolKind::Node => lsp_types::SymbolKind::CLASS,
        ide::DocumentSymbolKind::Source => lsp_types::SymbolKind::MODULE,
        ide::DocumentSymbolKind::Table => lsp_types::SymbolKind::STRUCT,
    }
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
        check(r"C:/w\..b/a.sql", true, "file:///C%3A/w/..b/a.sql");
        check(r"\\server\share\a.sql", true, "file://server/share/a.sql");
        check(
            r"\\?\UNC\server\share\a.sql",
            true,
            "file://server/share/a.sql",
        );
    }
}
