//! The one list of settings: names, kinds, defaults and what they do.
//!
//! What a kind takes is in `config/check.rs`.

use serde_json::{Value, json};

/// A setting.
#[derive(Debug)]
pub struct Key {
    /// Its dotted name, as in `exposure-lens.yml` and in the editor's section.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Who may set it.
    pub scope: Scope,
    /// Its default, as JSON.
    pub default: &'static str,
    /// What it does, for a person.
    pub doc: &'static str,
}

/// Who may set a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The team, the user and the editor.
    Anyone,
    /// The user's own file alone. What a repository holds must not lower the guard of a
    /// connection, and an editor's section can come from a folder of the repository.
    UserFile,
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
    /// A path or an `https` address, or nothing; from a repository the path stays in it.
    PathOrUrl,
    /// An `https` or `http` address, or nothing.
    Url,
    /// A number with a unit: `30m`, `6h`, `2d`.
    Duration,
    /// A path inside the project, or nothing.
    PathInProject,
    /// A list of texts.
    Texts,
    /// A list of globs; from the team's file they stay in the repository.
    Globs,
    /// A list of hosts, each with or without a port.
    Hosts,
    /// A list of Tableau sites with what is wanted of each.
    Sites,
    /// A list of rules for names, each from one name to another.
    NameRules,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// Every setting, in the order of the documentation.
pub const KEYS: &[Key] = &[
    Key {
        name: "dbt.manifest",
        kind: Kind::Path,
        scope: Scope::Anyone,
        default: "null",
        doc: "Path of manifest.json, relative to the project. Default: where dbt writes it \
              (DBT_TARGET_PATH, target-path, target).",
    },
    Key {
        name: "dbt.production_manifest",
        kind: Kind::Path,
        scope: Scope::Anyone,
        default: "null",
        doc: "Path of production's manifest.json or of its folder, relative to the project: what \
              Tableau reads is compared with its names. Default: the folder that \
              DBT_DEFER_STATE or DBT_STATE names, then dbt_cloud_defer in the target folder.",
    },
    Key {
        name: "dbt.map",
        kind: Kind::NameRules,
        scope: Scope::Anyone,
        default: "[]",
        doc: "Rules from the names of the manifest to production's, each {from, to} with \
              database, schema and name; * stands for any text. What `from` leaves out may be \
              anything, what `to` leaves out stays. Your own come before the team's; \
              `project` keeps a rule to one dbt project.",
    },
    Key {
        name: "tableau.files",
        kind: Kind::Globs,
        scope: Scope::Anyone,
        default: r#"["**/*.{twb,twbx,tds,tdsx}"]"#,
        doc: "Globs of workbook and datasource files, below the project and its Git root. \
              Files that Git ignores, hidden folders, packages and target folders are left out.",
    },
    Key {
        name: "tableau.sites",
        kind: Kind::Sites,
        scope: Scope::Anyone,
        default: "[]",
        doc: "Sites of Tableau Cloud or Server to read, each {url, projects, exclude}: an address \
              as the browser shows it, and globs of project paths (Finance/**) that are wanted \
              or left out. Sign in with `exposure-lens login URL`.",
    },
    Key {
        name: "tableau.snapshot",
        kind: Kind::PathOrUrl,
        scope: Scope::Anyone,
        default: "null",
        doc: "Path or https address of a team snapshot (written by `exposure-lens pull \
              --output FILE`): Tableau's content without an account.",
    },
    Key {
        name: "tableau.max_age",
        kind: Kind::Duration,
        scope: Scope::Anyone,
        default: r#""6h""#,
        doc: "How old the content of a site may become before it is fetched again in the \
              background: 30m, 6h, 2d.",
    },
    Key {
        name: "tableau.public_url",
        kind: Kind::Url,
        scope: Scope::Anyone,
        default: "null",
        doc: "Address at which people's browsers reach a Server that has another name in \
              tableau.sites. Links are written with it.",
    },
    Key {
        name: "tableau.ca_file",
        kind: Kind::Path,
        scope: Scope::UserFile,
        default: "null",
        doc: "PEM file with certificate authorities to trust beside the system's, for a Server \
              with a certificate of the company's own. Only in your own config.yml.",
    },
    Key {
        name: "tableau.insecure",
        kind: Kind::Hosts,
        scope: Scope::UserFile,
        default: "[]",
        doc: "Hosts whose certificate is not checked, for old Servers: anyone on the way can then \
              read your token. Only in your own config.yml.",
    },
    Key {
        name: "exposures.path",
        kind: Kind::PathInProject,
        scope: Scope::Anyone,
        default: "null",
        doc: "File for new exposures, inside the project; {project} and {workbook} may be used. \
              Default: exposures/tableau.yml in the first model path.",
    },
    Key {
        name: "exposures.grain",
        kind: Kind::Choice(&["workbook", "dashboard"]),
        scope: Scope::Anyone,
        default: r#""workbook""#,
        doc: "What gets an exposure: each workbook, or each of its dashboards.",
    },
    Key {
        name: "exposures.tags",
        kind: Kind::Texts,
        scope: Scope::Anyone,
        default: "[]",
        doc: "Tags that every new exposure gets.",
    },
    Key {
        name: "exposures.owner.name",
        kind: Kind::Text,
        scope: Scope::Anyone,
        default: r#""unknown""#,
        doc: "Owner of a new exposure where Tableau names none. dbt refuses an empty owner.",
    },
    Key {
        name: "exposures.owner.email",
        kind: Kind::Text,
        scope: Scope::Anyone,
        default: "null",
        doc: "E-mail address of that owner.",
    },
    Key {
        name: "exposures.owner_email",
        kind: Kind::Flag,
        scope: Scope::Anyone,
        default: "false",
        doc: "Write the e-mail addresses that Tableau names into new exposures. They stay in Git.",
    },
    Key {
        name: "lens.enabled",
        kind: Kind::Flag,
        scope: Scope::Anyone,
        default: "true",
        doc: "Show a line above models, seeds, snapshots and sources with the dashboards that \
              use them.",
    },
    Key {
        name: "lens.properties",
        kind: Kind::Flag,
        scope: Scope::Anyone,
        default: "true",
        doc: "Show that line in properties files too, above each name.",
    },
    Key {
        name: "lens.indirect",
        kind: Kind::Flag,
        scope: Scope::Anyone,
        default: "true",
        doc: "Show it on nodes that dashboards reach only through other nodes.",
    },
    Key {
        name: "lens.zero",
        kind: Kind::Flag,
        scope: Scope::Anyone,
        default: "true",
        doc: "Show it on nodes that no dashboard uses.",
    },
];

impl Kind {
    /// Whether `null` is a value of its own.
    pub fn is_optional(self) -> bool {
        matches!(
            self,
            Kind::Text | Kind::Path | Kind::PathInProject | Kind::PathOrUrl | Kind::Url
        )
    }

    /// Whether it is a list of which one bad item takes nothing from the others.
    pub fn is_list_of_equals(self) -> bool {
        matches!(self, Kind::Hosts | Kind::Sites | Kind::NameRules)
    }

    /// What it takes, in words.
    pub fn describe(self) -> String {
        let words = match self {
            Kind::Flag => "true or false",
            Kind::Text => "a text",
            Kind::Path | Kind::PathInProject => "a path",
            Kind::PathOrUrl => "a path or an https address",
            Kind::Url => "an https address",
            Kind::Duration => "a time such as 30m, 6h or 2d",
            Kind::Texts => "a list of texts",
            Kind::Globs => "a list of globs",
            Kind::Hosts => "a list of hosts",
            Kind::Sites => "a list of sites, each {url, projects, exclude}",
            Kind::NameRules => "a list of rules, each {from, to}",
            Kind::Choice(words) => return words.join(" or "),
        };
        words.to_owned()
    }

    /// Whether a value has the right shape in JSON.
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Kind::Flag => value.is_boolean(),
            Kind::Duration => value.is_string(),
            Kind::Text | Kind::Path | Kind::PathInProject | Kind::PathOrUrl | Kind::Url => {
                value.is_string() || value.is_null()
            }
            Kind::Texts | Kind::Globs => value
                .as_array()
                .is_some_and(|list| list.iter().all(Value::is_string)),
            Kind::Hosts | Kind::Sites | Kind::NameRules => value.is_array(),
            Kind::Choice(words) => value.as_str().is_some_and(|it| words.contains(&it)),
        }
    }

    fn schema(self) -> Value {
        match self {
            Kind::Flag => json!({"type": "boolean"}),
            Kind::Duration => json!({"type": "string", "pattern": r"^\d+ *[mhd]$"}),
            Kind::Text | Kind::Path | Kind::PathInProject | Kind::PathOrUrl | Kind::Url => {
                json!({"type": ["string", "null"]})
            }
            Kind::Texts | Kind::Globs | Kind::Hosts => texts(),
            Kind::Choice(words) => json!({"type": "string", "enum": words}),
            Kind::Sites => json!({"type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["url"],
                "properties": {"url": {"type": "string"}, "projects": texts(), "exclude": texts()},
            }}),
            Kind::NameRules => json!({"type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["to"],
                "properties": {"project": {"type": "string"}, "from": name(), "to": name()},
            }}),
        }
    }
}

fn name() -> Value {
    let part = json!({"type": ["string", "null"]});
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {"database": part, "schema": part, "name": part},
    })
}

fn texts() -> Value {
    json!({"type": "array", "items": {"type": "string"}})
}

impl Key {
    /// Its default.
    pub fn default_value(&self) -> Value {
        serde_json::from_str(self.default).expect("defaults are JSON: a test reads them all")
    }

    /// Its JSON schema, for editors.
    pub fn schema(&self) -> Value {
        let mut schema = self.kind.schema();
        schema["default"] = self.default_value();
        schema["description"] = Value::from(self.doc);
        schema
    }
}

/// Settings of the editor's section that are the extension's own, not the server's.
pub fn is_client_only(name: &str) -> bool {
    name.starts_with("server.") || name.starts_with("trace.")
}
