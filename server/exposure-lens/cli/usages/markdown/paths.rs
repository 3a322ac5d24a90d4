//! What the words of a list of changed files lead to.
//!
//! Git names files from the repository's root, wherever it runs, and names files that are
//! not there any more. So a path is looked for from the current folder, from the
//! repository's root and from the project, on the disk and in each manifest.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use dbt::{Entry, EntryKind, LineChange, Properties};
use ide::Analysis;
use lineage::{Node, NodeIx, NodeKind, Standing, UniqueId};

use super::Look;
use super::changes::Compared;
use super::list::{Named, Origin};
use crate::cli::select;
use crate::disk;
use crate::workspace::exposures::is_yaml;

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The nodes, and the file that only describes or configures one where none that
    /// defines it was named.
    pub(super) nodes: BTreeMap<UniqueId, Option<String>>,
    /// Files of the project that define no node.
    pub(super) others: BTreeSet<String>,
    /// Whether one of those may change any node: a macro, a package, the project's file.
    pub(super) shapes_nodes: bool,
    /// Files that dbt leaves out, and did where production's manifest was written.
    pub(super) disabled: BTreeSet<String>,
    /// How many lie outside of the project.
    pub(super) n_outside: usize,
    /// What nothing that is read knows, with the reason.
    pub(super) unknown: BTreeMap<String, Unknown>,
}

/// Why it is not known what a path is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// The file is gone, and no manifest has it.
    Gone,
    /// The file is there, and what it defines is not known.
    NotParsed,
    /// It is disabled, and whether production builds it is not known.
    Disabled,
    /// It is no path of this repository and no name of a node.
    Nothing,
}

/// The files of a project that say where dbt reads nodes from.
pub(super) const CONFIGURES: [&str; 2] = ["dbt_project.yml", ".dbtignore"];

/// Those that say which packages, with which macros and nodes, there are.
const PACKAGES: [&str; 4] = [
    "packages.yml",
    "dependencies.yml",
    "package-lock.yml",
    "profiles.yml",
];

/// Where a file is, by its package and its path from that package's root.
type Place = (String, String);

/// Looks words up.
pub(super) struct Lookup<'a> {
    look: Look<'a>,
    compared: &'a Compared<'a>,
    /// Where paths may start.
    bases: Vec<PathBuf>,
    /// The repository's root, from which Git names files.
    root: PathBuf,
    /// The nodes of the manifest that is compared with, by where they were.
    was_at: HashMap<(&'a str, &'a str), Vec<&'a Node>>,
    /// The ids that nodes have now, by those that they are deployed under.
    now: HashMap<&'a UniqueId, &'a UniqueId>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(look: Look<'a>, compared: &'a Compared<'a>) -> Lookup<'a> {
        let project = &look.loaded.project.root;
        let root = disk::repository_root(project).to_owned();
        let mut bases: Vec<PathBuf> = std::env::current_dir().into_iter().collect();
        bases.extend([root.clone(), project.clone()]);
        let mut was_at: HashMap<_, Vec<&Node>> = HashMap::new();
        for node in compared.manifest.iter().flat_map(|it| &it.read.nodes) {
            for path in std::iter::once(&node.path).chain(&node.properties_path) {
                let place = (node.package.as_str(), path.as_str());
                was_at.entry(place).or_default().push(node);
            }
        }
        Lookup {
            look,
            compared,
            bases,
            root,
            was_at,
            now: compared
                .renamed
                .iter()
                .map(|(now, was)| (was, now))
                .collect(),
        }
    }

    /// What all that is `named` leads to.
    ///
    /// # Errors
    /// A word that leads to something else than files and nodes.
    pub(super) fn all(&self, named: &[Named]) -> Result<Asked, String> {
        let mut asked = Asked::default();
        for it in named {
            match it.origin {
                Origin::Word => self.word(&it.text, &mut asked)?,
                Origin::List | Origin::Diff => {
                    self.listed(&it.text, it.lines.as_deref(), &mut asked);
                }
            }
        }
        Ok(asked)
    }

    /// A path of a list. It may have the name of a node or of a workbook (`LICENSE`, `orders`),
    /// and is a path nevertheless.
    fn listed(&self, path: &str, lines: Option<&[LineChange]>, asked: &mut Asked) {
        let candidates = self.candidates(path);
        let is_there = candidates.iter().any(|it| it.exists());
        if !is_there && let Some(nodes) = self.named(path) {
            asked.nodes.extend(nodes.into_iter().map(|it| (it, None)));
        } else if !is_there && !looks_like_a_path(path) && path.contains(char::is_whitespace) {
            asked.unknown.insert(path.to_owned(), Unknown::Nothing);
        } else {
            self.at_likeliest(path, &candidates, lines, asked);
        }
    }

    fn word(&self, word: &str, asked: &mut Asked) -> Result<(), String> {
        if select::is_address(word) && (word.contains("://") || !ends_as_a_file(word)) {
            return Err(not_here(word));
        }
        if let Some(nodes) = self.named(word) {
            asked.nodes.extend(nodes.into_iter().map(|it| (it, None)));
            return Ok(());
        }
        let candidates = self.candidates(word);
        if !looks_like_a_path(word) && !candidates.iter().any(|it| it.exists()) {
            return self.something_else(word, asked);
        }
        self.at_likeliest(word, &candidates, None, asked);
        Ok(())
    }

    fn at_likeliest(
        &self,
        word: &str,
        candidates: &[PathBuf],
        lines: Option<&[LineChange]>,
        asked: &mut Asked,
    ) {
        let there = candidates.iter().find(|it| it.exists());
        match there.or_else(|| self.likeliest(candidates)) {
            Some(path) => self.at(path, lines, asked),
            // Git names it from the repository's root.
            None => self.at(&select::resolved(&self.root.join(word)), lines, asked),
        }
    }

    /// By id or by name.
    fn named(&self, word: &str) -> Option<Vec<UniqueId>> {
        if word.contains(['/', '\\']) {
            return None;
        }
        let found: BTreeSet<UniqueId> = self
            .compared
            .analyses()
            .flat_map(|analysis| {
                let nodes = analysis.lineage.nodes();
                let by_id = analysis.node(word).into_iter();
                let all = by_id.chain(nodes.by_name(word).iter().copied());
                all.map(|ix| nodes.get(ix).id.clone())
            })
            .collect();
        (!found.is_empty()).then(|| found.into_iter().collect())
    }

    /// No path and no plain name: a label, a relation, a workbook, or nothing.
    fn something_else(&self, word: &str, asked: &mut Asked) -> Result<(), String> {
        match select::select(self.look.loaded, word) {
            Some(select::Selected::Nodes(found)) => {
                let nodes = self.look.loaded.analysis.lineage.nodes();
                let ids = found.into_iter().map(|ix| nodes.get(ix).id.clone());
                asked.nodes.extend(ids.map(|it| (it, None)));
                Ok(())
            }
            Some(select::Selected::Neither(..)) | None => {
                asked.unknown.insert(word.to_owned(), Unknown::Nothing);
                Ok(())
            }
            Some(_) => Err(not_here(word)),
        }
    }

    fn candidates(&self, word: &str) -> Vec<PathBuf> {
        let mut all = Vec::new();
        for text in [word, &word.replace('\\', "/")] {
            for base in &self.bases {
                let path = select::resolved(&base.join(text));
                if !all.contains(&path) {
                    all.push(path);
                }
            }
        }
        all
    }

    /// Of places where nothing is: the one that a manifest knows, else the one where dbt
    /// would read a file.
    fn likeliest<'c>(&self, candidates: &'c [PathBuf]) -> Option<&'c PathBuf> {
        let is_known = |it: &&PathBuf| !self.nodes_at(it).is_empty();
        let known = candidates.iter().find(is_known);
        known.or_else(|| candidates.iter().find(|it| self.would_define(it)))
    }

    fn at(&self, path: &Path, lines: Option<&[LineChange]>, asked: &mut Asked) {
        let project = &self.look.loaded.project;
        let Some(place) = project.place_of(path) else {
            asked.n_outside += 1;
            return;
        };
        let shown = self.look.loaded.shown(path);
        let all = match path.is_dir() {
            true => self.nodes_below(path),
            false => self.nodes_at(path),
        };
        let untouched = lines.map(|it| self.untouched(path, &place.1, it, &all));
        let untouched = untouched.unwrap_or_default();
        let is_empty = all.is_empty();
        for (id, by) in all.into_iter().filter(|(id, _)| !untouched.contains(id)) {
            let known = asked.nodes.entry(id).or_insert_with(|| by.clone());
            if by.is_none() {
                *known = None;
            }
        }
        if is_empty && !path.is_dir() {
            self.without_nodes(path, &place, shown, asked);
        }
    }

    /// Of the nodes of a properties file those whose entries are as they were before `lines`
    /// changed. What has no entry any more is not one of them, nor what the file takes
    /// something deployed away from.
    fn untouched(
        &self,
        path: &Path,
        shown: &str,
        lines: &[LineChange],
        all: &BTreeMap<UniqueId, Option<String>>,
    ) -> BTreeSet<UniqueId> {
        let none = BTreeSet::new();
        let Ok(text) = disk::read_text(path) else {
            return none;
        };
        let Ok(properties) = Properties::parse(&text) else {
            return none;
        };
        let Some(touched) = dbt::touched(&properties, &text, lines) else {
            return none;
        };
        let is_as_it_was = |id: &&UniqueId| {
            let Some(&(analysis, ix)) = self.compared.sightings(id).first() else {
                return false;
            };
            let node = analysis.lineage.nodes().get(ix);
            let mut pending = self.compared.base.pending.iter();
            let is_pending = pending.any(|it| it.node == **id && it.path == shown);
            let is_described = properties.entries.iter().any(|it| is_of(it, node));
            is_described && !is_pending && !touched.iter().any(|it| is_of(it, node))
        };
        all.keys().filter(is_as_it_was).cloned().collect()
    }

    fn without_nodes(&self, path: &Path, place: &Place, shown: String, asked: &mut Asked) {
        let would_define = self.would_define(path);
        if self.is_disabled(place) {
            match self.compared.is_production {
                true => _ = asked.disabled.insert(shown),
                false => _ = asked.unknown.insert(shown, Unknown::Disabled),
            }
        } else if would_define && !path.exists() {
            asked.unknown.insert(shown, Unknown::Gone);
        } else if self.look.loaded.project.defines_nodes(path) {
            asked.unknown.insert(shown, Unknown::NotParsed);
        } else {
            asked.shapes_nodes |= self.shapes_nodes(place);
            asked.others.insert(shown);
        }
    }

    /// Whether a file that defines no node may change what dbt makes of those that do.
    fn shapes_nodes(&self, (_, path): &Place) -> bool {
        let path = path.as_str();
        let project = &self.look.loaded.project.dbt;
        let is_macro = || {
            let below = |folder: &String| Path::new(path).starts_with(folder);
            path.ends_with(".sql") && project.macro_paths.iter().any(below)
        };
        CONFIGURES.contains(&path) || PACKAGES.contains(&path) || is_macro()
    }

    fn is_disabled(&self, (package, path): &Place) -> bool {
        let mut all = self.compared.analyses().flat_map(|it| it.disabled.iter());
        all.any(|it| it.package == *package && it.path == *path)
    }

    /// Whether dbt would read nodes, or what configures them, from a file of this name.
    fn would_define(&self, path: &Path) -> bool {
        let project = &self.look.loaded.project;
        project.defines_nodes(path) || is_yaml(path) && project.resource_place_of(path).is_some()
    }

    /// The nodes that a file defines or describes now, did when the manifest was written, or
    /// takes something deployed away from; with the file where it does not define the node.
    fn nodes_at(&self, path: &Path) -> BTreeMap<UniqueId, Option<String>> {
        let Some((package, path)) = self.look.loaded.project.place_of(path) else {
            return BTreeMap::new();
        };
        let mut found = BTreeMap::new();
        let mut add = |id: &UniqueId, defines: bool| {
            let by = found
                .entry(id.clone())
                .or_insert_with(|| Some(path.clone()));
            if defines {
                *by = None;
            }
        };
        for analysis in self.compared.analyses() {
            let nodes = analysis.lineage.nodes();
            for ix in nodes.in_file(&package, &path) {
                let node = nodes.get(ix);
                add(&node.id, node.path == path);
            }
        }
        let was_here = self.was_at.get(&(package.as_str(), path.as_str()));
        for node in was_here.into_iter().flatten() {
            let now = self.now.get(&node.id).copied().unwrap_or(&node.id);
            add(now, node.path == path);
        }
        for pending in self
            .compared
            .base
            .pending
            .iter()
            .filter(|it| it.path == path)
        {
            if self.is_of(&pending.node, &package) {
                add(&pending.node, false);
            }
        }
        if package == self.look.loaded.project.dbt.name && CONFIGURES.contains(&path.as_str()) {
            self.left_out().for_each(|id| add(id, false));
        }
        found
    }

    /// The deployed nodes whose files are there and not read any more.
    fn left_out(&self) -> impl Iterator<Item = &'a UniqueId> {
        let nodes = self.compared.base.lineage.nodes().iter().map(|(_, it)| it);
        let missing = nodes.filter(|it| it.standing == Standing::Missing);
        let loaded = self.look.loaded;
        missing.filter(|it| loaded.leaves_out(it)).map(|it| &it.id)
    }

    /// Whether a node is of this package: `dbt_project.yml` speaks for all of them.
    fn is_of(&self, id: &UniqueId, package: &str) -> bool {
        let nodes = self.compared.base.lineage.nodes();
        let node = nodes.by_id(id).map(|ix| nodes.get(ix));
        package == nodes.root_package() || node.is_some_and(|it| it.package == package)
    }

    fn nodes_below(&self, folder: &Path) -> BTreeMap<UniqueId, Option<String>> {
        let project = &self.look.loaded.project;
        let below = |analysis: &'a Analysis| {
            let nodes = analysis.lineage.nodes();
            let is_below = move |ix: &NodeIx| {
                let file = project.file_of(nodes.get(*ix));
                file.is_some_and(|it| it.starts_with(folder))
            };
            let found = nodes.indices().filter(is_below);
            found.map(move |ix| (nodes.get(ix).id.clone(), None))
        };
        self.compared.analyses().flat_map(below).collect()
    }
}

/// Whether an entry describes or declares a node; of a model all versions.
fn is_of(entry: &Entry, node: &Node) -> bool {
    let is_kind = match &entry.kind {
        EntryKind::Model => node.kind == NodeKind::Model,
        EntryKind::Seed => node.kind == NodeKind::Seed,
        EntryKind::Snapshot => node.kind == NodeKind::Snapshot,
        EntryKind::SourceTable { source } => node.source_name.as_ref() == Some(source),
        EntryKind::Source => false,
    };
    is_kind && entry.name == node.name
}

fn not_here(word: &str) -> String {
    format!(
        "`--format markdown` is about files and nodes; ask for `{}` without it",
        ide::plain(word)
    )
}

fn looks_like_a_path(word: &str) -> bool {
    word.contains(['/', '\\']) || word.starts_with('.') || ends_as_a_file(word)
}

/// Files that are dbt's or that lie beside a project. A node's name has dots too
/// (`crm.accounts`), so that not every ending makes a path.
fn ends_as_a_file(word: &str) -> bool {
    const ENDS: [&str; 28] = [
        "sql", "py", "csv", "yml", "yaml", "md", "txt", "json", "twb", "twbx", "tds", "tdsx",
        "toml", "lock", "cfg", "ini", "in", "sh", "js", "ts", "html", "css", "png", "svg", "rst",
        "ipynb", "tf", "xml",
    ];
    let end = Path::new(word).extension().and_then(|it| it.to_str());
    end.is_some_and(|it| ENDS.contains(&it))
}
