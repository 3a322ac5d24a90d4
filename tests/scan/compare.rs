//! Nodes from files beside the same nodes from a manifest.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use dbt::{Config, Manifest, Said, Scan};
use lineage::{Identifier, Node, Relation, UniqueId};

/// How the nodes of a project's files stand to its manifest's.
#[derive(Default)]
pub(super) struct Comparison {
    n_equal: usize,
    /// Of how many nodes what they read is equal, and of how many it is said to be open
    /// though nothing is lacking.
    n_reads: usize,
    n_in_doubt: usize,
    /// What the files leave open, a line for each node.
    unknown: Vec<String>,
    /// What the files say otherwise than dbt, a line for each node.
    wrong: Vec<String>,
}

/// How one fact of a node compares.
pub(super) enum Fit {
    Equal,
    Unknown(String),
    Wrong(String),
}

impl Comparison {
    /// Compares all nodes, and what is disabled.
    pub(super) fn of(manifest: &Manifest, scan: &Scan) -> Comparison {
        Comparison::of_packages(manifest, scan, &|_| true)
    }

    /// Compares the nodes of one package, where no other is at hand.
    pub(super) fn of_package(package: &str, manifest: &Manifest, scan: &Scan) -> Comparison {
        Comparison::of_packages(manifest, scan, &|it| it == package)
    }

    fn of_packages(
        manifest: &Manifest,
        scan: &Scan,
        is_compared: &dyn Fn(&str) -> bool,
    ) -> Comparison {
        let mut comparison = Comparison::default();
        let found: HashMap<&UniqueId, &Node> = scan.nodes.iter().map(|it| (&it.id, it)).collect();
        for node in manifest.nodes.iter().filter(|it| is_compared(&it.package)) {
            match found.get(&node.id) {
                Some(it) => {
                    comparison.add(&node.id, &fits(node, it));
                    comparison.count_reads(node, it);
                }
                None => comparison.add(&node.id, &[absent(node, scan)]),
            }
        }
        let configs = scan.configs();
        let parsed: BTreeSet<&UniqueId> = manifest.nodes.iter().map(|it| &it.id).collect();
        for node in scan.nodes.iter().filter(|it| !parsed.contains(&it.id)) {
            comparison.add(&node.id, &[surplus(configs.get(&node.id))]);
        }
        comparison.compare_disabled(manifest, scan);
        comparison
    }

    fn count_reads(&mut self, parsed: &Node, found: &Node) {
        let is_equal = of(&parsed.depends_on) == of(&found.depends_on);
        self.n_reads += usize::from(is_equal);
        self.n_in_doubt += usize::from(is_equal && found.reads_unknown);
    }

    pub(super) fn add(&mut self, id: &UniqueId, fits: &[Fit]) {
        let mut unknown = Vec::new();
        let mut wrong = Vec::new();
        for fit in fits {
            match fit {
                Fit::Equal => {}
                Fit::Unknown(what) => unknown.push(what.as_str()),
                Fit::Wrong(what) => wrong.push(what.as_str()),
            }
        }
        if !wrong.is_empty() {
            self.wrong.push(format!("{id}: {}", wrong.join("; ")));
        } else if !unknown.is_empty() {
            self.unknown.push(format!("{id}: {}", unknown.join("; ")));
        } else {
            self.n_equal += 1;
        }
    }

    /// What dbt left out must not be there, and what the files leave out dbt has too.
    fn compare_disabled(&mut self, manifest: &Manifest, scan: &Scan) {
        let places = |all: &[lineage::DisabledNode]| -> BTreeSet<(UniqueId, String)> {
            all.iter()
                .map(|it| (it.id.clone(), it.path.clone()))
                .collect()
        };
        let parsed = places(&manifest.disabled);
        for (id, path) in places(&scan.disabled).difference(&parsed) {
            self.wrong.push(format!("{id}: disabled in {path}"));
        }
    }

    /// Takes what these nodes read too much for unknown; each of them must.
    #[track_caller]
    pub(super) fn without_surplus(mut self, ids: &[&str]) -> Comparison {
        for id in ids {
            let prefix = format!("{id}: reads ");
            let n = self.wrong.iter().position(|it| it.starts_with(&prefix));
            let n = n.unwrap_or_else(|| panic!("{id} reads nothing too much"));
            let line = self.wrong.remove(n);
            assert!(line.contains("] and not []"), "{line}");
            self.unknown.push(line);
        }
        self
    }

    /// Fails where of fewer than `percent` of the nodes what they read is equal, or of more
    /// than `doubted` of them that is in doubt.
    #[track_caller]
    pub(super) fn assert_reads(&self, project: &str, percent: usize, doubted: usize) {
        let all = self.n_equal + self.unknown.len() + self.wrong.len();
        let (equal, in_doubt) = (self.n_reads * 100 / all, self.n_in_doubt * 100 / all);
        assert!(equal >= percent, "{project}: {equal} % of what is read");
        assert!(in_doubt <= doubted, "{project}: {in_doubt} % in doubt");
    }

    /// Prints the figures of `project`.
    #[allow(clippy::print_stderr)]
    pub(super) fn print(&self, project: &str) {
        let unknown = self.unknown.len();
        let all = self.n_equal + unknown + self.wrong.len();
        eprintln!(
            "no manifest: {project}: {} of {all} nodes equal, {unknown} marked unknown, {} wrong",
            self.n_equal,
            self.wrong.len()
        );
        if self.n_reads > 0 {
            eprintln!(
                "no manifest: {project}: what {} nodes read is equal, of {} of them in doubt",
                self.n_reads, self.n_in_doubt
            );
        }
    }

    /// Prints the figures, and fails where anything is wrong or fewer than `percent` of
    /// the nodes are equal.
    #[track_caller]
    pub(super) fn assert(&self, project: &str, percent: usize) {
        self.print(project);
        let all = self.n_equal + self.unknown.len() + self.wrong.len();
        assert!(all > 0, "{project}: nothing was compared");
        assert!(self.wrong.is_empty(), "{project}:\n{}", lines(&self.wrong));
        assert!(
            self.n_equal * 100 >= all * percent,
            "{project}: too much is unknown:\n{}",
            lines(&self.unknown)
        );
    }
}

/// The first lines, for a person to start from.
fn lines(all: &[String]) -> String {
    let mut text = String::new();
    for line in all.iter().take(40) {
        let _ = writeln!(text, "  {line}");
    }
    if all.len() > 40 {
        let _ = writeln!(text, "  and {} more", all.len() - 40);
    }
    text
}

fn absent(node: &Node, scan: &Scan) -> Fit {
    let place = format!("{}/{}", node.package, node.path);
    match scan.unread.contains(&place) {
        true => Fit::Unknown(format!("{place} is not read")),
        false => Fit::Wrong(format!("not found in {place}")),
    }
}

/// A node that dbt does not have: right only where its files leave open whether it is there.
fn surplus(config: Option<&Config>) -> Fit {
    match config.map(|it| &it.enabled) {
        Some(Said::Unknown) => Fit::Unknown("whether it is enabled".to_owned()),
        _ => Fit::Wrong("dbt does not have it".to_owned()),
    }
}

fn fits(parsed: &Node, found: &Node) -> [Fit; 3] {
    let (parsed_reads, found_reads) = (of(&parsed.depends_on), of(&found.depends_on));
    [
        names(parsed, found),
        reads(&parsed_reads, &found_reads, found.reads_unknown),
        relations(parsed, found),
    ]
}

fn of(ids: &[UniqueId]) -> BTreeSet<UniqueId> {
    ids.iter().cloned().collect()
}

/// What ids, `ref()`, files and lenses go by.
fn names(parsed: &Node, found: &Node) -> Fit {
    let of = |it: &Node| {
        (
            it.kind,
            it.name.clone(),
            it.package.clone(),
            it.source_name.clone(),
            it.version.clone(),
            it.latest_version.clone(),
            it.path.clone(),
        )
    };
    let described = parsed.properties_path.is_none() // Core does not say it of sources.
        || parsed.properties_path == found.properties_path;
    match of(parsed) == of(found) && described {
        true => Fit::Equal,
        false => Fit::Wrong(format!(
            "{:?} in {:?}, not {:?} in {:?}",
            of(found),
            found.properties_path,
            of(parsed),
            parsed.properties_path
        )),
    }
}

/// What a node reads; less than dbt found is right only where it is said.
pub(super) fn reads(parsed: &BTreeSet<UniqueId>, found: &BTreeSet<UniqueId>, is_open: bool) -> Fit {
    let surplus: Vec<&UniqueId> = found.difference(parsed).collect();
    let lacking: Vec<&UniqueId> = parsed.difference(found).collect();
    match (surplus.is_empty(), lacking.is_empty()) {
        (true, true) => Fit::Equal,
        (true, false) if is_open => Fit::Unknown(format!("reads {lacking:?}")),
        _ => Fit::Wrong(format!("reads {surplus:?} and not {lacking:?}")),
    }
}

fn relations(parsed: &Node, found: &Node) -> Fit {
    let is_ephemeral = found.materialized.as_deref() == Some("ephemeral");
    match (&parsed.relation, &found.relation) {
        (None, None) => Fit::Equal,
        (Some(parsed), Some(found)) => relation(parsed, found),
        (Some(parsed), None) if !is_ephemeral => Fit::Unknown(format!("named {parsed}")),
        (parsed, found) => Fit::Wrong(format!("named {found:?}, not {parsed:?}")),
    }
}

/// A part that the manifest leaves out (Fusion's of DuckDB) cannot be told from another.
fn relation(parsed: &Relation, found: &Relation) -> Fit {
    let parts = |it: &Relation| -> [Option<Identifier>; 3] {
        [
            it.database.clone(),
            it.schema.clone(),
            Some(it.name.clone()),
        ]
    };
    let pairs = || parts(parsed).into_iter().zip(parts(found));
    if pairs().any(|(parsed, found)| parsed.is_some() && found.is_some() && parsed != found) {
        return Fit::Wrong(format!("named {found:?}, not {parsed:?}"));
    }
    match pairs().any(|(parsed, found)| parsed.is_some() && found.is_none()) {
        true => Fit::Unknown(format!("named {found}, which is {parsed}")),
        false => Fit::Equal,
    }
}
