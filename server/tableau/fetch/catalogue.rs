//! What there is on a site, by REST: the lists that decide what to ask further.

use serde_json::Value;

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
    /// Whether the lists are whole.
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
    let (projects, n_projects) = known(&projects, rest::project);
    let (workbooks, n_workbooks) = known(&workbooks, rest::listed);
    let (published, n_published) = known(&published, rest::listed);
    note_missing(reader, "projects", n_projects);
    note_missing(reader, "workbooks", n_workbooks);
    note_missing(reader, "published datasources", n_published);
    let catalogue = Catalogue {
        projects,
        workbooks,
        published,
        // Without its projects, what is wanted may look as if it were not.
        is_complete: n_projects + n_workbooks + n_published == 0,
    };
    let n = catalogue.workbooks.len();
    reader.report("workbooks", 0, Some(n as u64));
    Ok(catalogue)
}

/// The items of a list, and how many are missing: an item without an identity is as
/// good as none.
fn known<T>(listed: &client::Listed, read: impl Fn(&Value) -> Option<T>) -> (Vec<T>, u64) {
    let items: Vec<T> = listed.items.iter().filter_map(read).collect();
    let n_odd = listed.items.len() - items.len();
    (items, listed.n_missing + n_odd as u64)
}

fn note_missing(reader: &Reader<'_>, things: &str, n: u64) {
    if n > 0 {
        let message = format!("the site has {n} more {things} than it listed");
        reader.note(NoteKind::CatalogueIncomplete, message, None);
    }
}
