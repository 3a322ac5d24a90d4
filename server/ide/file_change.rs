//! A file of the project as it is, and as it is to be.
//!
//! Several changes of one file are made one after the other; what an editor gets
//! are the lines that differ at the end.

use std::collections::BTreeMap;

use dbt::{Change, Engine, TextEdit};
use similar::{Algorithm, DiffOp, TextDiff};

/// The text of a file of the project, by its path from the project's root: of the open
/// buffer, else from the disk; `None` where there is no such file.
///
/// # Errors
/// Why it cannot be read, for a person.
pub type Texts<'a> = &'a dyn Fn(&str) -> Result<Option<String>, String>;

/// A file of the project that is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The file, relative to the project's root, with forward slashes.
    pub path: String,
    /// Its text now; `None` where it has to be made first.
    pub before: Option<String>,
    /// Its text afterwards.
    pub after: String,
    /// What makes one of the other, in the text's order and not overlapping.
    pub edits: Vec<TextEdit>,
}

/// A file while changes of it are being made.
struct Draft {
    path: String,
    before: Option<String>,
    after: String,
    /// What the last change was.
    last: Vec<TextEdit>,
    n_changes: usize,
}

impl Draft {
    fn new(path: &str, before: Option<String>) -> Draft {
        Draft {
            path: path.to_owned(),
            after: before.clone().unwrap_or_default(),
            before,
            last: Vec::new(),
            n_changes: 0,
        }
    }

    /// The text as it is now; `None` while there is no such file.
    fn text(&self) -> Option<&str> {
        let is_there = self.before.is_some() || self.n_changes > 0;
        is_there.then_some(self.after.as_str())
    }

    /// Makes one more change; whether that changed the text. One that is refused leaves
    /// everything as it is.
    fn make(&mut self, change: &Change, engine: &Engine) -> Result<bool, String> {
        let edits = dbt::change(self.text(), change, engine)
            .map_err(|error| format!("{} is left as it is: {error}", self.path))?;
        if edits.is_empty() {
            return Ok(false);
        }
        self.after = TextEdit::apply_all(&edits, &self.after);
        self.last = edits;
        self.n_changes += 1;
        Ok(true)
    }

    /// The file, unless it is as it was. Of several changes the lines that differ are
    /// looked for once.
    fn finish(self) -> Option<FileChange> {
        let before = self.before.as_deref().unwrap_or_default();
        let edits = match self.n_changes {
            0 => return None,
            1 => self.last,
            _ => line_edits(before, &self.after),
        };
        (!edits.is_empty()).then_some(FileChange {
            path: self.path,
            before: self.before,
            after: self.after,
            edits,
        })
    }
}

/// Files that are changed together, each read once.
pub(crate) struct Files<'a> {
    texts: Texts<'a>,
    engine: Engine,
    open: BTreeMap<String, Result<Draft, String>>,
}

impl<'a> Files<'a> {
    pub(crate) fn new(texts: Texts<'a>, engine: Engine) -> Files<'a> {
        Files {
            texts,
            engine,
            open: BTreeMap::new(),
        }
    }

    /// Makes one more change in the file at `path`; whether that changed its text.
    ///
    /// # Errors
    /// Why it was refused, for a person; the file is then left as it was.
    pub(crate) fn make(&mut self, path: &str, change: &Change) -> Result<bool, String> {
        let engine = self.engine;
        self.file(path)?.make(change, &engine)
    }

    /// The text of a file with the changes made so far; `None` where it is not there.
    pub(crate) fn text(&mut self, path: &str) -> Option<&str> {
        self.file(path).ok()?.text()
    }

    /// The files that are others now, by path.
    pub(crate) fn changed(self) -> Vec<FileChange> {
        let files = self.open.into_values().flatten();
        files.filter_map(Draft::finish).collect()
    }

    fn file(&mut self, path: &str) -> Result<&mut Draft, String> {
        if !self.open.contains_key(path) {
            let text = (self.texts)(path);
            let file = text
                .map(|text| Draft::new(path, text))
                .map_err(|why| format!("{path} cannot be read: {why}"));
            self.open.insert(path.to_owned(), file);
        }
        let file = self.open.get_mut(path).expect("it was put there above");
        file.as_mut().map_err(|why| why.clone())
    }
}

/// The lines that differ.
fn line_edits(before: &str, after: &str) -> Vec<TextEdit> {
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .diff_lines(before, after);
    let old = starts((0..diff.old_len()).filter_map(|line| diff.old_slice(line)));
    let new = starts((0..diff.new_len()).filter_map(|line| diff.new_slice(line)));
    let edit = |op: &DiffOp| {
        let (from, to) = (op.old_range(), op.new_range());
        TextEdit {
            range: old[from.start]..old[from.end],
            new_text: after[new[to.start]..new[to.end]].to_owned(),
        }
    };
    let changed = |op: &&DiffOp| !matches!(op, DiffOp::Equal { .. });
    diff.ops().iter().filter(changed).map(edit).collect()
}

/// Where each line starts, and where the last one ends.
fn starts<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let mut starts = vec![0];
    for line in lines {
        starts.push(starts[starts.len() - 1] + line.len());
    }
    starts
}

#[cfg(test)]
mod tests;
