//! A change of the exposures in a properties file, as the edits that make it.
//!
//! Every edit is as small as it can be, is read again, and must hold the old data
//! with exactly the change that was meant; else it is refused with a reason that a
//! person can act on. A change that is made already gives no edits. Adding a new
//! exposure is [`crate::declare()`]'s business; which change is wanted is decided
//! elsewhere.

mod append;
mod config;
mod data;
mod delete;
mod dependencies;
mod disable;
pub(crate) mod file;
mod insert;
mod join;
mod lines;
mod remove;
mod scalar;
mod set;
#[cfg(test)]
mod tests;

use lineage::ExposureName;

use crate::declare::{self, NewExposure};
use crate::edit::TextEdit;
use crate::error::Error;
use crate::manifest::Engine;
use crate::refs::RefTarget;

pub use self::append::{NewItem, NewValue, append_to_list};
use self::file::{Exposure, File};
pub use self::scalar::replace_scalar;

/// What is to be changed. Exposures are named; a name that stands twice in the file
/// is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Adds exposures, in this order, and the file where there is none.
    Declare(Vec<NewExposure>),
    /// Adds what an exposure lacks in `depends_on`, in this order.
    AddDependencies {
        /// The exposure.
        exposure: ExposureName,
        /// What is added; what stands there already is left out.
        targets: Vec<RefTarget>,
    },
    /// Takes one item out of `depends_on`, with the comment behind it on its line.
    RemoveDependency {
        /// The exposure.
        exposure: ExposureName,
        /// What the item refers to.
        target: RefTarget,
    },
    /// Sets a text, where it stands or as a new key.
    Set {
        /// The exposure.
        exposure: ExposureName,
        /// Which.
        field: Field,
        /// Tableau's text; Jinja in it is made harmless.
        value: String,
    },
    /// Sets `config.enabled` to `false`, which takes it out of dbt's graph and keeps it.
    Disable(ExposureName),
    /// Takes the whole entry out.
    Remove(ExposureName),
    /// Makes one list of several top-level `exposures:` keys.
    JoinLists,
    /// Moves a top-level `meta` or `tags` under `config`.
    MoveToConfig {
        /// The exposure.
        exposure: ExposureName,
        /// `meta` or `tags`.
        key: String,
    },
}

/// A text of an exposure that Tableau knows too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `label`
    Label,
    /// `url`
    Url,
    /// `description`
    Description,
    /// `owner.name`
    OwnerName,
    /// `owner.email`
    OwnerEmail,
}

impl Field {
    /// The key, with a dot where it stands below another.
    pub fn key(self) -> &'static str {
        match self {
            Field::Label => "label",
            Field::Url => "url",
            Field::Description => "description",
            Field::OwnerName => "owner.name",
            Field::OwnerEmail => "owner.email",
        }
    }
}

/// The edits that make `change` in a file, in the text's order and not overlapping;
/// in a new file where `text` is `None`. None where all is as it is to be.
///
/// # Errors
/// Why the file is left as it is.
pub fn change(
    text: Option<&str>,
    change: &Change,
    engine: &Engine,
) -> Result<Vec<TextEdit>, Error> {
    let exposure = match change {
        Change::Declare(exposures) => {
            return declare::declare_all(text, exposures, engine).map(|it| vec![it]);
        }
        Change::JoinLists => return join::join_lists(&File::read(text.unwrap_or_default())?),
        Change::AddDependencies { exposure, .. }
        | Change::RemoveDependency { exposure, .. }
        | Change::Set { exposure, .. }
        | Change::MoveToConfig { exposure, .. }
        | Change::Disable(exposure)
        | Change::Remove(exposure) => exposure,
    };
    let file = File::read(text.unwrap_or_default())?;
    match file.exposure(exposure.as_str()) {
        Ok(exposure) => change_exposure(&file, exposure, change),
        // It is gone, as it is to be.
        Err(Error::ExposureMissing { .. }) if matches!(change, Change::Remove(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn change_exposure(
    file: &File<'_>,
    exposure: Exposure<'_>,
    change: &Change,
) -> Result<Vec<TextEdit>, Error> {
    match change {
        Change::AddDependencies { targets, .. } => dependencies::add(file, exposure, targets),
        Change::RemoveDependency { target, .. } => dependencies::remove(file, exposure, target),
        Change::Set { field, value, .. } => set::set(file, exposure, *field, value),
        Change::Disable(_) => disable::disable(file, exposure),
        Change::Remove(_) => remove::remove(file, exposure),
        Change::MoveToConfig { key, .. } => config::move_to_config(file, exposure, key),
        // They are no change of one exposure that is there.
        Change::Declare(_) | Change::JoinLists => Ok(Vec::new()),
    }
}
