//! Production's manifest: where it is, and what production calls each node.
//!
//! Dashboards read what production built. A developer's manifest has other names for the
//! same nodes; the two are joined by `unique_id`. Looked for in this order: the setting
//! `dbt.production_manifest`, the state folders that dbt itself defers to
//! (`DBT_DEFER_STATE` beats `DBT_STATE`), and the manifest that Fusion fetches for
//! deferral. Nothing but names is taken from it: a node that only production has is none
//! of the project's.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lineage::{
    Identifier, Lineage, NameRule, NamedBy, Nodes, Production, ProductionName, Relation, UniqueId,
    Warehouse,
};

use super::project::{LoadedManifest, ProjectFiles};
use super::{Env, Problem};
use crate::config::Settings;
use crate::disk;

/// The variables that name a folder with production's manifest, strongest first: what is
/// for deferral alone comes first, and of one variable the newer form.
const VARIABLES: [&str; 4] = [
    "DBT_ENGINE_DEFER_STATE",
    "DBT_DEFER_STATE",
    "DBT_ENGINE_STATE",
    "DBT_STATE",
];

/// Where Fusion keeps the manifest that it fetches for deferral, below the target folder.
const CLOUD_DEFER: &str = "dbt_cloud_defer/manifest.json";

/// Where production's manifest is, or is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductionPlace {
    /// The file.
    pub path: PathBuf,
    /// The file, for people: relative to the project.
    pub shown: String,
    /// What led to it.
    pub found_by: FoundBy,
}

/// What led to production's manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// `dbt.production_manifest`.
    Setting,
    /// This variable.
    Environment(&'static str),
    /// It is where Fusion keeps the manifest that it defers to.
    CloudDefer,
}

/// What is taken from production's manifest.
#[derive(Clone, Debug)]
pub struct ProductionManifest {
    /// Where it was read.
    pub place: ProductionPlace,
    /// What it says of itself.
    pub metadata: dbt::Metadata,
    /// What it calls its models, seeds, snapshots and sources, in its order.
    pub names: Vec<(UniqueId, Relation)>,
    /// What was odd in it.
    pub problems: Vec<Problem>,
}

impl FoundBy {
    /// For people, after "named by".
    pub fn shown(self) -> &'static str {
        match self {
            FoundBy::Setting => "dbt.production_manifest",
            FoundBy::Environment(name) => name,
            FoundBy::CloudDefer => "dbt's deferral",
        }
    }
}

impl ProductionPlace {
    fn new(project: &ProjectFiles, path: PathBuf, found_by: FoundBy) -> ProductionPlace {
        ProductionPlace {
            shown: disk::relative(&project.root, &path),
            path,
            found_by,
        }
    }

    /// Whether it is the very manifest that the project is read from: that one has
    /// production's names then, and there is nothing to map.
    pub fn is_at_hand(&self, project: &ProjectFiles) -> bool {
        is_same_file(&self.path, &project.manifest_path)
    }
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| disk::canonical(path).unwrap_or_else(|| path.to_owned());
    real(a) == real(b)
}

/// Where production's manifest is said to be, whether it is there or not; else where it
/// is found. Looks at names of files alone.
pub fn find(project: &ProjectFiles, settings: &Settings, env: Env<'_>) -> Option<ProductionPlace> {
    let place = |path, found_by| ProductionPlace::new(project, path, found_by);
    if let Some(path) = settings.production_manifest()
        && refused_setting(project, settings).is_none()
    {
        let path = manifest_in(project.root.join(path));
        return Some(place(path, FoundBy::Setting));
    }
    for name in VARIABLES {
        if let Some(folder) = env(name).filter(|it| !it.trim().is_empty()) {
            let path = project.root.join(folder);
            let path = match path.is_file() {
                true => path,
                false => path.join("manifest.json"),
            };
            return Some(place(path, FoundBy::Environment(name)));
        }
    }
    let path = project.target.join(CLOUD_DEFER);
    path.is_file().then(|| place(path, FoundBy::CloudDefer))
}

/// The files whose coming, going or changing may give other names of production.
pub fn watched(project: &ProjectFiles, place: Option<&ProductionPlace>) -> Vec<PathBuf> {
    let fetched = project.target.join(CLOUD_DEFER);
    place
        .map(|it| it.path.clone())
        .into_iter()
        .chain([fetched])
        .collect()
}

/// A folder stands for the manifest in it.
fn manifest_in(path: PathBuf) -> PathBuf {
    match path.is_dir() {
        true => path.join("manifest.json"),
        false => path,
    }
}

/// That the team's setting is not taken, since it leads out of the repository.
pub fn refused_setting(project: &ProjectFiles, settings: &Settings) -> Option<Problem> {
    let path = settings.production_manifest()?;
    let named = manifest_in(project.root.join(&path));
    let is_confined = settings.is_from_team("dbt.production_manifest");
    let root = disk::repository_root(&project.root);
    let leads_out = is_confined && !disk::is_inside(root, &named);
    leads_out.then(|| Problem {
        code: "setting_ignored",
        message: format!("`dbt.production_manifest` is a link out of the repository: {path}"),
    })
}

/// Reads production's names of the nodes.
///
/// # Errors
/// Why there are none, and what to do.
pub fn read(
    project: &ProjectFiles,
    place: &ProductionPlace,
) -> Result<ProductionManifest, Problem> {
    let bytes = match disk::read(&place.path, disk::MAX_MANIFEST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(missing(place)),
        Err(error) => return Err(unreadable(place, &error.into())),
    };
    let manifest =
        dbt::Manifest::parse(&bytes).map_err(|error| unreadable(place, &error.into()))?;
    drop(bytes);
    if let Some(name) = other_project(project, &manifest.metadata) {
        return Err(of_another_project(project, place, &name));
    }
    let problems = manifest.problems.iter().map(|it| Problem {
        code: it.code,
        message: format!("production's manifest at {}: {}", place.shown, it.message),
    });
    Ok(ProductionManifest {
        place: place.clone(),
        problems: problems.collect(),
        names: names_in(manifest.nodes),
        metadata: manifest.metadata,
    })
}

fn names_in(nodes: Vec<lineage::Node>) -> Vec<(UniqueId, Relation)> {
    let names = nodes.into_iter();
    names
        .filter_map(|node| Some((node.id, node.relation?)))
        .collect()
}

/// The name of the project that the manifest is of, where that is another.
fn other_project(project: &ProjectFiles, metadata: &dbt::Metadata) -> Option<String> {
    let (ours, theirs) = (&project.dbt.name, metadata.project_name.as_ref()?);
    (!ours.is_empty() && theirs != ours).then(|| theirs.clone())
}

fn missing(place: &ProductionPlace) -> Problem {
    let hint = match place.found_by {
        FoundBy::Setting => {
            "name production's manifest.json or its folder, or take the setting out"
        }
        FoundBy::Environment(_) => {
            "put production's manifest.json there, or name it with `dbt.production_manifest`"
        }
        FoundBy::CloudDefer => "let dbt fetch it again",
    };
    Problem {
        code: "production_manifest_missing",
        message: format!(
            "no manifest of production at {}, which {} names: {hint}",
            place.shown,
            place.found_by.shown()
        ),
    }
}

fn unreadable(place: &ProductionPlace, error: &anyhow::Error) -> Problem {
    Problem {
        code: "production_manifest_unreadable",
        message: format!(
            "cannot read production's manifest at {}: {error:#}; fetch it again from where \
             production runs",
            place.shown
        ),
    }
}

fn of_another_project(project: &ProjectFiles, place: &ProductionPlace, name: &str) -> Problem {
    Problem {
        code: "production_manifest_of_another_project",
        message: format!(
            "production's manifest at {} is of project `{name}`, not of `{}`: name one of this \
             project with `dbt.production_manifest`",
            place.shown, project.dbt.name
        ),
    }
}

impl ProductionManifest {
    /// What production builds or reads and the project at hand does not have: a table of
    /// such a name is explained by it.
    pub fn only_in_production(
        &self,
        nodes: &Nodes,
    ) -> impl Iterator<Item = (&UniqueId, &Relation)> {
        let names = self
            .names
            .iter()
            .filter(|(id, _)| nodes.by_id(id).is_none());
        names.map(|(id, relation)| (id, relation))
    }

    /// What of [`ProductionManifest::only_in_production`] a `table` of Tableau's is: every
    /// part that both know is the same name, schema and table among them.
    pub fn built_only_there(&self, nodes: &Nodes, table: &Relation) -> Vec<(&UniqueId, &Relation)> {
        let case = self.warehouse().unwrap_or(Warehouse::Generic).case();
        let stored = |it: &Option<Identifier>| it.as_ref().map(|it| it.stored(case));
        let is_it = |it: &Relation| {
            let databases = stored(&it.database).zip(stored(&table.database));
            it.name.stored(case) == table.name.stored(case)
                && table.schema.is_some()
                && stored(&it.schema) == stored(&table.schema)
                && databases.is_none_or(|(ours, theirs)| ours == theirs)
        };
        let only = self.only_in_production(nodes);
        only.filter(|(_, relation)| is_it(relation)).collect()
    }

    /// The warehouse that production runs on, where it says so.
    pub fn warehouse(&self) -> Option<Warehouse> {
        let adapter = self.metadata.adapter_type.as_deref()?;
        Some(Warehouse::from_adapter(adapter))
    }
}

/// Whose names the manifest at hand has, where production's was found: `production`'s
/// where it is that very file, a `development` target's where names differ.
pub fn role(
    manifest: Option<&LoadedManifest>,
    production: Option<&ProductionManifest>,
    lineage: &Lineage,
) -> Option<&'static str> {
    if is_same_file(&manifest?.path, &production?.place.path) {
        return Some("production");
    }
    let mut nodes = lineage.nodes().iter();
    let differs = nodes.any(|(ix, _)| {
        let name = lineage.production_name(ix);
        name.is_some_and(|it| matches!(it.named_by, NamedBy::Manifest(_)))
    });
    differs.then_some("development")
}

/// What production calls each of `nodes`: as its manifest says, then as the team snapshot
/// says, then by `rules`, the first that fits.
///
/// `renamed` leads from a node's id to the one that it is deployed under, where files that
/// differ from the manifest have changed it.
pub fn names(
    manifest: Option<&ProductionManifest>,
    snapshot: &Production,
    rules: &[NameRule],
    nodes: &Nodes,
    warehouse: &Warehouse,
    renamed: &HashMap<UniqueId, UniqueId>,
) -> Production {
    let mut production = Production::default();
    let stated = manifest.map(stated_names).unwrap_or_default();
    for (_, node) in nodes.iter() {
        let ids = || std::iter::once(&node.id).chain(renamed.get(&node.id));
        let of_manifest = ids().find_map(|id| stated.get(id)).cloned();
        let of_snapshot = || ids().find_map(|id| snapshot.get(id)).cloned();
        if let Some(name) = of_manifest.or_else(of_snapshot) {
            production.add(node.id.clone(), name);
        }
    }
    production.fill_from(&lineage::naming::by_rules(nodes, rules, warehouse));
    production
}

fn stated_names(manifest: &ProductionManifest) -> HashMap<&UniqueId, ProductionName> {
    let shown: Arc<str> = manifest.place.shown.as_str().into();
    let name = |relation: &Relation| ProductionName {
        relation: relation.clone(),
        named_by: NamedBy::Manifest(Arc::clone(&shown)),
    };
    let names = manifest.names.iter();
    names.map(|(id, it)| (id, name(it))).collect()
}

#[cfg(test)]
mod tests;
