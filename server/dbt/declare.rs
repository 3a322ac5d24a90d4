//! A new exposure, written into a properties file as a careful colleague would.
//!
//! The edit adds lines and changes no other byte. New lines copy the file's
//! indent, quotes, order of keys, blank lines and line ends; where the file has
//! no habit, they look as the project's documentation shows. The result is read
//! again and must hold the old data and exactly the new entry. Where that cannot
//! be had, the edit is refused with a reason that a person can act on.
//!
//! Which workbook becomes an exposure, its name, and whether another file has
//! that name already is decided elsewhere.

pub(crate) mod content;
pub(crate) mod habits;
pub(crate) mod place;
pub(crate) mod strict;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod verify;
pub(crate) mod write;

use std::collections::HashSet;

use lineage::{ExposureName, Owner};

use crate::edit::TextEdit;
use crate::error::Error;
use crate::manifest::Engine;
use crate::refs::RefTarget;
use crate::yaml::Yaml;

pub use self::text::shown;

use self::content::{Content, content};
use self::habits::Habits;
use self::place::Place;
use self::write::item_lines;

/// An exposure that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExposure {
    /// Its name, which nothing else in the project may have.
    pub name: ExposureName,
    /// Tableau's title.
    pub label: String,
    /// Where the dashboard is found.
    pub url: Option<String>,
    /// Tableau's description.
    pub description: Option<String>,
    /// Who answers for it. dbt wants a name or an address.
    pub owner: Owner,
    /// The nodes it reads, by dbt's names.
    pub depends_on: Vec<RefTarget>,
    /// Tags for dbt's selectors.
    pub tags: Vec<String>,
    /// What tells the workbook again: `meta.tableau`.
    pub meta_tableau: Vec<(String, String)>,
}

/// The edit that adds `exposure` to a file; to a new one where `text` is `None`.
pub fn declare(
    text: Option<&str>,
    exposure: &NewExposure,
    engine: &Engine,
) -> Result<TextEdit, Error> {
    declare_all(text, std::slice::from_ref(exposure), engine)
}

/// The same for several, which come in this order. The file is read twice, however
/// many they are.
pub(crate) fn declare_all(
    text: Option<&str>,
    exposures: &[NewExposure],
    engine: &Engine,
) -> Result<TextEdit, Error> {
    let is_nobodys = |it: &Owner| it.name.is_none() && it.email.is_none();
    if exposures.iter().any(|it| is_nobodys(&it.owner)) {
        return Err(Error::OwnerMissing);
    }
    let text = text.unwrap_or_default();
    let yaml = Yaml::parse(text)?;
    let names: Vec<&str> = exposures.iter().map(|it| it.name.as_str()).collect();
    place::refuse_unsafe(text, &yaml, &names)?;
    if names.iter().collect::<HashSet<_>>().len() < names.len() {
        // Alone, the second one of a name learns where the first one stands.
        return Err(Error::EditNotExact);
    }
    let habits = Habits::of(text, &yaml);
    let place = Place::find(text, &yaml, &habits)?;
    let contents = exposures.iter().map(|it| content(it, engine, &habits));
    let contents: Vec<Content> = contents.collect();
    let items = contents.iter().map(|it| item_lines(it, &habits));
    let items: Vec<Vec<String>> = items.collect();
    let blank = vec![String::new(); habits.n_blank];
    let edit = place.edit(text, &items.join(blank.as_slice()), &habits);
    verify::verify(text, &yaml, &edit, &contents)?;
    Ok(edit)
}
