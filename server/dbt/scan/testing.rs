//! Projects as text, for tests: files by path, those below `dbt_packages/NAME/` of packages.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Package, Scan, scan};
use crate::config::Said;
use crate::facts::FileFacts;
use crate::names::{NameMacros, Names, Observed};
use crate::profiles::Target;
use crate::project::Project;

/// The files of a project and its packages.
pub(crate) type Files = BTreeMap<String, String>;

/// A package that is read.
pub(crate) struct Read {
    pub(crate) project: Project,
    pub(crate) files: Vec<(String, Arc<FileFacts>)>,
}

/// The packages, the project `shop` itself first.
pub(crate) fn packages(files: &Files) -> Vec<Read> {
    let mut texts: BTreeMap<&str, Files> = BTreeMap::new();
    texts.entry("").or_default();
    for (path, text) in files {
        let below = path.strip_prefix("dbt_packages/");
        let (package, path) = below
            .and_then(|it| it.split_once('/'))
            .unwrap_or(("", path));
        let package = texts.entry(package).or_default();
        package.insert(path.to_owned(), text.clone());
    }
    let package = |(name, texts): (&str, &Files)| {
        let default = format!("name: {}", if name.is_empty() { "shop" } else { name });
        let text = texts.get("dbt_project.yml").unwrap_or(&default);
        let project = Project::parse(text, &|_| None).expect("a project");
        let files = texts.iter().filter(|(path, _)| *path != "dbt_project.yml");
        let facts = |path: &str, text: &str| match text.trim() {
            "unreadable" => FileFacts {
                says: crate::facts::Says::Unreadable("no permission".to_owned()),
                ..FileFacts::read(path, text)
            },
            _ => FileFacts::read(path, text),
        };
        let files = files.map(|(path, text)| (path.clone(), Arc::new(facts(path, text))));
        Read {
            project,
            files: files.collect(),
        }
    };
    texts.iter().map(|(name, it)| package((name, it))).collect()
}

/// Scans the first packages; all where `n` is absent.
pub(crate) fn scanned(files: &Files, n: Option<usize>, observed: Observed) -> Scan {
    let read = packages(files);
    let packages: Vec<Package<'_>> = read
        .iter()
        .take(n.unwrap_or(usize::MAX))
        .map(|it| Package {
            project: &it.project,
            files: &it.files,
        })
        .collect();
    scan(&packages, &names(files, &read[0].project, observed))
}

/// Snowflake, with the target `dev`: `DB.DEV`.
fn names(files: &Files, project: &Project, observed: Observed) -> Names {
    let macros = files.iter().filter(|(path, _)| path.starts_with("macros/"));
    Names {
        adapter: Some("snowflake".to_owned()),
        target: Some(Target {
            name: "dev".to_owned(),
            adapter: Some("snowflake".to_owned()),
            database: Said::Is("DB".to_owned()),
            schema: Said::Is("DEV".to_owned()),
        }),
        macros: NameMacros::of(macros.map(|(_, text)| text.as_str())),
        observed,
        quoting: project.quoting.clone(),
        ..Names::default()
    }
}

/// Whether a path is below one of the folders.
pub(crate) fn is_below(path: &str, folders: &[String]) -> bool {
    super::draft::below(path, folders).is_some()
}
