//! Projects to read: real ones, with their files written anew from what their manifest
//! keeps of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use dbt::Manifest;
use serde::Deserialize;

/// The text of a manifest of the shared data.
pub(super) fn packed(data: &Path, name: &str) -> Vec<u8> {
    let path = data.join(format!("dbt/manifests/{name}.json.gz"));
    let packed = fs::File::open(path).expect("a manifest");
    let mut text = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(packed);
    reader.read_to_end(&mut text).expect("gzip");
    text
}

pub(super) fn manifest(bytes: &[u8]) -> Manifest {
    Manifest::parse(bytes).expect("a manifest")
}

/// What a manifest keeps of its project's files.
#[derive(Deserialize)]
pub(super) struct Texts {
    nodes: BTreeMap<String, Definition>,
    macros: BTreeMap<String, Macro>,
    disabled: BTreeMap<String, Vec<Definition>>,
}

#[derive(Deserialize)]
struct Definition {
    resource_type: String,
    package_name: String,
    original_file_path: String,
    name: String,
    raw_code: Option<String>,
}

#[derive(Deserialize)]
struct Macro {
    package_name: String,
    original_file_path: String,
    macro_sql: String,
}

impl Texts {
    pub(super) fn of(manifest: &[u8]) -> Texts {
        serde_json::from_slice(manifest).expect("a manifest")
    }

    /// Models in SQL: id, path, text.
    pub(super) fn models(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let models = self.nodes.iter().filter(|(_, it)| {
            it.resource_type == "model" && it.original_file_path.ends_with(".sql")
        });
        models.map(|(id, it)| {
            let text = it.raw_code.as_deref().unwrap_or_default();
            (id.as_str(), it.original_file_path.as_str(), text)
        })
    }

    /// Writes the files of `package`, a project whose folder is `root`: models, snapshots,
    /// macros, and seeds without rows. YAML is not kept in manifests.
    pub(super) fn write(&self, package: &str, root: &Path) {
        let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
        let is_its = |it: &&Definition| it.package_name == package;
        for node in self.nodes.values().filter(is_its) {
            let file = root.join(path(&node.original_file_path));
            if let Some(text) = node.text() {
                *files.entry(file).or_default() += &text;
            }
        }
        for node in self.disabled.values().flatten().filter(is_its) {
            let file = root.join(path(&node.original_file_path));
            if let Some(text) = node.text() {
                files.entry(file).or_insert(text);
            }
        }
        for it in self.macros.values().filter(|it| it.package_name == package) {
            let file = files.entry(root.join(path(&it.original_file_path)));
            *file.or_default() += &format!("{}\n", it.macro_sql);
        }
        for (path, text) in files {
            let folder = path.parent().expect("a folder");
            fs::create_dir_all(folder).expect("make a folder");
            fs::write(path, text).expect("write");
        }
    }
}

impl Definition {
    /// The text of its file, or its part of it.
    fn text(&self) -> Option<String> {
        let code = self.raw_code.clone().unwrap_or_default();
        match self.resource_type.as_str() {
            _ if self.original_file_path.ends_with("yml") => None,
            "model" => Some(code),
            "snapshot" => Some(format!(
                "{{% snapshot {} %}}\n{code}\n{{% endsnapshot %}}\n",
                self.name
            )),
            "seed" => Some("id\n".to_owned()),
            _ => None,
        }
    }
}

/// A path of a manifest, which Windows writes with `\`.
fn path(written: &str) -> String {
    written.replace('\\', "/")
}
