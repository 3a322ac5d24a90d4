//! `inspect`: what is inside workbook and datasource files.

mod json;
mod text;

use std::io::Write;
use std::path::{Path, PathBuf};

use tableau::TableauFile;

use self::json::{Answer, File};
use super::{Context, Format, Outcome, complain};
use crate::disk;
use crate::output::json_v1;
use crate::workspace::content;

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Workbooks (.twb, .twbx), datasources (.tds, .tdsx), or folders of them
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut files: Vec<File> = args
        .paths
        .iter()
        .flat_map(|path| read_below(path))
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    if files.is_empty() {
        complain("no .twb, .twbx, .tds or .tdsx file found");
    }
    // One bad file among good ones is an answer; nothing but bad ones is none.
    let is_answer = files.is_empty() || files.iter().any(|it| it.error.is_none());
    match context.format {
        Format::Json => json_v1::write(out, &Answer { version: 1, files })?,
        Format::Text => files.iter().try_for_each(|it| text::write(it, out))?,
    }
    Ok(match is_answer {
        true => Outcome::Fine,
        false => Outcome::NotKnown,
    })
}

/// The file, or those of the folder; what cannot be looked into is listed too.
fn read_below(path: &Path) -> Vec<File> {
    let found = disk::tableau_files_below(path);
    let mut files: Vec<File> = found.files.iter().map(|path| read(path)).collect();
    let unseen = found.unseen.into_iter();
    files.extend(unseen.map(|it| File::unreadable(disk::forward(&it.path), it.reason)));
    files
}

fn read(path: &Path) -> File {
    let shown = disk::forward(path);
    let reading = match content::read_one(&shown, path) {
        Ok(reading) => reading,
        Err(error) => return File::unreadable(shown, error),
    };
    let mut notes: Vec<String> = reading.gaps.iter().map(|it| it.message.clone()).collect();
    notes.sort();
    let file = match &reading.file {
        TableauFile::Workbook(workbook) => File::of_workbook(shown, workbook),
        TableauFile::Datasource(published) => File::of_datasource(shown, published),
    };
    File { notes, ..file }
}
