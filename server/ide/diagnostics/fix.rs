//! What mends a diagnostic: offered with it, made into edits when it is chosen.
//!
//! Edits of the file itself are made here; what may touch other files is an
//! [`Intent`], which the whole project's files are needed for.

use std::ops::Range;

use dbt::{Change, TextEdit};

use crate::analysis::{Analysis, File};
use crate::intent::Intent;

/// A way to mend what a diagnostic tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it says.
    pub title: String,
    /// What it does.
    pub edit: FixEdit,
    /// Whether it is the one that is most likely meant.
    pub is_preferred: bool,
}

/// What a [`Fix`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FixEdit {
    /// A change of the exposures of the file.
    Change(Change),
    /// Another scalar in the place of one.
    Replace {
        /// Where the scalar stands, without its quotes.
        span: Range<usize>,
        /// What it is to say.
        text: String,
    },
    /// What is carried out on the project's files.
    Intent(Intent),
}

/// The edits that `fix` makes in the file that its diagnostic is about.
pub(crate) fn edits(
    analysis: &Analysis,
    file: File<'_>,
    fix: &Fix,
) -> Result<Vec<TextEdit>, String> {
    let refused = |error: dbt::Error| format!("{} is left as it is: {error}", file.path);
    match &fix.edit {
        FixEdit::Change(change) => {
            dbt::change(Some(file.text), change, &analysis.project.engine).map_err(refused)
        }
        FixEdit::Replace { span, text } => Ok(vec![TextEdit {
            range: span.clone(),
            new_text: text.clone(),
        }]),
        FixEdit::Intent(_) => Err("this is carried out on the project's files".to_owned()),
    }
}
