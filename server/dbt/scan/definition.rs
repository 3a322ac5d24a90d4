//! What files say of one node, complete: the node to be, and where each part comes from.

use std::collections::HashMap;
use std::sync::Arc;

use lineage::{Access, DisabledNode, Node, NodeKind, Relation, Standing, UniqueId};

use super::draft::{Draft, Version};
use super::layers::{Layers, Origins};
use crate::config::{Config, Said};
use crate::facts::{FileFacts, Macros, Reads, Says};
use crate::names::{Asked, Named, Names};
use crate::project::Project;

/// A node as files define it.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) id: UniqueId,
    pub(crate) kind: NodeKind,
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) source_name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) latest_version: Option<String>,
    pub(crate) path: String,
    pub(crate) properties_path: Option<String>,
    /// The file that defines it.
    pub(crate) file: Arc<FileFacts>,
    /// Where in that file.
    pub(crate) place: Place,
    pub(crate) config: Config,
    pub(crate) origins: Origins,
    /// What it is called; `None` for an ephemeral model.
    pub(crate) named: Option<Named>,
    pub(crate) state: State,
}

/// Where in its file a definition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The file is the node.
    File,
    /// A snapshot block, by its number.
    Block(usize),
    /// An entry of a properties file that defines a snapshot, by its number.
    Entry(usize),
    /// A source's table, by the numbers of both.
    Table(usize, usize),
}

/// What becomes of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// A node.
    Node,
    /// Disabled.
    Disabled,
    /// Another definition has the same id and comes first: dbt refuses that.
    Doubled,
}

impl Place {
    /// The `config()` there.
    pub(super) fn inline(self, file: &FileFacts) -> Option<&Config> {
        match (&file.says, self) {
            (Says::Sql(code) | Says::Python(code), Place::File) => Some(&code.config.config),
            (Says::Sql(code), Place::Block(n)) => Some(&code.snapshots.get(n)?.config.config),
            _ => None,
        }
    }

    /// What is read there.
    pub(super) fn reads(self, file: &FileFacts) -> Option<&Reads> {
        match (&file.says, self) {
            (Says::Sql(code) | Says::Python(code), Place::File) => Some(&code.reads),
            (Says::Sql(code), Place::Block(n)) => Some(&code.snapshots.get(n)?.reads),
            (Says::Properties(facts), Place::Entry(n)) => facts.nodes.get(n)?.relation.as_ref(),
            _ => None,
        }
    }
}

/// What a draft defines, in a project whose root is `root`.
pub(super) fn of_draft(draft: Draft<'_>, root: Option<&Project>, names: &Names) -> Definition {
    let (config, origins) = Layers::of(&draft, root).merged();
    let package = &draft.project.name;
    let (name, version) = name_and_version(&draft);
    let own_version = version.map(|it| it.facts.v.as_str());
    let named = names.relation(&Asked {
        kind: draft.kind,
        package,
        name,
        version: own_version,
        config: &config,
    });
    let dotted = own_version.map(|it| format!(".v{it}")).unwrap_or_default();
    let id = format!("{}.{package}.{name}{dotted}", draft.kind.as_str());
    let properties = draft.described.filter(|it| it.project.name == *package);
    Definition {
        id: UniqueId::new(&id),
        kind: draft.kind,
        name: name.to_owned(),
        package: package.clone(),
        source_name: None,
        version: own_version.map(str::to_owned),
        latest_version: version.and_then(|it| it.latest).map(str::to_owned),
        path: draft.path.to_owned(),
        properties_path: properties.map(|it| it.path.to_owned()),
        file: Arc::clone(draft.file),
        place: draft.place,
        state: state(&config),
        config,
        origins,
        named,
    }
}

/// The name that `ref()` takes: for a version that of its entry.
fn name_and_version<'d>(draft: &'d Draft<'_>) -> (&'d str, Option<Version<'d>>) {
    match draft.described.and_then(|it| Some((it.entry, it.version?))) {
        Some((entry, version)) => (&entry.name, Some(version)),
        None => (&draft.stem, None),
    }
}

/// What is disabled for certain is disabled; what may be is a node.
pub(super) fn state(config: &Config) -> State {
    match config.enabled {
        Said::Is(false) => State::Disabled,
        _ => State::Node,
    }
}

/// Decides between definitions of one id: one that is enabled for certain counts, and those
/// of which only dbt knows whether they are enabled then are not. Of several that only dbt
/// can tell apart the first stands for all, and none is said to be disabled.
pub(super) fn settle(definitions: &mut [Definition]) {
    let is_certain = |it: &Definition| it.config.enabled != Said::Unknown;
    let mut first: HashMap<UniqueId, (usize, bool)> = HashMap::with_capacity(definitions.len());
    for (n, definition) in definitions.iter().enumerate() {
        if definition.state == State::Node {
            let found = (n, is_certain(definition));
            let kept = first.entry(definition.id.clone()).or_insert(found);
            if found.1 && !kept.1 {
                *kept = found;
            }
        }
    }
    for (n, definition) in definitions.iter_mut().enumerate() {
        let kept = first.get(&definition.id);
        let Some(&(_, is_kept_certain)) = kept.filter(|it| it.0 != n) else {
            continue;
        };
        if definition.state == State::Node {
            definition.state = match definition.config.enabled {
                Said::Unknown if is_kept_certain => State::Disabled,
                _ => State::Doubled,
            };
        }
    }
}

impl Definition {
    /// What its text reads; `None` where nothing can be read there, as in a seed.
    pub(crate) fn reads(&self) -> Option<&Reads> {
        self.place.reads(&self.file)
    }

    /// What its text reads, with what the macros read that it calls. Where it then still
    /// calls macros, these are not at hand.
    pub(crate) fn reads_through(&self, macros: &Macros<'_>) -> Reads {
        let reads = self.reads();
        reads.map(|it| macros.followed(it)).unwrap_or_default()
    }

    /// What it is called, as far as that is known; `None` where it has no table, or where
    /// not even its name is known.
    pub(crate) fn relation(&self) -> Option<&Relation> {
        let named = self.named.as_ref()?;
        named.known[2].then_some(&named.relation)
    }

    /// The node, without what it reads.
    pub(crate) fn node(&self) -> Node {
        let relation = self.relation().cloned();
        Node {
            id: self.id.clone(),
            kind: self.kind,
            name: self.name.clone(),
            package: self.package.clone(),
            source_name: self.source_name.clone(),
            version: self.version.clone(),
            latest_version: self.latest_version.clone(),
            path: self.path.clone(),
            properties_path: self.properties_path.clone(),
            latest_pointer: relation.as_ref().and_then(|it| self.pointer(it)),
            relation,
            materialized: self.materialized(),
            access: self.access(),
            group: self.config.group.value().cloned(),
            depends_on: Vec::new(),
            checksum: self.checksum(),
            standing: Standing::New,
            reads_unknown: false,
        }
    }

    pub(crate) fn disabled_node(&self) -> DisabledNode {
        DisabledNode {
            id: self.id.clone(),
            name: self.name.clone(),
            path: self.path.clone(),
            package: self.package.clone(),
        }
    }

    /// A source's file is not the source's alone.
    fn checksum(&self) -> Option<String> {
        (self.kind != NodeKind::Source).then(|| self.file.checksum.clone())
    }

    fn materialized(&self) -> Option<String> {
        let default = match (self.kind, &self.file.says) {
            (NodeKind::Source, _) => return None,
            (NodeKind::Model, Says::Python(_)) => "table",
            (NodeKind::Model, _) => "view",
            (NodeKind::Seed | NodeKind::Snapshot, _) => self.kind.as_str(),
        };
        match &self.config.materialized {
            Said::Is(materialized) if !materialized.is_empty() => Some(materialized.clone()),
            Said::Is(_) | Said::Nothing => Some(default.to_owned()),
            Said::Unknown => None,
        }
    }

    /// Models are protected unless stated.
    fn access(&self) -> Option<Access> {
        if self.kind != NodeKind::Model {
            return None;
        }
        match &self.config.access {
            Said::Nothing => Some(Access::Protected),
            Said::Unknown => None,
            Said::Is(access) => match access.as_str() {
                "private" => Some(Access::Private),
                "protected" | "" => Some(Access::Protected),
                "public" => Some(Access::Public),
                _ => None,
            },
        }
    }

    /// The view named like the model that follows its latest version, where it is stated.
    fn pointer(&self, own: &Relation) -> Option<Relation> {
        let is_latest = self.version.is_some() && self.version == self.latest_version;
        if !is_latest || self.config.pointer != Said::Is(true) {
            return None;
        }
        let mut relation = own.clone();
        relation.name.text = match &self.config.pointer_alias {
            Said::Is(alias) if !alias.is_empty() => alias.clone(),
            Said::Unknown => return None,
            _ => self.name.clone(),
        };
        (relation != *own).then_some(relation)
    }
}
