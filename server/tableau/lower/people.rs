//! People, and warnings that they gave.

use lineage::Person;

use crate::records::{PersonRecord, WarningRecord};

/// An owner: the full name, else the name for signing in.
pub(super) fn owner(record: Option<&PersonRecord>) -> Person {
    let Some(it) = record else {
        return Person::default();
    };
    Person {
        name: it.name.clone().or_else(|| it.username.clone()),
        email: it.email.clone(),
    }
}

/// The warnings that are in force, a line each, each once.
pub(super) fn warnings(all: &[WarningRecord]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in all.iter().filter(|it| it.is_active).map(line) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn line(it: &WarningRecord) -> String {
    let kind = it.value.as_deref().or(it.category.as_deref());
    let kind = kind.unwrap_or("Warning");
    let message = it.message.as_deref().unwrap_or_default();
    match message.lines().map(str::trim).find(|it| !it.is_empty()) {
        Some(message) => format!("{kind}: {message}"),
        None => kind.to_owned(),
    }
}
