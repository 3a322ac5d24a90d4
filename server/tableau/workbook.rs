//! From a file's bytes to a workbook or a published datasource.
//!
//! Decides which of the two a document is and puts the parts together; each part
//! is read by a module of its own. What a file does not tell becomes a
//! [`lineage::Gap`], never a guess.

use std::io::{Cursor, Read, Seek};

use lineage::{Gap, GapCode, PublishedDatasource, Warehouse, Workbook};

use crate::error::Error;
use crate::limits::Limits;
use crate::xml::{Document, Element, decode};
use crate::{container, workbook::urls::Location};

mod connections;
mod datasource;
mod fields;
mod relations;
mod sheets;
mod urls;

pub(crate) use urls::encoded;

#[cfg(test)]
mod tests;

/// What a Tableau file is.
#[derive(Clone, Debug, PartialEq)]
pub enum TableauFile {
    /// A workbook (`.twb`, `.twbx`).
    Workbook(Workbook),
    /// A datasource published or saved on its own (`.tds`, `.tdsx`).
    Datasource(PublishedDatasource),
}

/// What was read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileReading {
    /// What is in it.
    pub file: TableauFile,
    /// What is not known about it.
    pub gaps: Vec<Gap>,
}

/// Reads a Tableau file with the default [`Limits`].
///
/// `path` is the file's path relative to the project's root, with forward
/// slashes; its stem is the workbook's name. The content alone decides what the
/// file is.
pub fn read_file(bytes: &[u8], path: &str) -> Result<FileReading, Error> {
    read_file_with(bytes, path, &Limits::default())
}

/// Reads a Tableau file within `limits`. See [`read_file`].
pub fn read_file_with(bytes: &[u8], path: &str, limits: &Limits) -> Result<FileReading, Error> {
    read_from(Cursor::new(bytes), path, limits)
}

/// Reads a Tableau file from where it lies, without the extracts in it. See [`read_file`].
pub fn read_from(
    file: impl Read + Seek,
    path: &str,
    limits: &Limits,
) -> Result<FileReading, Error> {
    let document = container::document(file, limits)?;
    let text = decode(&document)?;
    let document = Document::parse(&text, limits)?;
    let root = document.root();
    let file_name = path.rsplit('/').next().unwrap_or(path);
    let mut ctx = Context {
        file_name,
        about: stem(file_name),
        limits,
        gaps: Vec::new(),
        n_read: 0,
    };
    let file = match root.name() {
        "workbook" => TableauFile::Workbook(read_workbook(root, path, &mut ctx)?),
        "datasource" => TableauFile::Datasource(read_datasource(root, path, &mut ctx)?),
        other => return Err(Error::OtherDocument(other.chars().take(80).collect())),
    };
    Ok(FileReading {
        file,
        gaps: ctx.gaps,
    })
}

/// What the readers of one file share.
struct Context<'f> {
    /// The file's name, for messages.
    file_name: &'f str,
    /// What a gap is about: the workbook's name.
    about: &'f str,
    limits: &'f Limits,
    gaps: Vec<Gap>,
    /// Tables and queries read so far.
    n_read: usize,
}

impl Context<'_> {
    fn add_gap(&mut self, code: GapCode, message: String, warehouse: Warehouse) {
        let about = Some(self.about.to_owned());
        self.gaps.push(Gap {
            code,
            message,
            about,
            warehouse,
        });
    }

    /// Counts one more table or query.
    fn count(&mut self) -> Result<(), Error> {
        self.n_read += 1;
        if self.n_read > self.limits.max_tables {
            let limit = self.limits.max_tables as u64;
            return Err(Error::TooLarge {
                what: "too many tables and queries",
                limit,
            });
        }
        Ok(())
    }
}

fn read_workbook(root: Element<'_>, path: &str, ctx: &mut Context<'_>) -> Result<Workbook, Error> {
    let location = Location::of_workbook(root);
    let mut datasources = Vec::new();
    for element in datasources_of(root) {
        datasources.push(datasource::read(element, ctx)?);
    }
    let calculations = fields::Calculations::of(datasources_of(root));
    let sheets = sheets::read_sheets(root, &calculations);
    Ok(Workbook {
        name: ctx.about.to_owned(),
        site: location.site,
        content_url: location.content_url,
        file: Some(path.to_owned()),
        dashboards: sheets::read_dashboards(root, &sheets),
        datasources,
        sheets,
        ..Workbook::default()
    })
}

/// The datasources that a workbook defines; its parameters, which look like one, left out.
fn datasources_of<'d>(root: Element<'d>) -> impl Iterator<Item = Element<'d>> {
    root.named("datasources")
        .flat_map(|it| it.named("datasource"))
        .filter(|it| !it.is("name", fields::PARAMETERS))
}

fn read_datasource(
    root: Element<'_>,
    path: &str,
    ctx: &mut Context<'_>,
) -> Result<PublishedDatasource, Error> {
    let location = Location::of_datasource(root);
    let inside = datasource::read(root, ctx)?;
    Ok(PublishedDatasource {
        name: ctx.about.to_owned(),
        site: location.site,
        content_url: location.content_url,
        file: Some(path.to_owned()),
        inside,
        ..PublishedDatasource::default()
    })
}

fn stem(file_name: &str) -> &str {
    match file_name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file_name,
    }
}
