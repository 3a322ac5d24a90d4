//! What there is on a site, by REST: the lists that decide what to ask further.

use super::reader::Reader;
use crate::client;
use crate::records::{NoteKind, ProjectRecord};
use crate::rest::{self, Listed};
use crate::site_error::SiteError;

/// What REST lists.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    pub(super) projects: Vec<ProjectRecord>,
    pub(super) workbooks: Vec<Listed>,
    pub(super) published: Vec<Listed>,
    /// Whether the lists of workbooks and datasources are whole.
    pub(super) is_complete: bool,
}

/// Reads the lists, side by side.
pub(super) async fn read(reader: &Reader<'_>) -> Result<Catalogue, SiteError> {
    let all = &[("fields", "_all_")];
    let client = reader.client;
    let (workbooks, published, projects) = tokio::try_join!(
        client.rest_pages("workbooks", all, "workbooks", "workbook"),
        client.rest_pages("datasources", all, "datasources", "datasource"),
        client.rest_pages("projects", &[], "projects", "project"),
    )?;
    let n_missing = workbooks.n_missing + published.n_missing;
    note_missing(reader, "workbooks", &workbooks);
    note_missing(reader, "published datasources", &published);
    let catalogue = Catalogue {
        projects: projects.items.iter().filter_map(rest::project).collect(),
        workbooks: workbooks.items.iter().filter_map(rest::listed).collect(),
        published: published.items.iter().filter_map(rest::listed).collect(),
        is_complete: n_missing == 0,
    };
    let n = catalogue.workbooks.len();
    reader.report("workbooks", 0, Some(n as u64));
    Ok(catalogue)
}

fn note_missing(reader: &Reader<'_>, things: &str, listed: &client::Listed) {
    let n = listed.n_missing;
    if n > 0 {
        let message = format!("the site has {n} more {things} than it listed");
        reader.note(NoteKind::CatalogueIncomplete, message, None);
    }
}
