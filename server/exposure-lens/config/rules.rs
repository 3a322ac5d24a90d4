//! `dbt.map`: how names of a target become production's.
//!
//! Rules of each place stand together, the user's before the team's: the first rule that
//! fits a relation decides, so that later wins here too and nobody loses the others'
//! rules by writing one. A rule that cannot be understood is left out as a whole: without
//! the part that is not understood it would rename more, or to something else.

use lineage::{NamePattern, NameRule};
use serde_json::{Map, Value};

use super::check::{Taken, unknown_keys};
use super::{Origin, Settings};

const KEYS: [&str; 3] = ["project", "from", "to"];
const PARTS: [&str; 3] = ["database", "schema", "name"];

/// A rule that settings hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    /// The rule.
    pub rule: NameRule,
    /// The dbt project that it is for, by name; none for every project that the file is for.
    pub project: Option<String>,
    /// Who says so.
    pub origin: Origin,
}

impl RuleSetting {
    /// A rule as it is written for a project, or for every one.
    pub fn new(rule: NameRule, project: Option<&str>) -> RuleSetting {
        RuleSetting {
            rule,
            project: project.map(str::to_owned),
            origin: Origin::BuiltIn,
        }
    }

    /// The rule that an item of `dbt.map` holds, whoever wrote it.
    pub fn read(item: &Value) -> Option<RuleSetting> {
        RuleSetting::parse(item, &Origin::BuiltIn).ok()
    }

    fn parse(item: &Value, origin: &Origin) -> Result<RuleSetting, String> {
        let Some(fields) = item.as_object() else {
            return Err("is no rule: it takes {from, to}".to_owned());
        };
        refuse_unknown(fields.keys(), &KEYS)?;
        let rule = NameRule {
            from: pattern("from", fields.get("from"))?,
            to: pattern("to", fields.get("to"))?,
        };
        rule.check()
            .map_err(|reason| format!("makes no sense: {reason}"))?;
        Ok(RuleSetting {
            rule,
            project: text("project", fields.get("project"))?,
            origin: origin.clone(),
        })
    }

    /// The rule as it stands in settings.
    pub fn to_value(&self) -> Value {
        let mut fields = Map::new();
        if let Some(project) = &self.project {
            fields.insert("project".to_owned(), Value::from(project.as_str()));
        }
        fields.insert("from".to_owned(), pattern_to_value(&self.rule.from));
        fields.insert("to".to_owned(), pattern_to_value(&self.rule.to));
        Value::Object(fields)
    }

    fn is_for(&self, project: &str) -> bool {
        self.project.as_deref().is_none_or(|it| it == project)
    }
}

impl Settings {
    /// `dbt.map`: the rules for the dbt project of this name, with who wrote them; the
    /// first that fits a relation counts.
    pub fn name_rules_of(&self, project: &str) -> impl Iterator<Item = &RuleSetting> {
        self.rules.iter().filter(move |it| it.is_for(project))
    }

    /// The same rules alone.
    pub fn name_rules(&self, project: &str) -> Vec<NameRule> {
        let rules = self.name_rules_of(project);
        rules.map(|it| it.rule.clone()).collect()
    }

    /// Puts the rules of `items`, which [`sift`] has let through, before those of weaker
    /// places and in place of what `origin` said before; gives all as they count now.
    pub(super) fn lay_rules(&mut self, items: &Value, origin: &Origin) -> Value {
        let items = items.as_array().into_iter().flatten();
        let new = items.filter_map(|it| RuleSetting::parse(it, origin).ok());
        let mut rules: Vec<RuleSetting> = new.collect();
        rules.extend(self.rules.drain(..).filter(|it| it.origin != *origin));
        self.rules = rules;
        self.rules.iter().map(RuleSetting::to_value).collect()
    }
}

fn pattern_to_value(pattern: &NamePattern) -> Value {
    let parts = [&pattern.database, &pattern.schema, &pattern.name];
    let stated = PARTS.into_iter().zip(parts);
    let stated = stated.filter_map(|(name, part)| Some((name.to_owned(), part.as_deref()?.into())));
    Value::Object(stated.collect())
}

/// The items that are rules, and what is wrong with the others.
pub(super) fn sift(items: Vec<Value>) -> Taken {
    let mut notes = Vec::new();
    let mut rules = Vec::new();
    for (n, item) in items.into_iter().enumerate() {
        match RuleSetting::parse(&item, &Origin::BuiltIn) {
            Ok(_) => rules.push(item),
            Err(reason) => notes.push((n, format!("{reason}; it is ignored"))),
        }
    }
    Taken {
        value: Value::Array(rules),
        notes,
    }
}

fn pattern(side: &str, value: Option<&Value>) -> Result<NamePattern, String> {
    let Some(value) = value.filter(|it| !it.is_null()) else {
        return Ok(NamePattern::default());
    };
    let Some(parts) = value.as_object() else {
        return Err(format!(
            "has a `{side}` that is none: it takes {{database, schema, name}}"
        ));
    };
    refuse_unknown(parts.keys(), &PARTS).map_err(|reason| format!("in `{side}` {reason}"))?;
    let [database, schema, name] = PARTS.map(|it| text(it, parts.get(it)));
    let within = |reason: String| format!("in `{side}` {reason}");
    Ok(NamePattern {
        database: database.map_err(within)?,
        schema: schema.map_err(within)?,
        name: name.map_err(within)?,
    })
}

fn text(name: &str, value: Option<&Value>) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Err(format!("`{name}` is empty")),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{name}` is no text: put it in quotes")),
    }
}

fn refuse_unknown<'a>(
    keys: impl Iterator<Item = &'a String>,
    known: &'static [&'static str],
) -> Result<(), String> {
    unknown_keys(keys, known).next().map_or(Ok(()), Err)
}
