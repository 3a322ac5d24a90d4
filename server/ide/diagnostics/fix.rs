//! What mends a diagnostic: offered with it, made into edits when it is chosen.
//!
//! Edits of the file itself are made here; what may touch other files is an
//! [`Intent`], which the whole project's files are needed for.

use std::ops::Range;

use dbt::{Change, Properties, TextEdit};

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
        FixEdit::Replace { span, text } => {
            if let Some(edit) = unwrap(file.text, span, text) {
                return Ok(vec![edit]);
            }
            let edit = dbt::replace_scalar(file.text, span.clone(), text);
            edit.map(|edit| vec![edit]).map_err(refused)
        }
        FixEdit::Intent(_) => Err("this is carried out on the project's files".to_owned()),
    }
}

/// `{{ ref('x') }}` without quotes is no scalar but a map in a map, and what stands in it
/// is wanted in its place. Only where the file says the same of everything else then.
fn unwrap(text: &str, span: &Range<usize>, call: &str) -> Option<TextEdit> {
    text.get(span.clone()).filter(|it| it.starts_with("{{"))?;
    let line = text[..span.start].rsplit('\n').next()?;
    let is_on_its_line = line.trim_end().ends_with('-');
    let new_text = match is_on_its_line && !call.contains([':', '#']) {
        true => call.to_owned(),
        false if call.contains(['"', '\\']) => format!("'{}'", call.replace('\'', "''")),
        false => format!("\"{call}\""),
    };
    let edit = TextEdit {
        range: span.clone(),
        new_text,
    };
    let (n_odd, n_calls) = dependencies(text)?;
    let (n_odd_after, n_calls_after) = dependencies(&edit.apply(text))?;
    (n_odd == n_odd_after + 1 && n_calls + 1 == n_calls_after).then_some(edit)
}

/// How many items of `depends_on` in a file are no texts, and how many calls there are.
fn dependencies(text: &str) -> Option<(usize, usize)> {
    let exposures = Properties::parse(text).ok()?.exposures;
    let n_odd = exposures.iter().map(|it| it.odd_dependencies.len()).sum();
    let n_calls = exposures.iter().map(|it| it.depends_on.len()).sum();
    Some((n_odd, n_calls))
}
