//! Sources: each table that a properties file declares.

use std::collections::HashMap;
use std::sync::Arc;

use lineage::{NodeKind, UniqueId};

use super::Package;
use super::definition::{Definition, Place, state};
use super::draft;
use super::layers::Layers;
use crate::config::Said;
use crate::facts::{FileFacts, Says, SourceFacts, TableFacts};
use crate::names::Names;
use crate::project::Project;

/// Where a source stands.
struct File<'a> {
    project: &'a Project,
    path: &'a str,
    facts: &'a Arc<FileFacts>,
}

/// What sources are made with.
pub(super) struct Sources<'a> {
    root: Option<&'a Project>,
    names: &'a Names,
    /// What entries with `overrides` say of a package's source, by both their names.
    overrides: HashMap<(&'a str, &'a str), Override<'a>>,
}

/// An entry with `overrides`, and its tables by name.
struct Override<'a> {
    source: &'a SourceFacts,
    tables: HashMap<&'a str, &'a TableFacts>,
}

impl<'a> Override<'a> {
    fn of(source: &'a SourceFacts) -> Override<'a> {
        // Of two tables of one name the first counts.
        let tables = source.tables.iter().rev();
        Override {
            source,
            tables: tables.map(|it| (it.name.as_str(), it)).collect(),
        }
    }
}

impl<'a> Sources<'a> {
    pub(super) fn of(packages: &[Package<'a>], names: &'a Names) -> Sources<'a> {
        let files = packages.iter().flat_map(|it| it.files);
        let sources = files.flat_map(|(_, facts)| sources(facts));
        let overrides = sources.filter_map(|source| {
            let package = source.overrides.value()?;
            let names = (package.as_str(), source.name.as_str());
            Some((names, Override::of(source)))
        });
        Sources {
            root: packages.first().map(|it| it.project),
            names,
            overrides: overrides.collect(),
        }
    }

    /// Adds the sources that the files of a package declare.
    pub(super) fn add(&self, package: Package<'_>, definitions: &mut Vec<Definition>) {
        for (path, facts) in package.files {
            let file = File {
                project: package.project,
                path,
                facts,
            };
            for (s, source) in sources(facts).iter().enumerate() {
                let is_own = source.overrides == Said::Nothing;
                for (t, table) in source.tables.iter().enumerate().filter(|_| is_own) {
                    definitions.push(self.table(&file, source, table, Place::Table(s, t)));
                }
            }
        }
    }

    fn table(
        &self,
        file: &File<'_>,
        source: &SourceFacts,
        table: &TableFacts,
        place: Place,
    ) -> Definition {
        let package = &file.project.name;
        let mut fqn = vec![package.as_str()];
        fqn.extend(draft::folders(file.project, file.path));
        fqn.extend([source.name.as_str(), table.name.as_str()]);
        let other = self.root.filter(|it| it.name != *package);
        let over = self
            .overrides
            .get(&(package.as_str(), source.name.as_str()));
        let over_table = over.and_then(|it| it.tables.get(table.name.as_str()));
        let entries = [
            over_table.map(|it| &it.config.config),
            Some(&table.config.config),
            over.map(|it| &it.source.config.config),
            Some(&source.config.config),
        ];
        let layers = Layers::of_source(other, entries.into_iter().flatten(), file.project, &fqn);
        let (config, origins) = layers.merged();
        let identifier = over_table.map(|it| it.identifier.clone());
        let identifier = identifier.unwrap_or_default().or(table.identifier.clone());
        let names = self.names;
        let named = names.source_relation(&source.name, &table.name, &identifier, &config);
        let id = format!("source.{package}.{}.{}", source.name, table.name);
        Definition {
            id: UniqueId::new(&id),
            kind: NodeKind::Source,
            name: table.name.clone(),
            package: package.clone(),
            source_name: Some(source.name.clone()),
            version: None,
            latest_version: None,
            path: file.path.to_owned(),
            properties_path: None,
            file: Arc::clone(file.facts),
            place,
            state: state(&config),
            config,
            origins,
            named: Some(named),
        }
    }
}

fn sources(facts: &FileFacts) -> &[SourceFacts] {
    match &facts.says {
        Says::Properties(properties) => &properties.sources,
        _ => &[],
    }
}
