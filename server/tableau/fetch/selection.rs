//! Which Tableau projects are wanted.

use std::collections::HashMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::Wanted;
use crate::records::ItemRecord;

/// Globs over nested paths of projects.
pub(super) struct Selection {
    /// `None` for all.
    wanted: Option<GlobSet>,
    excluded: GlobSet,
}

impl Selection {
    pub(super) fn new(wanted: &Wanted) -> Selection {
        let some = !wanted.projects.is_empty();
        Selection {
            wanted: some.then(|| set(&wanted.projects)),
            excluded: set(&wanted.exclude),
        }
    }

    /// Whether everything is wanted.
    pub(super) fn is_all(&self) -> bool {
        self.wanted.is_none() && self.excluded.is_empty()
    }

    /// Whether what lies in this project is wanted. What lies in none, in a personal
    /// space, is where no projects are named.
    pub(super) fn wants(&self, item: &ItemRecord, paths: &HashMap<&str, Vec<String>>) -> bool {
        let luid = item.project_luid.as_deref();
        let known = luid.and_then(|it| paths.get(it)).map(|it| it.join("/"));
        let path = known.or_else(|| item.project_name.clone());
        match (&self.wanted, path) {
            (None, None) => true,
            (Some(_), None) => false,
            (wanted, Some(path)) => {
                let is_wanted = wanted.as_ref().is_none_or(|it| matches(it, &path));
                is_wanted && !matches(&self.excluded, &path)
            }
        }
    }
}

/// `Finance/**` means the project `Finance` as well.
fn matches(globs: &GlobSet, path: &str) -> bool {
    globs.is_match(path) || globs.is_match(format!("{path}/"))
}

/// A pattern that is no glob means itself: project names hold any sign.
fn set(patterns: &[String]) -> GlobSet {
    let mut all = GlobSetBuilder::new();
    for pattern in patterns {
        let build = |pattern: &str| {
            let mut glob = GlobBuilder::new(pattern);
            glob.literal_separator(true).case_insensitive(true);
            glob.backslash_escape(true).build()
        };
        let glob = build(pattern).or_else(|_| build(&globset::escape(pattern)));
        if let Ok(glob) = glob {
            all.add(glob);
        }
    }
    all.build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a project at `path` is wanted; no path is a personal space.
    #[track_caller]
    fn check(projects: &[&str], exclude: &[&str], path: Option<&str>, wanted: bool) {
        let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
        let selection = Selection::new(&Wanted {
            projects: owned(projects),
            exclude: owned(exclude),
        });
        let parts = |it: &str| it.split('/').map(str::to_owned).collect();
        let paths = HashMap::from([("p", path.map(parts).unwrap_or_default())]);
        let item = ItemRecord {
            project_luid: path.map(|_| "p".to_owned()),
            ..ItemRecord::default()
        };
        assert_eq!(
            selection.wants(&item, &paths),
            wanted,
            "{projects:?} {path:?}"
        );
    }

    #[test]
    fn globs_choose_projects_by_their_nested_path() {
        check(&[], &[], Some("Finance"), true);
        check(&["Finance/**"], &[], Some("Finance"), true);
        check(&["Finance/**"], &[], Some("Finance/Exec/Q1"), true);
        check(&["Finance/**"], &[], Some("Ops/Finance"), false);
        check(&["Finance/*"], &[], Some("Finance/Exec"), true);
        check(&["Finance/*"], &[], Some("Finance/Exec/Q1"), false);
        check(&["finance"], &[], Some("Finance"), true);
        check(&["**/Exec"], &[], Some("Finance/Exec"), true);
        check(
            &["Finance/**"],
            &["**/Drafts"],
            Some("Finance/Drafts"),
            false,
        );
        check(&[], &["Drafts/**"], Some("Drafts/x"), false);
        check(&[], &["Drafts"], Some("Finance"), true);
    }

    #[test]
    fn a_name_that_is_no_glob_means_itself() {
        check(&["Sales [EMEA"], &[], Some("Sales [EMEA"), true);
    }

    #[test]
    fn personal_spaces_are_wanted_where_no_projects_are_named() {
        check(&[], &[], None, true);
        check(&[], &["Drafts"], None, true);
        check(&["**"], &[], None, false);
    }
}
