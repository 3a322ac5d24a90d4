//! Settings: read from each place they may stand in, merged, never a reason to fail.
//!
//! The table in [`table`] is the one list of settings; the VS Code section, the
//! README and the JSON schema are made from it. Later wins: built-in, environment,
//! team file, user file, editor. An unknown key is a warning with the nearest
//! known one; a bad value keeps what was there and says so.
//!
//! What a repository holds is the team's file and, through a folder's settings, the
//! editor's section too: neither may weaken a connection or lead out of the repository.

mod check;
mod rules;
mod sites;
pub mod table;
mod tableau;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::check::Taken;
pub use self::rules::RuleSetting;
pub use self::sites::SiteSetting;
use self::table::{KEYS, Key, Kind};
pub use self::tableau::{SnapshotPlace, SnapshotSetting};

/// Where a setting's value came from, weakest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The default.
    BuiltIn,
    /// Environment variables: `TABLEAU_SITE_URL` names a site.
    Environment,
    /// `exposure-lens.yml` beside `dbt_project.yml`.
    Team(PathBuf),
    /// `config.yml` in the user's config folder, or the file given with `--config`.
    User(PathBuf),
    /// The editor's section.
    Editor,
}

impl Origin {
    /// Whether only the user can have said it. The editor's section does not count: folders
    /// can bring settings for it (`.vscode/settings.json`).
    pub fn is_the_users_own(&self) -> bool {
        matches!(
            self,
            Origin::BuiltIn | Origin::Environment | Origin::User(_)
        )
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::BuiltIn => f.write_str("default"),
            Origin::Environment => f.write_str("environment"),
            Origin::Team(path) | Origin::User(path) => write!(f, "{}", path.display()),
            Origin::Editor => f.write_str("editor"),
        }
    }
}

/// All settings in force, and what was wrong with those that are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    values: BTreeMap<&'static str, Setting>,
    /// `dbt.map` of every place, what counts first.
    rules: Vec<RuleSetting>,
    /// One line for each setting that was left out, for a person.
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    value: Value,
    /// The value without what must not be shown.
    shown: Value,
    origin: Origin,
}

impl Setting {
    fn new(key: &Key, value: Value, origin: Origin) -> Setting {
        Setting {
            shown: check::shown(key.kind, &value),
            value,
            origin,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        let values = KEYS.iter().map(|key| {
            let value = key.default_value();
            (key.name, Setting::new(key, value, Origin::BuiltIn))
        });
        Settings {
            values: values.collect(),
            rules: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl Settings {
    /// Lays a YAML settings file over what is there.
    pub fn lay_yaml(&mut self, text: &str, origin: &Origin) {
        match read_yaml(text) {
            Ok(Value::Null) => {}
            Ok(value) if value.is_object() => self.lay(&value, origin),
            Ok(_) => self.warnings.push(format!(
                "{origin}: not read as settings: it holds a list or a text, and no keys"
            )),
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

    /// Takes the site of `TABLEAU_SITE_URL` for the one to read, until a file names others.
    pub fn lay_environment(&mut self, env: &dyn Fn(&str) -> Option<String>) {
        let url = env("TABLEAU_SITE_URL").filter(|it| !it.trim().is_empty());
        if let Some(url) = url {
            let sites = serde_json::json!([{"url": url}]);
            self.set("tableau.sites", sites, &Origin::Environment);
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
        match check::take(key, value, origin) {
            Ok(Taken { value, notes }) => {
                let note = |(n, note)| format!("{origin}: `{name}[{n}]` {note}");
                self.warnings.extend(notes.into_iter().map(note));
                let value = match key.kind {
                    Kind::NameRules => self.lay_rules(&value, origin),
                    _ => value,
                };
                let setting = Setting::new(key, value, origin.clone());
                self.values.insert(key.name, setting);
            }
            Err(reason) => self
                .warnings
                .push(format!("{origin}: `{name}` {reason}; it is ignored")),
        }
    }

    /// Every setting with its value and where that came from, in the table's order, for
    /// a person: without the query of an address.
    pub fn in_force(&self) -> impl Iterator<Item = (&'static Key, &Value, &Origin)> {
        KEYS.iter().filter_map(|key| {
            let setting = self.values.get(key.name)?;
            Some((key, &setting.shown, &setting.origin))
        })
    }

    fn value(&self, name: &str) -> &Value {
        self.values
            .get(name)
            .map_or(&Value::Null, |setting| &setting.value)
    }

    fn origin(&self, name: &str) -> &Origin {
        self.values
            .get(name)
            .map_or(&Origin::BuiltIn, |setting| &setting.origin)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.value(name).as_str().map(str::to_owned)
    }

    /// Whether the team's file is what a setting comes from.
    pub fn is_from_team(&self, name: &str) -> bool {
        matches!(self.origin(name), Origin::Team(_))
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

    /// `dbt.production_manifest`: where production's manifest is, a file or its folder.
    pub fn production_manifest(&self) -> Option<String> {
        self.text("dbt.production_manifest")
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
                grain: match self.text("exposures.grain").as_deref() {
                    Some("dashboard") => ide::Grain::Dashboard,
                    _ => ide::Grain::Workbook,
                },
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

/// What a settings file says. The library takes what stands below a byte order mark for
/// another document.
///
/// # Errors
/// What the YAML library says.
pub fn read_yaml(text: &str) -> Result<Value, serde_yaml::Error> {
    serde_yaml::from_str(text.trim_start_matches('\u{feff}'))
}

fn unknown(name: &str, origin: &Origin) -> String {
    let hint = nearest(name, KEYS.iter().map(|key| key.name));
    format!("{origin}: unknown setting `{name}`{hint}")
}

/// A question after the nearest of the `known` names, or nothing where none is near.
fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> String {
    let near = known
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .min()
        .filter(|(distance, _)| *distance <= 1 + name.len() / 3);
    near.map_or(String::new(), |(_, known)| {
        format!("; did you mean `{known}`?")
    })
}

/// `{dbt: {manifest: x}}` and `{"dbt.manifest": x}` both become (`dbt.manifest`, x).
/// What stands at a setting's own name is its value, whatever it is.
fn flatten(prefix: &str, value: &Value, out: &mut Vec<(String, Value)>) {
    let is_setting = KEYS.iter().any(|key| key.name == prefix);
    let map = match value {
        Value::Object(map) if !is_setting => map,
        _ => {
            out.push((prefix.to_owned(), value.clone()));
            return;
        }
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

/// The user's settings file: the one that is named, else `config.yml` in the user's folder.
pub fn user_file(named: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let named = named.map(Path::to_owned);
    named.or_else(|| Some(user_folder(env)?.join("config.yml")))
}

/// The user's config folder: `EXPOSURE_LENS_CONFIG_DIR`, else the system's place for it.
pub fn user_folder(env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
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
