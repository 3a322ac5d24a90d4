//! The dbt project whose relations the site reads: GitLab's where the shared data is at
//! hand, else the sample, whose site reads tables of its own.

use std::path::{Path, PathBuf};

use anyhow::Context;
use exposure_lens::config::Settings;
use exposure_lens::workspace::project::{self, LoadedManifest, ProjectFiles};

/// So many relations feed the site.
const N_TABLES: usize = 500;

/// A project in a folder of its own.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    /// What it is called.
    pub(crate) name: &'static str,
    /// Relation and file of models, sorted.
    models: Vec<(String, PathBuf)>,
}

impl Project {
    /// Lays out the project.
    pub(crate) fn new() -> anyhow::Result<Project> {
        let folder = tempfile::tempdir()?;
        let Some(manifest) = gitlab()? else {
            return sample(folder);
        };
        let target = folder.path().join("target");
        std::fs::create_dir(&target)?;
        std::fs::write(target.join("manifest.json"), manifest)?;
        let text = "name: gitlab_snowflake\n";
        std::fs::write(folder.path().join("dbt_project.yml"), text)?;
        let models = models(folder.path())?;
        Ok(Project {
            folder,
            name: "GitLab's project",
            models,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the site reads, as the warehouse stores it.
    pub(crate) fn tables(&self) -> Vec<String> {
        self.models.iter().map(|(table, _)| table.clone()).collect()
    }

    /// Writes the file of a model that many workbooks read.
    pub(crate) fn model(&self) -> anyhow::Result<PathBuf> {
        let Some((_, path)) = self.models.first() else {
            return Ok(self.folder().join("models/marts/fct_orders.sql"));
        };
        let path = self.folder().join(path);
        std::fs::create_dir_all(path.parent().context("a model lies in a folder")?)?;
        std::fs::write(&path, "select 1\n")?;
        Ok(path)
    }

    /// Has the project read a site.
    pub(crate) fn name_site(&self, address: &str) -> anyhow::Result<()> {
        let text = format!("tableau:\n  sites:\n    - url: \"{address}\"\n");
        let path = self.folder().join("exposure-lens.yml");
        std::fs::write(path, text).context("cannot write the settings")
    }
}

/// GitLab's manifest, unpacked.
fn gitlab() -> anyhow::Result<Option<Vec<u8>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = root.parent().map(|it| it.join("shared/data"));
    let path = shared.map(|it| it.join("dbt/manifests/gitlab.json.gz"));
    let Some(file) = path.and_then(|path| std::fs::File::open(path).ok()) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    std::io::copy(&mut flate2::read::GzDecoder::new(file), &mut bytes)?;
    Ok(Some(bytes))
}

fn sample(folder: tempfile::TempDir) -> anyhow::Result<Project> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let from = root.join("tests/fixtures/shop");
    for name in [
        "dbt_project.yml",
        "target/manifest.json",
        "models/marts/fct_orders.sql",
    ] {
        let to = folder.path().join(name);
        std::fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
        std::fs::copy(from.join(name), to)?;
    }
    Ok(Project {
        folder,
        name: "nobody, for want of the shared data",
        models: Vec::new(),
    })
}

/// A project as the program opens it.
pub(crate) fn open(folder: &Path) -> anyhow::Result<(ProjectFiles, Settings, LoadedManifest)> {
    let no_settings = serde_json::Value::Null;
    let env = |_: &str| None;
    let settings = project::settings(folder, Some(Path::new("none")), &no_settings, &env);
    let files = project::open(folder, &settings, &env)?;
    let manifest = project::read_manifest(&files);
    let manifest = manifest.map_err(|it| anyhow::anyhow!(it.problem(&files).message))?;
    Ok((files, settings, manifest))
}

/// Some of the project's models: relation and file.
fn models(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let (files, _, manifest) = open(folder)?;
    let own = manifest.read.nodes.iter();
    let own = own.filter(|it| it.package == files.dbt.name && it.path.ends_with(".sql"));
    let named = own.filter_map(|it| Some((it.relation.as_ref()?.to_string(), it)));
    let named = named.filter(|(name, _)| name.matches('.').count() == 2);
    let stored = named.map(|(name, it)| (name.to_uppercase(), PathBuf::from(&it.path)));
    let mut models: Vec<(String, PathBuf)> = stored.collect();
    models.sort();
    models.truncate(N_TABLES);
    Ok(models)
}
