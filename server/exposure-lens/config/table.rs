//! The one list of settings: names, kinds, defaults and what they do.

use serde_json::{Value, json};

/// A setting.
#[derive(Debug)]
pub struct Key {
    /// Its dotted name, as in `exposure-lens.yml` and in the editor's section.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Its default, as JSON.
    pub default: &'static str,
    /// What it does, for a person.
    pub doc: &'static str,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A text, or nothing.
    Text,
    /// A path, or nothing; from the team's file it stays in the repository.
    Path,
    /// A path inside the project, or nothing.
    PathInProject,
    /// A list of texts.
    Texts,
    /// A list of globs; from the team's file they stay in the repository.
    Globs,
}

/// Every setting, in the order of the documentation.
pub const KEYS: &[Key] = &[
    Key {
        name: "dbt.manifest",
        kind: Kind::Path,
        default: "null",
        doc: "Path of manifest.json, relative to the project. Default: where dbt writes it \
              (DBT_TARGET_PATH, target-path, target).",
    },
    Key {
        name: "tableau.files",
        kind: Kind::Globs,
        default: r#"["**/*.{twb,twbx,tds,tdsx}"]"#,
        doc: "Globs of workbook and datasource files, below the project and its Git root. \
              Files that Git ignores, hidden folders, packages and target folders are left out.",
    },
    Key {
        name: "exposures.path",
        kind: Kind::PathInProject,
        default: "null",
        doc: "File for new exposures, inside the project; {project} and {workbook} may be used. \
              Default: exposures/tableau.yml in the first model path.",
    },
    Key {
        name: "exposures.tags",
        kind: Kind::Texts,
        default: "[]",
        doc: "Tags that every new exposure gets.",
    },
    Key {
        name: "exposures.owner.name",
        kind: Kind::Text,
        default: r#""unknown""#,
        doc: "Owner of a new exposure where Tableau names none. dbt refuses an empty owner.",
    },
    Key {
        name: "exposures.owner.email",
        kind: Kind::Text,
        default: "null",
        doc: "E-mail address of that owner.",
    },
    Key {
        name: "exposures.owner_email",
        kind: Kind::Flag,
        default: "false",
        doc: "Write the e-mail addresses that Tableau names into new exposures. They stay in Git.",
    },
    Key {
        name: "lens.enabled",
        kind: Kind::Flag,
        default: "true",
        doc: "Show a line above models, seeds, snapshots and sources with the dashboards that \
              use them.",
    },
    Key {
        name: "lens.properties",
        kind: Kind::Flag,
        default: "true",
        doc: "Show that line in properties files too, above each name.",
    },
    Key {
        name: "lens.indirect",
        kind: Kind::Flag,
        default: "true",
        doc: "Show it on nodes that dashboards reach only through other nodes.",
    },
    Key {
        name: "lens.zero",
        kind: Kind::Flag,
        default: "true",
        doc: "Show it on nodes that no dashboard uses.",
    },
];

impl Kind {
    /// Whether `null` is a value of its own.
    pub fn is_optional(self) -> bool {
        matches!(self, Kind::Text | Kind::Path | Kind::PathInProject)
    }

    /// What it takes, in words.
    pub fn describe(self) -> &'static str {
        match self {
            Kind::Flag => "true or false",
            Kind::Text => "a text",
            Kind::Path | Kind::PathInProject => "a path",
            Kind::Texts => "a list of texts",
            Kind::Globs => "a list of globs",
        }
    }
}

impl Key {
    /// Its default.
    pub fn default_value(&self) -> Value {
        serde_json::from_str(self.default).expect("defaults are JSON: a test reads them all")
    }

    /// Whether `value` is one that it takes.
    ///
    /// # Errors
    /// What it takes instead.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let fits = match self.kind {
            Kind::Flag => value.is_boolean(),
            Kind::Text | Kind::Path | Kind::PathInProject => value.is_string() || value.is_null(),
            Kind::Texts | Kind::Globs => value
                .as_array()
                .is_some_and(|list| list.iter().all(Value::is_string)),
        };
        if !fits {
            return Err(format!("takes {}", self.kind.describe()));
        }
        match self.kind {
            Kind::Globs => check_globs(value),
            _ => Ok(()),
        }
    }

    /// Its JSON schema, for editors.
    pub fn schema(&self) -> Value {
        let mut schema = match self.kind {
            Kind::Flag => json!({"type": "boolean"}),
            Kind::Text | Kind::Path | Kind::PathInProject => json!({"type": ["string", "null"]}),
            Kind::Texts | Kind::Globs => json!({"type": "array", "items": {"type": "string"}}),
        };
        schema["default"] = self.default_value();
        schema["description"] = Value::from(self.doc);
        schema
    }
}

/// One bad glob would silently leave files out.
fn check_globs(value: &Value) -> Result<(), String> {
    let globs = value.as_array().into_iter().flatten();
    for glob in globs.filter_map(Value::as_str) {
        globset::Glob::new(glob).map_err(|error| format!("has a glob that is none: {error}"))?;
    }
    Ok(())
}

/// Settings of the editor's section that are the extension's own, not the server's.
pub fn is_client_only(name: &str) -> bool {
    name.starts_with("server.") || name.starts_with("trace.")
}
