//! A project read from its files: nodes without a manifest.
//!
//! Takes what each file says ([`crate::facts`]), what `dbt_project.yml` configures and how
//! names are made ([`crate::names`]), and makes nodes of it as dbt would. No user code is
//! run. What cannot be known is left out of a node and said, never guessed.
//!
//! First come the files that define nodes ([`draft`]), then the properties files that
//! describe them ([`describe`]), then what configures each ([`layers`]), then its
//! definition ([`definition`]), and at last what it reads.

mod definition;
mod describe;
mod draft;
mod layers;
mod sources;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lineage::{DisabledNode, Node, Nodes, UniqueId};

pub(crate) use self::definition::{Definition, Place, State};
pub(crate) use self::layers::Origin;
use crate::config::Config;
use crate::facts::{FileFacts, Macros, Reads, Says};
use crate::names::Names;
use crate::project::Project;

/// A package with its files.
#[derive(Clone, Copy, Debug)]
pub struct Package<'a> {
    /// Its `dbt_project.yml`.
    pub project: &'a Project,
    /// Its files below its resource paths, each by its path from the package's root with
    /// forward slashes (`../../sources/x.yml` for a shared one), sorted.
    pub files: &'a [(String, Arc<FileFacts>)],
}

/// What the files of a project define.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Models, seeds, snapshots and sources, all [`lineage::Standing::New`].
    pub nodes: Vec<Node>,
    /// What the files disable.
    pub disabled: Vec<DisabledNode>,
    /// Files that could not be read, or not all of it, each as `package/path`.
    pub unread: Vec<String>,
    /// The project itself: the package that a plain `ref()` means first.
    pub(crate) root: String,
    /// All that files define, the disabled and the doubled ones too.
    pub(crate) definitions: Vec<Definition>,
    /// The nodes that name something that is not there.
    unresolved: HashSet<UniqueId>,
    /// The files, by package and path.
    files: HashMap<String, HashMap<String, Arc<FileFacts>>>,
    /// Whether what is configured as `schema` counts in some targets only, or how is not known.
    pub(crate) schema_depends_on_target: bool,
}

/// Makes nodes of the files of `packages`; the first is the project itself.
pub fn scan(packages: &[Package<'_>], names: &Names) -> Scan {
    let mut drafts: Vec<draft::Draft<'_>> = Vec::new();
    for package in packages {
        draft::of_package(*package, &mut drafts);
    }
    let texts = packages.iter().flat_map(|it| it.files);
    let macros = Macros::of(texts.map(|(_, facts)| facts.as_ref()));
    drafts.iter_mut().for_each(|it| it.ask(&macros));
    describe::describe(packages, &mut drafts);
    let root = packages.first().map(|it| it.project);
    let mut definitions: Vec<Definition> = drafts
        .into_iter()
        .map(|it| definition::of_draft(it, root, names))
        .collect();
    let sources = sources::Sources::of(packages, names);
    for package in packages {
        sources.add(*package, &mut definitions);
    }
    definition::settle(&mut definitions);
    let mut scan = Scan {
        unread: unread(packages),
        root: root.map(|it| it.name.clone()).unwrap_or_default(),
        files: packages.iter().map(files).collect(),
        schema_depends_on_target: names.macros.schema.depends_on_target(),
        ..Scan::default()
    };
    scan.take(definitions, &macros);
    scan
}

impl Scan {
    /// Not all packages were scanned: a node that names what is not there may read what they
    /// have.
    pub fn doubt_unresolved(&mut self) {
        for node in &mut self.nodes {
            node.reads_unknown |= self.unresolved.contains(&node.id);
        }
    }

    /// All that configures each node, merged.
    pub fn configs(&self) -> HashMap<UniqueId, Config> {
        let built = self.definitions.iter().filter(|it| it.state == State::Node);
        built.map(|it| (it.id.clone(), it.config.clone())).collect()
    }

    /// The file of a package, where it is there.
    pub(crate) fn file(&self, package: &str, path: &str) -> Option<&FileFacts> {
        self.files.get(package)?.get(path).map(Arc::as_ref)
    }

    /// The macros that the files define.
    pub(crate) fn macros(&self) -> Macros<'_> {
        let files = self.files.values().flat_map(HashMap::values);
        Macros::of(files.map(Arc::as_ref))
    }

    /// Whether this file (`package/path`) was read, though not all that it says.
    pub(crate) fn is_partly_read(&self, full: &str) -> bool {
        let place = full.split_once('/');
        let file = place.and_then(|(package, path)| self.file(package, path));
        match file.map(|it| &it.says) {
            Some(Says::Properties(facts)) => facts.has_unknown,
            _ => false,
        }
    }

    fn take(&mut self, definitions: Vec<Definition>, macros: &Macros<'_>) {
        let mut nodes = Vec::with_capacity(definitions.len());
        for definition in &definitions {
            match definition.state {
                State::Node => nodes.push(definition.node()),
                State::Disabled => self.disabled.push(definition.disabled_node()),
                State::Doubled => {}
            }
        }
        self.disabled
            .sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
        let nodes = Nodes::new(&self.root, nodes);
        let built = definitions.iter().filter(|it| it.state == State::Node);
        let read: Vec<Edges> = built
            .map(|it| Edges::of(&it.reads_through(macros), &nodes, &it.package))
            .collect();
        self.nodes = nodes.into_vec();
        for (node, edges) in self.nodes.iter_mut().zip(read) {
            if edges.has_unresolved {
                self.unresolved.insert(node.id.clone());
            }
            node.reads_unknown = edges.may_have_more;
            node.depends_on = edges.ids;
        }
        if !self.unread.is_empty() {
            self.doubt_unresolved();
        }
        self.definitions = definitions;
    }
}

/// What a text reads, as nodes.
#[derive(Debug, Default)]
pub(crate) struct Edges {
    /// The nodes, sorted.
    pub(crate) ids: Vec<UniqueId>,
    /// Whether it may read more: by names that only dbt can work out, or through macros
    /// that are not at hand.
    pub(crate) may_have_more: bool,
    /// Whether something is named that is not there.
    has_unresolved: bool,
}

impl Edges {
    /// What `reads`, in a file of `package`, means among `nodes`.
    pub(crate) fn of(reads: &Reads, nodes: &Nodes, package: &str) -> Edges {
        let targets = reads.targets.iter();
        let mut ids: Vec<UniqueId> = targets
            .filter_map(|it| Some(nodes.get(it.resolve(nodes, package)?).id.clone()))
            .collect();
        let has_unresolved = ids.len() < reads.targets.len();
        ids.sort();
        ids.dedup();
        Edges {
            ids,
            may_have_more: reads.has_unknown || reads.calls_macros,
            has_unresolved,
        }
    }
}

fn unread(packages: &[Package<'_>]) -> Vec<String> {
    let mut unread = Vec::new();
    for package in packages {
        let name = &package.project.name;
        let files = package.files.iter();
        let is_unread = |facts: &FileFacts| match &facts.says {
            Says::Unreadable(_) => true,
            Says::Properties(facts) => facts.has_unknown,
            _ => false,
        };
        let bad = files.filter(|(_, facts)| is_unread(facts));
        unread.extend(bad.map(|(path, _)| format!("{name}/{path}")));
    }
    unread
}

fn files(package: &Package<'_>) -> (String, HashMap<String, Arc<FileFacts>>) {
    let files = package.files.iter().cloned().collect();
    (package.project.name.clone(), files)
}
