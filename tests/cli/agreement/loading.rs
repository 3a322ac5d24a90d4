//! A project's analysis, loaded as the program loads it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use exposure_lens::workspace::code::{self, Listing};
use exposure_lens::workspace::content::{self, FileCache};
use exposure_lens::workspace::exposures::{self, YamlPlaces};
use exposure_lens::workspace::{self, Ingredients, Known, current, project};
use serde_json::Value;

pub(super) fn analysis(folder: &Path) -> ide::Analysis {
    let env = |_: &str| None;
    let user_file = folder.join("no-such-config.yml");
    let settings = project::settings(folder, Some(&user_file), &Value::Null, &env);
    let project = project::open(folder, &settings, &env).expect("a project");
    let manifest = project::read_manifest(&project).ok();
    let files = content::read_files(&project, &settings, &mut FileCache::default());
    let listing = Arc::new(Listing::of(&project));
    let code = code::Memory::default().read(&project, &listing, &HashMap::new());
    let mut memory = current::Memory::default();
    let current = current::read(
        &project,
        manifest.as_ref(),
        &listing,
        &code,
        &mut memory,
        &env,
    );
    let (yaml, _) = YamlPlaces::of(&project).files();
    let nodes = &current.nodes;
    let exposures = exposures::collect(&project, manifest.as_ref(), nodes, &yaml, &|_| None);
    workspace::analyse(Ingredients {
        project: &project,
        manifest: manifest.as_ref(),
        current: &current,
        exposures,
        known: &Known {
            contents: lineage::merge(vec![files.content]).into(),
            ..Known::default()
        },
        production: None,
        settings: &settings,
    })
}
