//! Keys: missing ones, and those that the engine refuses, deprecates or does not read.

use dbt::{Change, EXPOSURE_KEYS, ExposureEntry, Field, KeyEntry, Taken, ValueKind};
use lineage::ExposureName;

use super::{Context, change, error, has_merged_keys, nearest, range_of, replace};
use crate::diagnostics::{Diagnostic, Fix};
use crate::exposure_plan;
use crate::exposures::entry::ExposureEntryAt;
use crate::text::plain;

pub(super) fn of_entry(context: &Context<'_>, at: &ExposureEntryAt) -> Vec<Diagnostic> {
    let entry = &at.entry;
    let mut all = Vec::new();
    all.extend(missing_type(entry));
    all.extend(owner(context, at));
    for key in &entry.keys {
        all.extend(match key.key.split_once('.') {
            None => top_level(context, entry, key),
            Some(("config", name)) => in_config(context, key, name),
            Some(_) => None,
        });
    }
    all
}

fn missing_type(entry: &ExposureEntry) -> Option<Diagnostic> {
    let is_missing = match entry.key("type") {
        Some(key) => key.kind == ValueKind::Null,
        None => !has_merged_keys(entry),
    };
    is_missing.then(|| {
        let message = format!("`{}` has no `type`; dbt stops at it", entry.name);
        error(entry.name_span.clone(), "exposure-key-missing", message)
    })
}

fn owner(context: &Context<'_>, at: &ExposureEntryAt) -> Option<Diagnostic> {
    let entry = &at.entry;
    let Some(key) = entry.key("owner") else {
        return (!has_merged_keys(entry)).then(|| Diagnostic {
            fixes: set_owner(context, at).into_iter().collect(),
            ..error(
                entry.name_span.clone(),
                "exposure-key-missing",
                format!("`{}` has no `owner`; dbt stops at it", entry.name),
            )
        });
    };
    match key.kind {
        // An owner without a value is one without a name.
        ValueKind::Map | ValueKind::Null => nameless_owner(context, at, key),
        _ => Some(error(
            range_of(key),
            "exposure-owner-unnamed",
            "`owner` is not made of `name` and `email`; dbt stops at it".to_owned(),
        )),
    }
}

fn nameless_owner(
    context: &Context<'_>,
    at: &ExposureEntryAt,
    key: &KeyEntry,
) -> Option<Diagnostic> {
    let entry = &at.entry;
    let is_known = entry.owner.name.is_some() || entry.owner.email.is_some();
    let is_written = |name: &str| entry.key(name).is_some_and(|it| it.kind != ValueKind::Null);
    let may_be = is_known
        || ["owner.name", "owner.email", "owner.<<"]
            .into_iter()
            .any(is_written);
    if may_be || context.engine.takes_nameless_owner() != Taken::No {
        return None;
    }
    let message = format!(
        "{} wants the owner's `name` or `email` and stops here",
        context.dbt()
    );
    Some(Diagnostic {
        fixes: set_owner(context, at).into_iter().collect(),
        ..error(range_of(key), "exposure-owner-unnamed", message)
    })
}

/// Tableau's owner, else the one that the settings name for such cases.
fn set_owner(context: &Context<'_>, at: &ExposureEntryAt) -> Option<Fix> {
    let lineage = &context.analysis.lineage;
    let subjects = at
        .exposure
        .map(|ix| lineage.subjects_of(ix))
        .unwrap_or_default();
    let mut names = subjects
        .iter()
        .map(|it| lineage.workbook(it.workbook))
        .filter_map(|it| exposure_plan::owner_name(context.analysis, it));
    let default = || context.analysis.options.exposures.owner.name.clone();
    let name = names.next().or_else(default)?;
    let edit = Change::Set {
        exposure: ExposureName::new(&at.entry.name),
        field: Field::OwnerName,
        value: plain(&name),
    };
    Some(change(format!("Set the owner to {}", plain(&name)), edit))
}

fn top_level(context: &Context<'_>, entry: &ExposureEntry, key: &KeyEntry) -> Option<Diagnostic> {
    if key.key == "<<" {
        return None;
    }
    let taken = context.engine.takes_key(&key.key);
    let severity = context.severity(taken)?;
    let (name, dbt) = (plain(&key.key), context.dbt());
    let belongs_to_config = matches!(key.key.as_str(), "meta" | "tags" | "enabled");
    let message = match taken {
        Taken::No if belongs_to_config => {
            format!("{dbt} refuses `{name}` here; its place is under `config`")
        }
        Taken::No => format!("{dbt} refuses the key `{name}` in an exposure"),
        _ => format!(
            "{dbt} says that the place of `{name}` is under `config`; later versions refuse it here"
        ),
    };
    let fixes = if belongs_to_config {
        vec![move_to_config(entry, key)]
    } else {
        nearest_key(entry, key).into_iter().collect()
    };
    let code = if taken == Taken::No {
        "exposure-key-refused"
    } else {
        "exposure-key-deprecated"
    };
    Some(Diagnostic {
        severity,
        fixes,
        ..error(key.key_span.clone(), code, message)
    })
}

fn move_to_config(entry: &ExposureEntry, key: &KeyEntry) -> Fix {
    let edit = Change::MoveToConfig {
        exposure: ExposureName::new(&entry.name),
        key: key.key.clone(),
    };
    Fix {
        is_preferred: true,
        ..change(format!("Move `{}` under `config`", key.key), edit)
    }
}

/// A key that is meant, unless it is written already.
fn nearest_key(entry: &ExposureEntry, key: &KeyEntry) -> Option<Fix> {
    let like = nearest::names(&key.key, EXPOSURE_KEYS.into_iter(), 1);
    let meant = like.into_iter().find(|it| entry.key(it).is_none())?;
    Some(replace(
        format!("Change to `{meant}`"),
        &key.key_span,
        meant,
    ))
}

fn in_config(context: &Context<'_>, key: &KeyEntry, name: &str) -> Option<Diagnostic> {
    let taken = context.engine.takes_config_key(name);
    let severity = context.severity(taken).filter(|_| name != "<<")?;
    let (shown, dbt) = (plain(name), context.dbt());
    let (code, message) = match taken {
        Taken::No => (
            "exposure-key-refused",
            format!("{dbt} refuses `{shown}` in the `config` of an exposure"),
        ),
        _ => (
            "exposure-config-unread",
            format!("{dbt} does not read `{shown}` under `config`, but beside `name`"),
        ),
    };
    Some(Diagnostic {
        severity,
        ..error(key.key_span.clone(), code, message)
    })
}
