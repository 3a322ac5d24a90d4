//! A model, seed, snapshot or source as the manifest writes it, and what it means.

use std::borrow::Cow;

use lineage::{Access, DisabledNode, Node, NodeKind, Relation, Standing, UniqueId};
use serde::de::MapAccess;

use super::Engine;
use super::lower::Context;
use super::naming::{Parts, Quoting};
use crate::config::{Config, Said};
use crate::loose::{Loose, Object, Scalar, WrongType, skip};

/// A definition as written; the manifest's other resources fit in too.
#[derive(Default)]
pub(super) struct WireNode<'a> {
    unique_id: Loose<Cow<'a, str>>,
    resource_type: Loose<Cow<'a, str>>,
    name: Loose<Cow<'a, str>>,
    package_name: Loose<Cow<'a, str>>,
    source_name: Loose<Cow<'a, str>>,
    version: Loose<Scalar<'a>>,
    latest_version: Loose<Scalar<'a>>,
    original_file_path: Loose<Cow<'a, str>>,
    patch_path: Loose<Cow<'a, str>>,
    database: Loose<Cow<'a, str>>,
    schema: Loose<Cow<'a, str>>,
    alias: Loose<Cow<'a, str>>,
    identifier: Loose<Cow<'a, str>>,
    relation_name: Loose<Cow<'a, str>>,
    quoting: Loose<Quoting>,
    access: Loose<Cow<'a, str>>,
    group: Loose<Cow<'a, str>>,
    config: Loose<WireConfig<'a>>,
    depends_on: Loose<DependsOn<'a>>,
    checksum: Loose<WireChecksum<'a>>,
}

impl<'de> Object<'de> for WireNode<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "unique_id" => self.unique_id = map.next_value()?,
            "resource_type" => self.resource_type = map.next_value()?,
            "name" => self.name = map.next_value()?,
            "package_name" => self.package_name = map.next_value()?,
            "source_name" => self.source_name = map.next_value()?,
            "version" => self.version = map.next_value()?,
            "latest_version" => self.latest_version = map.next_value()?,
            "original_file_path" => self.original_file_path = map.next_value()?,
            "patch_path" => self.patch_path = map.next_value()?,
            "database" => self.database = map.next_value()?,
            "schema" => self.schema = map.next_value()?,
            "alias" => self.alias = map.next_value()?,
            "identifier" => self.identifier = map.next_value()?,
            "relation_name" => self.relation_name = map.next_value()?,
            "quoting" => self.quoting = map.next_value()?,
            "access" => self.access = map.next_value()?,
            "group" => self.group = map.next_value()?,
            "config" => self.config = map.next_value()?,
            "depends_on" => self.depends_on = map.next_value()?,
            "checksum" => self.checksum = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct WireConfig<'a> {
    alias: Loose<Cow<'a, str>>,
    schema: Loose<Cow<'a, str>>,
    database: Loose<Cow<'a, str>>,
    target_schema: Loose<Cow<'a, str>>,
    target_database: Loose<Cow<'a, str>>,
    materialized: Loose<Cow<'a, str>>,
    access: Loose<Cow<'a, str>>,
    group: Loose<Cow<'a, str>>,
    quoting: Loose<Quoting>,
    latest_version_pointer: Loose<WirePointer<'a>>,
}

impl<'de> Object<'de> for WireConfig<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "alias" => self.alias = map.next_value()?,
            "schema" => self.schema = map.next_value()?,
            "database" => self.database = map.next_value()?,
            "target_schema" => self.target_schema = map.next_value()?,
            "target_database" => self.target_database = map.next_value()?,
            "materialized" => self.materialized = map.next_value()?,
            "access" => self.access = map.next_value()?,
            "group" => self.group = map.next_value()?,
            "quoting" => self.quoting = map.next_value()?,
            "latest_version_pointer" => self.latest_version_pointer = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl WireConfig<'_> {
    /// What configures the node's name; what is of a wrong type is not known.
    fn names(&self) -> Config {
        let said = |text: &Loose<Cow<'_, str>>| match text {
            Loose::Absent => Said::Nothing,
            Loose::Wrong => Said::Unknown,
            Loose::Is(text) => Said::Is(text.as_ref().to_owned()),
        };
        // dbt takes these of a snapshot as they are, unless they are empty.
        let target = |text: &Loose<Cow<'_, str>>| match said(text) {
            Said::Is(text) if text.is_empty() => Said::Nothing,
            said => said,
        };
        let target_schema = target(&self.target_schema);
        Config {
            alias: said(&self.alias),
            is_target_schema: target_schema != Said::Nothing,
            schema: target_schema.or(said(&self.schema)),
            database: target(&self.target_database).or(said(&self.database)),
            ..Config::default()
        }
    }
}

/// The config of the view that dbt 1.12 and Fusion keep for the latest version.
#[derive(Default)]
struct WirePointer<'a> {
    enabled: Loose<bool>,
    alias: Loose<Cow<'a, str>>,
}

impl<'de> Object<'de> for WirePointer<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "enabled" => self.enabled = map.next_value()?,
            "alias" => self.alias = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// `depends_on`, of nodes and exposures.
#[derive(Default)]
pub(super) struct DependsOn<'a> {
    pub(super) nodes: Loose<Vec<Cow<'a, str>>>,
}

impl<'de> Object<'de> for DependsOn<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "nodes" => self.nodes = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct WireChecksum<'a> {
    name: Loose<Cow<'a, str>>,
    checksum: Loose<Cow<'a, str>>,
}

impl<'de> Object<'de> for WireChecksum<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => self.name = map.next_value()?,
            "checksum" => self.checksum = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl<'a> WireNode<'a> {
    /// Its id, for naming it in a problem.
    pub(super) fn id(&self) -> Cow<'a, str> {
        match &self.unique_id {
            Loose::Is(id) => id.clone(),
            Loose::Absent | Loose::Wrong => Cow::Borrowed("a definition without id"),
        }
    }

    /// The kind of node; `None` for a resource that lineage does not know.
    pub(super) fn kind(&self) -> Result<Option<NodeKind>, WrongType> {
        let Loose::Is(resource_type) = &self.resource_type else {
            return Err(WrongType("resource_type"));
        };
        Ok(match &**resource_type {
            "model" => Some(NodeKind::Model),
            "seed" => Some(NodeKind::Seed),
            "snapshot" => Some(NodeKind::Snapshot),
            "source" => Some(NodeKind::Source),
            _ => None,
        })
    }

    /// An enabled node.
    pub(super) fn lower(
        mut self,
        kind: NodeKind,
        ctx: &mut Context<'a>,
    ) -> Result<Node, WrongType> {
        let id = self.unique_id.take_required("unique_id")?;
        let mut config = self.config.take("config")?.unwrap_or_default();
        let names = config.names();
        let place = self.place(&id)?;
        let materialized = config.materialized.take("config.materialized")?;
        let quoting = match kind {
            NodeKind::Source => std::mem::take(&mut self.quoting),
            _ => std::mem::take(&mut config.quoting),
        };
        let relation = match materialized.as_deref() {
            Some("ephemeral") => None,
            _ => Some(self.relation(kind, &place.name, quoting, ctx)?),
        };
        if kind != NodeKind::Source {
            let materialized = Said::from(materialized.as_deref().map(str::to_owned));
            let id = ctx.id(id.clone());
            ctx.configs.insert(
                id,
                Config {
                    materialized,
                    ..names
                },
            );
        }
        let (version, latest_version) = self.versions(&id)?;
        let latest_pointer = relation
            .as_ref()
            .filter(|_| version.is_some() && version == latest_version)
            .and_then(|own| config.pointer(own, &place.name, ctx.engine));
        let access = self
            .access
            .take("access")?
            .or(config.access.take("config.access")?);
        let group = self
            .group
            .take("group")?
            .or(config.group.take("config.group")?);
        Ok(Node {
            kind,
            source_name: self.source_name(kind, &id)?,
            version,
            latest_version,
            properties_path: self.properties_path(kind, &place.package)?,
            relation,
            latest_pointer,
            // Fusion leaves it out where it follows from the kind.
            materialized: materialized
                .map(Cow::into_owned)
                .or_else(|| materialized_as(kind)),
            access: access.and_then(|access| parse_access(&access)),
            group: group.map(Cow::into_owned),
            depends_on: DependsOn::lower(self.depends_on, ctx)?,
            checksum: self
                .checksum
                .ok()
                .and_then(|sum| sum.lower(kind, ctx.engine)),
            name: place.name,
            package: place.package,
            path: place.path,
            id: ctx.id(id),
            standing: Standing::Parsed,
            reads_unknown: false,
        })
    }

    /// A node that dbt left out.
    pub(super) fn lower_disabled(
        mut self,
        ctx: &mut Context<'a>,
    ) -> Result<DisabledNode, WrongType> {
        let id = self.unique_id.take_required("unique_id")?;
        let Place {
            name,
            package,
            path,
        } = self.place(&id)?;
        Ok(DisabledNode {
            id: ctx.id(id),
            name,
            path,
            package,
        })
    }

    fn place(&mut self, id: &str) -> Result<Place, WrongType> {
        Ok(Place::new(
            id,
            self.name.take("name")?,
            self.package_name.take("package_name")?,
            self.original_file_path.take("original_file_path")?,
        ))
    }

    fn relation(
        &mut self,
        kind: NodeKind,
        node_name: &str,
        quoting: Loose<Quoting>,
        ctx: &Context<'a>,
    ) -> Result<Relation, WrongType> {
        let database = self.database.take("database")?;
        let schema = self.schema.take("schema")?;
        let name = match kind {
            NodeKind::Source => self.identifier.take("identifier")?,
            _ => self.alias.take("alias")?,
        };
        let parts = Parts {
            database: database.as_deref(),
            schema: schema.as_deref(),
            name: name
                .as_deref()
                .filter(|name| !name.is_empty())
                .unwrap_or(node_name),
        };
        let relation_name = self.relation_name.take("relation_name")?;
        let quoting = quoting.ok().unwrap_or_default().or(ctx.quoting);
        Ok(parts.relation(relation_name.as_deref(), quoting))
    }

    /// The version and the latest version, spelled alike where they are the same.
    fn versions(&mut self, id: &str) -> Result<(Option<String>, Option<String>), WrongType> {
        let spell = |version: &mut Loose<Scalar<'a>>, key| {
            let version = version.take(key)?.map(|Scalar(text)| text.into_owned());
            Ok(version.map(|text| match text.strip_suffix(".0") {
                // A JSON writer may have made 2.0 of the version 2; the id has it right.
                Some(whole) if id.ends_with(&format!(".v{whole}")) => whole.to_owned(),
                _ => text,
            }))
        };
        let version = spell(&mut self.version, "version")?;
        let latest = spell(&mut self.latest_version, "latest_version")?;
        Ok((version, latest))
    }

    fn source_name(&mut self, kind: NodeKind, id: &str) -> Result<Option<String>, WrongType> {
        let written = self.source_name.take("source_name")?.map(Cow::into_owned);
        Ok(match kind {
            NodeKind::Source => written.or_else(|| id.split('.').nth(2).map(str::to_owned)),
            _ => None,
        })
    }

    fn properties_path(
        &mut self,
        kind: NodeKind,
        package: &str,
    ) -> Result<Option<String>, WrongType> {
        let Some(patch_path) = self.patch_path.take("patch_path")? else {
            return Ok(None);
        };
        if kind == NodeKind::Source {
            return Ok(None);
        }
        Ok(match patch_path.split_once("://") {
            Some((of_package, path)) => (of_package == package).then(|| forward(path)),
            None => Some(forward(&patch_path)).filter(|path| !path.is_empty()),
        })
    }
}

impl WireConfig<'_> {
    /// The view named like the model that follows its latest version.
    ///
    /// Off in Core unless stated, on in Fusion unless stated.
    fn pointer(&mut self, own: &Relation, node_name: &str, engine: Engine) -> Option<Relation> {
        let pointer = std::mem::take(&mut self.latest_version_pointer)
            .ok()
            .unwrap_or_default();
        if !pointer.enabled.ok().unwrap_or(engine == Engine::Fusion) {
            return None;
        }
        let alias = pointer.alias.ok().filter(|alias| !alias.is_empty());
        let mut relation = own.clone();
        relation.name.text = alias.map_or_else(|| node_name.to_owned(), Cow::into_owned);
        (relation != *own).then_some(relation)
    }
}

impl<'a> DependsOn<'a> {
    /// The ids that it names.
    pub(super) fn lower(
        mut written: Loose<DependsOn<'a>>,
        ctx: &mut Context<'a>,
    ) -> Result<Vec<UniqueId>, WrongType> {
        let mut depends_on = written.take("depends_on")?.unwrap_or_default();
        let nodes = depends_on
            .nodes
            .take("depends_on.nodes")?
            .unwrap_or_default();
        Ok(nodes.into_iter().map(|id| ctx.id(id)).collect())
    }
}

impl WireChecksum<'_> {
    /// The checksum, where it is what [`super::checksum()`] makes of the file's text.
    fn lower(self, kind: NodeKind, engine: Engine) -> Option<String> {
        let is_of_text = self.name.ok()? == "sha256"
            && match engine {
                Engine::Core { major, minor } => (major, minor) >= (1, 5),
                Engine::Fusion => kind != NodeKind::Snapshot,
                Engine::Unknown => true,
            };
        self.checksum
            .ok()
            .filter(|_| is_of_text)
            .map(Cow::into_owned)
    }
}

/// Where a definition stands, completed from its `unique_id`.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) package: String,
    pub(super) path: String,
}

impl Place {
    /// What is not written is told by the id: `model.package.name`,
    /// `source.package.source.name`.
    pub(super) fn new(
        id: &str,
        name: Option<Cow<'_, str>>,
        package: Option<Cow<'_, str>>,
        path: Option<Cow<'_, str>>,
    ) -> Place {
        let n_before_name = if id.starts_with("source.") { 3 } else { 2 };
        let part = |n: usize| id.split('.').nth(n).unwrap_or(id).to_owned();
        Place {
            name: name.map_or_else(|| part(n_before_name), Cow::into_owned),
            package: package.map_or_else(|| part(1), Cow::into_owned),
            path: path.map(|path| forward(&path)).unwrap_or_default(),
        }
    }
}

/// A path with forward slashes and no `./` in front.
fn forward(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut rest = path.as_str();
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter.trim_start_matches('/');
    }
    rest.to_owned()
}

fn materialized_as(kind: NodeKind) -> Option<String> {
    matches!(kind, NodeKind::Seed | NodeKind::Snapshot).then(|| kind.as_str().to_owned())
}

fn parse_access(access: &str) -> Option<Access> {
    match access {
        "private" => Some(Access::Private),
        "protected" => Some(Access::Protected),
        "public" => Some(Access::Public),
        _ => None,
    }
}
