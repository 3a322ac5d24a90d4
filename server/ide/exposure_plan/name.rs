//! Names for new exposures: unique and stable, whatever order things are listed in.
//!
//! A title that one thing alone has is its name; else the Tableau project's name comes
//! behind it, else the start of its identity, else all of it. What has an exposure
//! already counts as well, so that nothing is named anew once the others are written.

use std::collections::{HashMap, HashSet};

use lineage::{ExposureName, Subject, Workbook};

use super::{dashboard_of, readers, subjects_of};
use crate::analysis::Analysis;

/// How many ways there are to name one thing, the shortest first.
const N_FORMS: usize = 4;

/// The name of everything that may get an exposure.
#[derive(Debug)]
pub(crate) struct Names(HashMap<Subject, ExposureName>);

impl Names {
    /// The names of all that reads a node of this project.
    pub(crate) fn of(analysis: &Analysis) -> Names {
        let subjects = readers(analysis).into_iter();
        let subjects = subjects.flat_map(|it| subjects_of(analysis, it));
        let exposures = analysis.lineage.exposures().iter();
        let taken = exposures.map(|it| it.name.as_str().to_lowercase());
        let open = subjects.map(|it| (it, forms(analysis, it)));
        Names(choose(open.collect(), taken.collect()))
    }

    /// `None` where nothing tells it from another thing.
    pub(crate) fn of_subject(&self, subject: Subject) -> Option<&ExposureName> {
        self.0.get(&subject)
    }
}

/// Each subject's ways to be named.
type Open = Vec<(Subject, [Option<String>; N_FORMS])>;

/// Gives every subject the first form that no exposure, no other subject's earlier
/// form and no other subject's same form has.
fn choose(mut open: Open, mut taken: HashSet<String>) -> HashMap<Subject, ExposureName> {
    let mut chosen = HashMap::new();
    for form in 0..N_FORMS {
        let mut n_wanting: HashMap<&str, usize> = HashMap::new();
        for name in open.iter().filter_map(|(_, forms)| forms[form].as_deref()) {
            *n_wanting.entry(name).or_default() += 1;
        }
        let is_free = |name: &&String| n_wanting[name.as_str()] == 1 && !taken.contains(*name);
        let found = open.iter().filter_map(|(subject, forms)| {
            let name = forms[form].as_ref().filter(is_free)?;
            Some((*subject, ExposureName::new(name.clone())))
        });
        chosen.extend(found.collect::<Vec<_>>());
        // Names that were wanted and not given stay free for nobody: which of two things
        // `sales` means must not depend on which was written first.
        taken.extend(n_wanting.into_keys().map(str::to_owned).collect::<Vec<_>>());
        open.retain(|(subject, _)| !chosen.contains_key(subject));
    }
    chosen
}

fn forms(analysis: &Analysis, subject: Subject) -> [Option<String>; N_FORMS] {
    let workbook = analysis.lineage.workbook(subject.workbook);
    let dashboard = dashboard_of(workbook, subject);
    let title = match dashboard {
        Some(dashboard) => format!("{} {}", workbook.name, dashboard.name),
        None => workbook.name.clone(),
    };
    let own = dashboard.and_then(|it| it.luid.as_ref().map(|luid| luid.0.as_str()));
    let key = match (own, dashboard) {
        (Some(luid), _) => digits(luid),
        (None, None) => key_of(workbook),
        (None, Some(dashboard)) => {
            dbt::checksum(&format!("{}/{}", key_of(workbook), dashboard.name))
        }
    };
    let named = |title: &str| ExposureName::from_title(title).map(|it| it.as_str().to_owned());
    let start: String = key.chars().take(8).collect();
    let Some(base) = named(&title) else {
        return [
            Some(format!("tableau_{start}")),
            None,
            None,
            Some(format!("tableau_{key}")),
        ];
    };
    let folder = workbook.project_path.last().and_then(|it| named(it));
    [
        Some(base.clone()),
        folder.map(|folder| format!("{base}_{folder}")),
        Some(format!("{base}_{start}")),
        Some(format!("{base}_{key}")),
    ]
}

/// Eight characters that stay the same for a workbook.
pub(super) fn short_key(workbook: &Workbook) -> String {
    key_of(workbook).chars().take(8).collect()
}

/// What stays the same for a workbook: its LUID, else a checksum of what else
/// identifies it.
fn key_of(workbook: &Workbook) -> String {
    if let Some(luid) = &workbook.luid {
        return digits(&luid.0);
    }
    let identity = [&workbook.site, &workbook.content_url, &workbook.file];
    let parts: Vec<&str> = identity.into_iter().flatten().map(String::as_str).collect();
    dbt::checksum(&parts.join("/"))
}

/// A LUID's digits; of what is no such thing, a checksum.
fn digits(luid: &str) -> String {
    let digits: String = luid.chars().filter(char::is_ascii_hexdigit).collect();
    if (8..=64).contains(&digits.len()) {
        return digits.to_ascii_lowercase();
    }
    dbt::checksum(luid)
}
