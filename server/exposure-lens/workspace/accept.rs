//! Accepting rules for names: they are written into a settings file, at the end of
//! `dbt.map`.
//!
//! The rest of the file stays byte for byte, comments included. What the new text says is
//! read again: the old settings with exactly these rules added, else nothing is written
//! and the reason says what to do. Whether to accept them is the user's to say.

use std::path::{Path, PathBuf};

use dbt::{NewItem, NewValue, TextEdit};
use lineage::{NamePattern, NameRule};
use serde_json::{Value, json};

use super::Env;
use super::project::ProjectFiles;
use super::write;
use crate::config::{self, RuleSetting};
use crate::disk;

/// For whom a rule is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// The user, wherever they have the project: `config.yml`, for this project alone.
    Me,
    /// Everyone who works on the project: `exposure-lens.yml`.
    Team,
}

/// A settings file with rules that are to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// For whom.
    pub who: For,
    /// The file.
    pub path: PathBuf,
    /// Its text; `None` where there is no such file.
    pub before: Option<String>,
    /// Its text with the rules.
    pub after: String,
}

/// The file that rules are written to. `None` where the system names no folder for the
/// user's settings.
pub fn file_for(
    who: For,
    project: &ProjectFiles,
    user_file: Option<&Path>,
    env: Env<'_>,
) -> Option<PathBuf> {
    match who {
        For::Me => config::user_file(user_file, &env),
        For::Team => Some(project.root.join("exposure-lens.yml")),
    }
}

/// The whole text of a settings file with `rules` added, for the dbt project of that name
/// alone where one is given. The text as it is where it has them all.
///
/// # Errors
/// Why the file is left as it is, for a person who knows which file it is.
pub fn accept_edit(
    text: Option<&str>,
    rules: &[NameRule],
    project: Option<&str>,
) -> Result<String, String> {
    let text = text.unwrap_or_default();
    rules.iter().try_for_each(NameRule::check)?;
    let before = read_settings(text)?;
    let path = path_in(&before);
    let lacking = lacking(&before, &path, rules, project);
    if lacking.is_empty() {
        return Ok(text.to_owned());
    }
    let items: Vec<NewItem> = lacking.iter().map(|it| item(it, project)).collect();
    let edits = dbt::append_to_list(Some(text), &path, &items).map_err(|it| it.to_string())?;
    let after = TextEdit::apply_all(&edits, text);
    let added: Vec<Value> = lacking.iter().map(|it| to_value(it, project)).collect();
    match read_settings(&after) {
        Ok(read) if Some(&read) == with(before, &path, added).as_ref() => Ok(after),
        _ => Err("the rule cannot be added without changing something else; add it by hand".into()),
    }
}

/// What accepting `rules` for `who` means, for the files as they are now.
///
/// # Errors
/// Why nothing is changed, for a person.
pub fn plan(
    who: For,
    rules: &[NameRule],
    project: &ProjectFiles,
    user_file: Option<&Path>,
    env: Env<'_>,
) -> Result<Acceptance, String> {
    let Some(named) = file_for(who, project, user_file, env) else {
        return Err(
            "no folder is known for your own settings: set EXPOSURE_LENS_CONFIG_DIR".into(),
        );
    };
    let left = |reason: String| format!("{} is left as it is: {reason}", named.display());
    let root = disk::repository_root(&project.root);
    if who == For::Team && !disk::is_inside(root, &named) {
        return Err(left("it is a link out of the repository".to_owned()));
    }
    // A link stays one: what it leads to is replaced.
    let path = disk::canonical(&named).unwrap_or_else(|| named.clone());
    let before = read_text(&path).map_err(left)?;
    let only = (who == For::Me).then_some(project.dbt.name.as_str());
    let only = only.filter(|it| !it.is_empty());
    let after = accept_edit(before.as_deref(), rules, only).map_err(left)?;
    Ok(Acceptance {
        who,
        path,
        before,
        after,
    })
}

impl Acceptance {
    /// Whether the file has the rules already.
    pub fn is_done(&self) -> bool {
        self.before.as_deref() == Some(&self.after)
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// Why it is left as it is, for a person.
    pub fn write(&self) -> Result<(), String> {
        if self.is_done() {
            return Ok(());
        }
        if let (For::Me, Some(folder)) = (self.who, self.path.parent()) {
            disk::private::create_folder(folder)
                .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        }
        let shown = self.path.to_string_lossy();
        write::replace(&self.path, self.before.as_deref(), &self.after)
            .map_err(|why| why.said(&shown))
    }
}

fn read_text(path: &Path) -> Result<Option<String>, String> {
    match write::read_text(path)? {
        None if path.is_symlink() => {
            Err("it is a link that leads nowhere; mend or remove the link first".to_owned())
        }
        read => Ok(read),
    }
}

/// The settings that a text holds: keys, or nothing at all.
fn read_settings(text: &str) -> Result<Value, String> {
    match config::read_yaml(text) {
        Ok(Value::Null) => Ok(json!({})),
        Ok(value) if value.is_object() => Ok(value),
        Ok(_) => Err("it holds no settings but a list or a text; mend it first".to_owned()),
        Err(error) => Err(format!("it is not valid YAML: {error}; mend it first")),
    }
}

/// Where the file has its rules, or would have them: settings may be written with dots.
fn path_in(settings: &Value) -> Vec<&'static str> {
    match settings.get("dbt.map") {
        Some(_) => vec!["dbt.map"],
        None => vec!["dbt", "map"],
    }
}

/// The rules that the list does not have, each once.
fn lacking<'r>(
    settings: &Value,
    path: &[&str],
    rules: &'r [NameRule],
    project: Option<&str>,
) -> Vec<&'r NameRule> {
    let list = path.iter().try_fold(settings, |it, &key| it.get(key));
    let items = list.and_then(Value::as_array).into_iter().flatten();
    let present: Vec<RuleSetting> = items.filter_map(RuleSetting::read).collect();
    let mut lacking: Vec<&NameRule> = Vec::new();
    for rule in rules {
        let is_it = |it: &RuleSetting| it.rule == *rule && it.project.as_deref() == project;
        if !present.iter().any(is_it) && !lacking.contains(&rule) {
            lacking.push(rule);
        }
    }
    lacking
}

fn item(rule: &NameRule, project: Option<&str>) -> NewItem {
    let project = project.map(|it| ("project".to_owned(), NewValue::Text(it.to_owned())));
    let sides = [("from", &rule.from), ("to", &rule.to)];
    let sides = sides.map(|(key, it)| (key.to_owned(), NewValue::Map(parts(it))));
    NewItem {
        keys: project.into_iter().chain(sides).collect(),
    }
}

fn parts(pattern: &NamePattern) -> Vec<(String, String)> {
    let parts = [
        ("database", &pattern.database),
        ("schema", &pattern.schema),
        ("name", &pattern.name),
    ];
    let stated = parts
        .into_iter()
        .filter_map(|(name, part)| Some((name, part.as_ref()?)));
    stated
        .map(|(name, part)| (name.to_owned(), part.clone()))
        .collect()
}

fn to_value(rule: &NameRule, project: Option<&str>) -> Value {
    RuleSetting::new(rule.clone(), project).to_value()
}

/// The settings with `added` at the end of the list at `path`.
fn with(mut settings: Value, path: &[&str], added: Vec<Value>) -> Option<Value> {
    let (list, above) = path.split_last()?;
    let mut at = &mut settings;
    for key in above {
        at = at.as_object_mut()?.entry(*key).or_insert(Value::Null);
        if at.is_null() {
            *at = json!({});
        }
    }
    let list = at.as_object_mut()?.entry(*list).or_insert(Value::Null);
    if list.is_null() {
        *list = json!([]);
    }
    list.as_array_mut()?.extend(added);
    Some(settings)
}

#[cfg(test)]
mod tests;
