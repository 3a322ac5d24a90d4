//! What a row is known by: a client keeps what is open and what is selected by it.
//!
//! Made of what stays: a LUID, a file, else the name and the Tableau projects around it.
//! The folders that something stands in are otherwise no part of it, so that what is moved
//! stays open.

use std::collections::HashMap;
use std::fmt::Write as _;

use lineage::{Content, ContentKind, Dashboard, Luid, PublishedDatasource, Sheet, Workbook};

/// Longer names are cut; what gets equal by it is numbered.
const MAX_PART: usize = 120;

/// The ids that a tree has given, each with the number that was last put behind it.
#[derive(Debug, Default)]
pub(crate) struct Ids(HashMap<String, usize>);

impl Ids {
    /// The id, with a number behind it where it is taken.
    pub(crate) fn take(&mut self, id: String) -> String {
        let Some(&last) = self.0.get(&id) else {
            self.0.insert(id.clone(), 1);
            return id;
        };
        let mut n = last + 1;
        let mut numbered = format!("{id}~{n}");
        while self.0.contains_key(&numbered) {
            n += 1;
            numbered = format!("{id}~{n}");
        }
        self.0.insert(id, n);
        self.0.insert(numbered.clone(), 1);
        numbered
    }
}

/// A site and what is known of it from snapshots; all files are one.
pub(crate) fn of_site(content: &Content) -> String {
    match content.kind {
        ContentKind::Files => "files".to_owned(),
        ContentKind::Site | ContentKind::Snapshot => {
            let host = content.host.as_deref().unwrap_or_default();
            format!("site:{}/{}", part(host), part(&content.name))
        }
    }
}

/// A Tableau project, by the folders that lead to it.
pub(crate) fn of_folder(site: &str, path: &[&str]) -> String {
    let mut id = format!("{site}/project");
    for it in path {
        // Writing to a string cannot fail.
        let _ = write!(id, "/{}", part(it));
    }
    id
}

pub(crate) fn of_workbook(site: &str, it: &Workbook) -> String {
    let known = Known {
        luid: it.luid.as_ref(),
        file: it.file.as_deref(),
        path: &it.project_path,
        name: &it.name,
    };
    format!("{site}/workbook{}", known.id())
}

pub(crate) fn of_datasource(site: &str, it: &PublishedDatasource) -> String {
    let known = Known {
        luid: it.luid.as_ref(),
        file: it.file.as_deref(),
        path: &it.project_path,
        name: &it.name,
    };
    format!("{site}/datasource{}", known.id())
}

pub(crate) fn of_dashboard(workbook: &str, it: &Dashboard) -> String {
    format!(
        "{workbook}/dashboard{}",
        in_workbook(it.luid.as_ref(), &it.name)
    )
}

pub(crate) fn of_sheet(workbook: &str, it: &Sheet) -> String {
    format!(
        "{workbook}/sheet{}",
        in_workbook(it.luid.as_ref(), &it.name)
    )
}

fn in_workbook(luid: Option<&Luid>, name: &str) -> String {
    let known = Known {
        luid,
        file: None,
        path: &[],
        name,
    };
    known.id()
}

/// What something is known by.
struct Known<'a> {
    luid: Option<&'a Luid>,
    file: Option<&'a str>,
    path: &'a [String],
    name: &'a str,
}

impl Known<'_> {
    fn id(&self) -> String {
        match (self.luid, self.file) {
            (Some(luid), _) => format!(":{}", part(&luid.0)),
            (None, Some(file)) => format!("@{}", part(file)),
            (None, None) => {
                let folders = self.path.iter().map(|it| format!("/{}", part(it)));
                let folders: String = folders.take(super::folders::MAX_DEPTH).collect();
                format!("{folders}/{}", part(self.name))
            }
        }
    }
}

/// A name as a part of an id: without what parts are told apart by.
fn part(text: &str) -> String {
    let mut part = String::new();
    for c in text.chars().take(MAX_PART) {
        match c {
            '%' => part.push_str("%25"),
            '/' => part.push_str("%2F"),
            _ => part.push(c),
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn what_has_the_same_id_is_numbered() {
        let mut ids = Ids::default();
        let taken = ["a", "a", "a~3", "a", "a~3", "b"].map(|it| ids.take(it.to_owned()));
        assert_eq!(taken, ["a", "a~2", "a~3", "a~4", "a~3~2", "b"]);
    }
}
