//! Sources: each table that a properties file declares.

use std::sync::Arc;

use lineage::{NodeKind, UniqueId};

use super::Package;
use super::definition::{Definition, Place, State};
use super::draft;
use super::layers::Layers;
use crate::facts::{FileFacts, Says, SourceFacts, TableFacts};
use crate::names::Names;
use crate::project::Project;

/// Where a source stands.
struct File<'a> {
    project: &'a Project,
    path: &'a str,
    facts: &'a Arc<FileFacts>,
}

/// Adds the sources that the files of a package declare.
pub(super) fn of_package(
    package: Package<'_>,
    root: Option<&Project>,
    names: &Names,
    definitions: &mut Vec<Definition>,
) {
    for (path, facts) in package.files {
        let Says::Properties(properties) = &facts.says else {
            continue;
        };
        let file = File {
            project: package.project,
            path,
            facts,
        };
        for (s, source) in properties.sources.iter().enumerate() {
            for (t, table) in source.tables.iter().enumerate() {
                let place = Place::Table(s, t);
                definitions.push(file.table(source, table, place, root, names));
            }
        }
    }
}

impl File<'_> {
    fn table(
        &self,
        source: &SourceFacts,
        table: &TableFacts,
        place: Place,
        root: Option<&Project>,
        names: &Names,
    ) -> Definition {
        let package = &self.project.name;
        let mut fqn = vec![package.as_str()];
        fqn.extend(draft::folders(self.project, self.path));
        fqn.extend([source.name.as_str(), table.name.as_str()]);
        let configured = |project: &Project| project.configs.of(NodeKind::Source, &fqn);
        let other = root.filter(|it| it.name != *package);
        let projects = [other.map(configured), Some(configured(self.project))];
        let layers = Layers::of_source(&table.config.config, &source.config.config, projects);
        let (config, origins) = layers.merged();
        let named = names.source_relation(&source.name, &table.name, &table.identifier, &config);
        let id = format!("source.{package}.{}.{}", source.name, table.name);
        Definition {
            id: UniqueId::new(&id),
            kind: NodeKind::Source,
            name: table.name.clone(),
            package: package.clone(),
            source_name: Some(source.name.clone()),
            version: None,
            latest_version: None,
            path: self.path.to_owned(),
            properties_path: None,
            file: Arc::clone(self.facts),
            place,
            config,
            origins,
            named: Some(named),
            state: State::Node,
        }
    }
}
