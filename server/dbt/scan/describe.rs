//! Which entry of a properties file describes which node.
//!
//! dbt looks for a node of the entry's name that its file does not disable: in the entry's
//! own package, then anywhere; else it describes all disabled nodes of that name in its
//! package. An entry with `versions` looks for a file for each of them.

use std::collections::HashMap;

use lineage::NodeKind;

use super::Package;
use super::definition::Place;
use super::draft::{Described, Draft, Version};
use super::layers::Layers;
use crate::config::Said;
use crate::facts::{NodeFacts, Says, VersionFacts};
use crate::project::Project;

/// Drafts by their name.
struct Index {
    by_name: HashMap<String, Vec<usize>>,
    /// Whether each is enabled as far as its file and `dbt_project.yml` say.
    enabled: Vec<bool>,
}

/// Gives each draft the entry that describes it; of several the first counts.
pub(super) fn describe<'a>(packages: &[Package<'a>], drafts: &mut [Draft<'a>]) {
    let index = Index::of(drafts, packages.first().map(|it| it.project));
    for package in packages {
        for (path, file) in package.files {
            let Says::Properties(facts) = &file.says else {
                continue;
            };
            let entries = facts.nodes.iter().filter(|it| it.relation.is_none());
            for entry in entries {
                let described = Described {
                    project: package.project,
                    path,
                    entry,
                    version: None,
                };
                index.describe(drafts, described);
            }
        }
    }
}

impl Index {
    fn of(drafts: &[Draft<'_>], root: Option<&Project>) -> Index {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::with_capacity(drafts.len());
        for (n, draft) in drafts.iter().enumerate() {
            by_name.entry(draft.stem.clone()).or_default().push(n);
        }
        let is_enabled = |draft: &Draft<'_>| *Layers::of(draft, root).enabled() != Said::Is(false);
        Index {
            by_name,
            enabled: drafts.iter().map(is_enabled).collect(),
        }
    }

    fn describe<'a>(&self, drafts: &mut [Draft<'a>], described: Described<'a>) {
        let entry = described.entry;
        if entry.kind == NodeKind::Model && !entry.versions.is_empty() {
            return self.describe_versions(drafts, described);
        }
        let package = &described.project.name;
        let enabled = |n: &usize| self.enabled[*n];
        let named = self.named(&entry.name);
        let mut own = named
            .iter()
            .copied()
            .filter(|&n| drafts[n].project.name == *package);
        let found = own
            .clone()
            .find(enabled)
            .or_else(|| named.iter().copied().find(enabled));
        match found {
            Some(n) => assign(&mut drafts[n], described),
            None => {
                let all: Vec<usize> = own.by_ref().collect();
                for n in all {
                    assign(&mut drafts[n], described);
                }
            }
        }
    }

    fn describe_versions<'a>(&self, drafts: &mut [Draft<'a>], described: Described<'a>) {
        let latest = latest(described.entry);
        for facts in &described.entry.versions {
            let found = self.version_file(drafts, described, facts, latest);
            if let Some(n) = found {
                let version = Some(Version { facts, latest });
                assign(
                    &mut drafts[n],
                    Described {
                        version,
                        ..described
                    },
                );
            }
        }
    }

    /// The file of a version: as `defined_in` names it, else `name_v1`; the latest may have
    /// the bare name.
    fn version_file<'a>(
        &self,
        drafts: &[Draft<'a>],
        described: Described<'a>,
        facts: &VersionFacts,
        latest: Option<&str>,
    ) -> Option<usize> {
        let name = &described.entry.name;
        let file = match &facts.defined_in {
            Some(file) => file.clone(),
            None => format!("{name}_v{}", facts.v),
        };
        let is_free = |n: &usize| {
            let draft = &drafts[*n];
            let package = &described.project.name;
            draft.kind == NodeKind::Model
                && draft.project.name == *package
                && draft.described.is_none()
        };
        let enabled = |n: &usize| is_free(n) && self.enabled[*n];
        let bare = (latest == Some(facts.v.as_str())).then_some(name.as_str());
        let first = |name: &str, fits: &dyn Fn(&usize) -> bool| {
            self.named(name).iter().copied().find(|n| fits(n))
        };
        first(&file, &enabled)
            .or_else(|| first(bare?, &enabled))
            .or_else(|| first(&file, &is_free))
    }

    fn named(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

fn assign<'a>(draft: &mut Draft<'a>, described: Described<'a>) {
    let is_its_kind = draft.kind == described.entry.kind;
    let defines_itself = matches!(draft.place, Place::Entry(_));
    if is_its_kind && draft.described.is_none() && !defines_itself {
        draft.described = Some(described);
    }
}

/// The version that a plain `ref()` means: the one stated, else the highest.
fn latest(entry: &NodeFacts) -> Option<&str> {
    match &entry.latest_version {
        Said::Is(version) => Some(version),
        Said::Unknown => None,
        Said::Nothing => {
            let mut versions = entry.versions.iter().map(|it| it.v.as_str());
            let first = versions.next()?;
            Some(versions.fold(
                first,
                |highest, it| {
                    if is_lower(highest, it) { it } else { highest }
                },
            ))
        }
    }
}

/// dbt compares versions as numbers, and as text where one is none.
fn is_lower(version: &str, other: &str) -> bool {
    match (version.parse::<f64>(), other.parse::<f64>()) {
        (Ok(version), Ok(other)) => version < other,
        _ => version < other,
    }
}
