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
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod verify;
pub(crate) mod write;

use lineage::{ExposureName, Owner};

use crate::edit::TextEdit;
use crate::error::Error;
use crate::manifest::Engine;
use crate::refs::RefTarget;
use crate::yaml::Yaml;

use self::content::content;
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
    if exposure.owner.name.is_none() && exposure.owner.email.is_none() {
        return Err(Error::OwnerMissing);
    }
    let text = text.unwrap_or_default();
    let yaml = Yaml::parse(text)?;
    place::refuse_unsafe(text, &yaml, exposure.name.as_str())?;
    let habits = Habits::of(text, &yaml);
    let place = Place::find(text, &yaml, &habits)?;
    let content = content(exposure, engine, &habits);
    let edit = place.edit(text, &item_lines(&content, &habits), &habits);
    verify::verify(text, &yaml, &edit, &content)?;
    Ok(edit)
}
