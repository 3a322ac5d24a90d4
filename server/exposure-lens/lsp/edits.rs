//! Files that are to be changed, as one edit of the protocol's.
//!
//! An open buffer counts before the disk. All files of one edit are changed and
//! undone together; where there is much, a client that can shows it first.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use ide::FileChange;
use tower_lsp::ls_types::{
    AnnotatedTextEdit, ChangeAnnotation, CreateFile, CreateFileOptions, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, ResourceOp, TextDocumentEdit,
    TextEdit, Uri, WorkspaceEdit,
};

use super::capabilities::ClientCan;
use super::document::Text;
use super::session::ProjectSnapshot;
use super::to_proto;
use crate::disk;
use crate::workspace::write;

/// The annotation of an edit that the user is to look at first.
const REVIEW: &str = "review";

/// The text of a file of the project that may be changed: of the open buffer, else on
/// the disk.
pub(super) fn text(project: &ProjectSnapshot, path: &str) -> Result<Option<String>, String> {
    let files = &project.view.files;
    let file = write::place(files, path)?;
    if let Some(open) = project.documents.get(&file) {
        return Ok(Some(open.text.to_string()));
    }
    let text = write::read(files, path)?;
    Ok(text.map(|it| without_mark(&it).to_owned()))
}

/// Editors count positions without the mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The text of a file, as an editor would show it; `None` where there is no such file.
pub(super) fn text_on_disk(path: &Path) -> Result<Option<Text>, String> {
    match disk::read_text(path) {
        Ok(text) => Ok(Some(Text::new(without_mark(&text)))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

/// One edit of all `changes`, in the richest form that the client takes. Where it is of
/// several files, a client that can shows them first.
pub(super) fn workspace_edit(
    project: &ProjectSnapshot,
    changes: &[FileChange],
) -> Result<WorkspaceEdit, String> {
    let review = (changes.len() > 1).then_some("as Tableau shows them");
    edit(project, changes, review)
}

/// The same of many things at once, which are shown first even in one file.
pub(super) fn reviewed_edit(
    project: &ProjectSnapshot,
    changes: &[FileChange],
    what: &str,
) -> Result<WorkspaceEdit, String> {
    edit(project, changes, Some(what))
}

fn edit(
    project: &ProjectSnapshot,
    changes: &[FileChange],
    review: Option<&str>,
) -> Result<WorkspaceEdit, String> {
    let can = &project.can;
    let files = changes.iter().map(|it| FileEdits::new(project, it));
    let files: Vec<FileEdits> = files.collect::<Result<_, _>>()?;
    if !can.document_changes {
        let changes = files.into_iter().map(|it| (it.uri, it.edits));
        let changes: HashMap<Uri, Vec<TextEdit>> = changes.collect();
        return Ok(WorkspaceEdit {
            changes: Some(changes),
            ..WorkspaceEdit::default()
        });
    }
    let review = review.filter(|_| can.change_annotations).map(annotation);
    let id = review.is_some().then_some(REVIEW);
    Ok(WorkspaceEdit {
        document_changes: Some(document_changes(files, can, id)),
        change_annotations: review.map(|it| HashMap::from([(REVIEW.to_owned(), it)])),
        ..WorkspaceEdit::default()
    })
}

fn annotation(description: &str) -> ChangeAnnotation {
    ChangeAnnotation {
        label: "Exposures".to_owned(),
        needs_confirmation: Some(true),
        description: Some(description.to_owned()),
    }
}

fn document_changes(
    files: Vec<FileEdits>,
    can: &ClientCan,
    review: Option<&str>,
) -> DocumentChanges {
    let makes_one = files.iter().any(|it| it.is_new) && can.create_files;
    if !makes_one {
        let edits = files.into_iter().map(|it| it.document_edit(review));
        return DocumentChanges::Edits(edits.collect());
    }
    let mut operations = Vec::new();
    for file in files {
        operations.extend(file.is_new.then(|| create_file(file.uri.clone(), review)));
        operations.push(DocumentChangeOperation::Edit(file.document_edit(review)));
    }
    DocumentChanges::Operations(operations)
}

/// The edits of one file.
struct FileEdits {
    uri: Uri,
    /// Of the open buffer; `None` when the file is not open.
    version: Option<i32>,
    is_new: bool,
    edits: Vec<TextEdit>,
}

impl FileEdits {
    fn new(project: &ProjectSnapshot, change: &FileChange) -> Result<FileEdits, String> {
        let path = disk::normal(&project.root.join(&change.path));
        let open = project.documents.get(&path);
        let uri = open.map(|it| it.uri.clone());
        let uri = uri.or_else(|| to_proto::file_uri(&path));
        let before = Text::new(change.before.as_deref().unwrap_or_default());
        let edits = change.edits.iter().map(|it| TextEdit {
            range: before.range(&it.range, project.can.encoding),
            new_text: it.new_text.clone(),
        });
        Ok(FileEdits {
            uri: uri.ok_or_else(|| format!("{} has no address", change.path))?,
            version: open.map(|it| it.version),
            is_new: change.before.is_none(),
            edits: edits.collect(),
        })
    }

    fn document_edit(self, review: Option<&str>) -> TextDocumentEdit {
        let text_document = OptionalVersionedTextDocumentIdentifier {
            uri: self.uri,
            version: self.version,
        };
        let edit = |text_edit| match review {
            None => OneOf::Left(text_edit),
            Some(id) => OneOf::Right(AnnotatedTextEdit {
                text_edit,
                annotation_id: id.to_owned(),
            }),
        };
        TextDocumentEdit {
            text_document,
            edits: self.edits.into_iter().map(edit).collect(),
        }
    }
}

/// Makes the file, and leaves one alone that was made meanwhile.
fn create_file(uri: Uri, review: Option<&str>) -> DocumentChangeOperation {
    let options = CreateFileOptions {
        overwrite: Some(false),
        ignore_if_exists: Some(true),
    };
    let create = CreateFile {
        uri,
        options: Some(options),
        annotation_id: review.map(str::to_owned),
    };
    DocumentChangeOperation::Op(ResourceOp::Create(create))
}

/// Edits of one document that is open, as they were made for its text.
pub(super) fn of_document(
    project: &ProjectSnapshot,
    path: &str,
    text: &str,
    edits: Vec<dbt::TextEdit>,
) -> Result<WorkspaceEdit, String> {
    let change = FileChange {
        path: path.to_owned(),
        before: Some(text.to_owned()),
        after: dbt::TextEdit::apply_all(&edits, text),
        edits,
    };
    workspace_edit(project, &[change])
}
