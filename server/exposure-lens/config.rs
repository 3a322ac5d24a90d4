//! Settings: read from each place they may stand in, merged, never a reason to fail.
//!
//! The table in [`table`] is the one list of settings; the VS Code section, the
//! README and the JSON schema are made from it. Later wins: built-in, team file,
//! user file, editor, command line. An unknown key is a warning with the nearest
//! known one; a bad value keeps what was there and says so.

pub mod table;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use self::table::{KEYS, Key, Kind};

/// Where a setting's value came from, weakest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The default.
    BuiltIn,
    /// `exposure-lens.yml` beside `dbt_project.yml`.
    Team(PathBuf),
    /// `config.yml` in the user's config folder, or the file given with `--config`.
    User(PathBuf),
    /// The editor's section.
    Editor,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::BuiltIn => f.write_str("default"),
            Origin::Team(path) | Origin::User(path) => write!(f, "{}", path.display()),
            Origin::Editor => f.write_str("editor"),
        }
    }
}

/// All settings in force, and what was wrong with those that are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    values: BTreeMap<&'static str, (Value, Origin)>,
    /// One line for each setting that was left out, for a person.
    pub warnings: Vec<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        let values = KEYS
            .iter()
            .map(|key| (key.name, (key.default_value(), Origin::BuiltIn)));
        Settings {
            values: values.collect(),
            warnings: Vec::new(),
        }
    }
}

impl Settings {
    /// Lays a YAML settings file over what is there.
    pub fn lay_yaml(&mut self, text: &str, origin: &Origin) {
        match serde_yaml::from_str::<Value>(text) {
            Ok(Value::Null) => {}
            Ok(value) => self.lay(&value, origin),
            Err(error) => self
                .warnings
                .push(format!("{origin}: not read as settings: {error}")),
        }
    }

    /// Lays the editor's section over what is there: bare, or wrapped in `exposureLens`
    /// or `exposure-lens`. What is no object says nothing.
    pub fn lay_editor(&mut self, section: &Value) {
        let wrapped = ["exposureLens", "exposure-lens", "exposure_lens"];
        let inner = wrapped
            .iter()
            .find_map(|name| section.get(name))
            .unwrap_or(section);
        if inner.is_object() {
            self.lay(inner, &Origin::Editor);
        }
    }

    fn lay(&mut self, section: &Value, origin: &Origin) {
        let mut flat = Vec::new();
        flatten("", section, &mut flat);
        for (name, value) in flat {
            self.set(&name, value, origin);
        }
    }

    fn set(&mut self, name: &str, value: Value, origin: &Origin) {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            if !table::is_client_only(name) {
                self.warnings.push(unknown(name, origin));
            }
            return;
        };
        if value.is_null() && !key.kind.is_optional() {
            return;
        }
        match key
            .check(&value)
            .and_then(|()| check_path(key, &value, origin))
        {
            Ok(()) => {
                self.values.insert(key.name, (value, origin.clone()));
            }
            Err(reason) => self
                .warnings
                .push(format!("{origin}: `{name}` {reason}; it is ignored")),
        }
    }

    /// Every setting with its value and where that came from, in the table's order.
    pub fn in_force(&self) -> impl Iterator<Item = (&'static Key, &Value, &Origin)> {
        KEYS.iter().filter_map(|key| {
            let (value, origin) = self.values.get(key.name)?;
            Some((key, value, origin))
        })
    }

    fn value(&self, name: &str) -> &Value {
        self.values
            .get(name)
            .map_or(&Value::Null, |(value, _)| value)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.value(name).as_str().map(str::to_owned)
    }

    /// Whether the team's file is what a setting comes from.
    pub fn is_from_team(&self, name: &str) -> bool {
        let origin = self.values.get(name).map(|(_, origin)| origin);
        matches!(origin, Some(Origin::Team(_)))
    }

    fn flag(&self, name: &str) -> bool {
        self.value(name).as_bool().unwrap_or_default()
    }

    fn list(&self, name: &str) -> Vec<String> {
        let items = self.value(name).as_array().into_iter().flatten();
        items
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect()
    }

    /// `dbt.manifest`: where the manifest is, when not where dbt would put it.
    pub fn manifest(&self) -> Option<String> {
        self.text("dbt.manifest")
    }

    /// `tableau.files`: globs of workbook and datasource files.
    pub fn tableau_files(&self) -> Vec<String> {
        self.list("tableau.files")
    }

    /// How answers are to look, for [`ide::Analysis`].
    pub fn ide_options(&self) -> ide::Options {
        ide::Options {
            lens: ide::LensOptions {
                enabled: self.flag("lens.enabled"),
                properties: self.flag("lens.properties"),
                indirect: self.flag("lens.indirect"),
                zero: self.flag("lens.zero"),
            },
            exposures: ide::ExposureOptions {
                path: self.text("exposures.path").map(|path| {
                    let path = path.replace('\\', "/");
                    path.trim_start_matches("./").to_owned()
                }),
                tags: self.list("exposures.tags"),
                owner: lineage::Owner {
                    name: self.text("exposures.owner.name"),
                    email: self.text("exposures.owner.email"),
                },
                owner_email: self.flag("exposures.owner_email"),
            },
        }
    }
}

fn unknown(name: &str, origin: &Origin) -> String {
    let near = KEYS
        .iter()
        .map(|key| (strsim::damerau_levenshtein(name, key.name), key.name))
        .min()
        .filter(|(distance, _)| *distance <= 1 + name.len() / 3);
    let hint = near.map_or(String::new(), |(_, known)| {
        format!("; did you mean `{known}`?")
    });
    format!("{origin}: unknown setting `{name}`{hint}")
}

/// `{dbt: {manifest: x}}` and `{"dbt.manifest": x}` both become (`dbt.manifest`, x).
/// A value that is a map itself (none is today) would end the path.
fn flatten(prefix: &str, value: &Value, out: &mut Vec<(String, Value)>) {
    let Value::Object(map) = value else {
        out.push((prefix.to_owned(), value.clone()));
        return;
    };
    for (name, value) in map {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        flatten(&path, value, out);
    }
}

/// A path from a file that others commit stays where it belongs: relative, and
/// without a step out. New exposures stay in the project, whoever says where, and
/// workbook files are looked for nowhere else, so that such a glob would match nothing.
fn check_path(key: &Key, value: &Value, origin: &Origin) -> Result<(), String> {
    let confined = match key.kind {
        Kind::PathInProject | Kind::Globs => true,
        Kind::Path => matches!(origin, Origin::Team(_)),
        _ => false,
    };
    if !confined {
        return Ok(());
    }
    let one = value.as_str().into_iter();
    let many = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    for path in one.chain(many) {
        let normal = path.replace('\\', "/");
        let inside = Path::new(&normal)
            .components()
            .all(|it| matches!(it, Component::Normal(_) | Component::CurDir));
        let drive = normal.as_bytes().get(1) == Some(&b':');
        if !inside || drive || normal.starts_with("//") {
            return Err(format!("leads out of the project: {path:?}"));
        }
    }
    Ok(())
}

/// The user's settings file: the one that is named, else `config.yml` in the user's folder.
pub fn user_file(named: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let named = named.map(Path::to_owned);
    named.or_else(|| Some(user_folder(env)?.join("config.yml")))
}

/// The user's config folder: `EXPOSURE_LENS_CONFIG_DIR`, else the system's place for it.
fn user_folder(env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if let Some(folder) = env("EXPOSURE_LENS_CONFIG_DIR") {
        return Some(PathBuf::from(folder));
    }
    let base = if cfg!(windows) {
        PathBuf::from(env("APPDATA")?)
    } else if let Some(base) = env("XDG_CONFIG_HOME").filter(|it| Path::new(it).is_absolute()) {
        PathBuf::from(base)
    } else {
        Path::new(&env("HOME")?).join(".config")
    };
    Some(base.join("exposure-lens"))
}

#[cfg(test)]
mod tests;
