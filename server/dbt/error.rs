//! What can go wrong while dbt's files are read or edited.
//!
//! [`enum@Error`] says that a whole file gave nothing; a [`Problem`] says that a part
//! of it was left out. Hints on what to do about them are the face's business.

use std::ops::Range;

use thiserror::Error;

/// Why a whole file could not be read, or an edit not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The manifest has no content, as while dbt starts to write it.
    #[error("the manifest is empty")]
    ManifestEmpty,
    /// The manifest ends too early, as while dbt is writing it.
    #[error("the manifest breaks off after {n_bytes} bytes")]
    ManifestTruncated {
        /// How much of it there is.
        n_bytes: usize,
    },
    /// The manifest is not UTF-8 text.
    #[error("the manifest is not UTF-8 text from byte {offset} on")]
    ManifestNotUtf8 {
        /// The first byte that cannot be read.
        offset: usize,
    },
    /// The manifest is not JSON.
    #[error("the manifest is not JSON")]
    ManifestNotJson(#[source] serde_json::Error),
    /// The file is whole and JSON, and something other than a manifest.
    #[error("this is not a dbt manifest but {found}")]
    NotAManifest {
        /// What it is instead: `dbt's catalog.json`, `other JSON`.
        found: String,
    },
    /// `dbt_project.yml` is not YAML; the cause says what and where.
    #[error("dbt_project.yml is not valid YAML")]
    ProjectNotYaml(#[source] serde_yaml::Error),
    /// `dbt_project.yml` is empty, or a list or a text where keys are expected.
    #[error("dbt_project.yml holds no settings")]
    ProjectEmpty,
    /// `dbt_project.yml` is larger or nests deeper than any real one.
    #[error("dbt_project.yml is too large or too deeply nested")]
    ProjectTooLarge,
    /// A properties file is not YAML.
    #[error("line {line} is not valid YAML: {message}")]
    NotYaml {
        /// The line, counted from 1.
        line: usize,
        /// The byte that could not be read further.
        offset: usize,
        /// What is wrong with it.
        message: String,
    },
    /// A properties file is larger or nests deeper than any real one.
    #[error("the file is too large or too deeply nested to be read")]
    YamlTooLarge,
    /// The file has an exposure of that name.
    #[error("it has an exposure `{name}` on line {line}")]
    ExposureExists {
        /// The name.
        name: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// dbt refuses an exposure without an owner.
    #[error("dbt wants a name or an address of the exposure's owner, and neither is known")]
    OwnerMissing,
    /// Several YAML documents stand in one file.
    #[error("it holds several YAML documents (`---`), of which dbt takes one; split it first")]
    SeveralDocuments,
    /// The file is a list, a text, or keys between braces.
    #[error("its top level is not written as one key a line, as dbt expects of `exposures:`")]
    NotKeyPerLine,
    /// The key stands in the file twice.
    #[error("`exposures:` stands on line {first} and again on line {second}; join the lists first")]
    ExposuresTwice {
        /// The line of the first, counted from 1.
        first: usize,
        /// The line of the second.
        second: usize,
    },
    /// The list has an anchor or a tag, or is an alias.
    #[error(
        "`exposures:` on line {line} has an anchor, an alias or a tag, so other parts of the file depend on it"
    )]
    ExposuresShared {
        /// The line, counted from 1.
        line: usize,
    },
    /// The list is written between brackets.
    #[error("`exposures:` on line {line} is written between brackets; write one item a line first")]
    ExposuresInBrackets {
        /// The line, counted from 1.
        line: usize,
    },
    /// The key's value is a text or a map.
    #[error("`exposures:` on line {line} is not a list")]
    ExposuresNotAList {
        /// The line, counted from 1.
        line: usize,
    },
    /// The file has no exposure of that name.
    #[error("it has no exposure `{name}`")]
    ExposureMissing {
        /// The name.
        name: String,
    },
    /// Two exposures have one name.
    #[error(
        "it has an exposure `{name}` on line {first} and again on line {second}; rename or remove one of them first"
    )]
    ExposureTwice {
        /// The name.
        name: String,
        /// The line of the first, counted from 1.
        first: usize,
        /// The line of the second.
        second: usize,
    },
    /// The exposure stands in a list that dbt does not see.
    #[error(
        "the `exposures:` on line {line} hides exposure `{name}`, which stands below an earlier one; join the lists first"
    )]
    ExposureHidden {
        /// The name.
        name: String,
        /// The line of the key that counts, counted from 1.
        line: usize,
    },
    /// Lines end with a carriage return alone.
    #[error("it has line ends of old Macs (CR alone); save it with LF or CRLF first")]
    MacLineEnds,
    /// A line ends as only dbt Core takes it.
    #[error(
        "line {line} holds a line end that only some programs take for one (U+0085, U+2028 or U+2029); remove it first"
    )]
    UnicodeLineEnd {
        /// The line, counted from 1.
        line: usize,
    },
    /// A line that starts with a tab would stop dbt below what is written.
    #[error(
        "line {line} starts with a tab, which dbt refuses below what would be written; remove the tab first"
    )]
    TabBelow {
        /// The line, counted from 1.
        line: usize,
    },
    /// A key's value is no list.
    #[error("`{key}` on line {line} is not a list; make it one first")]
    NotAList {
        /// The key.
        key: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// A key's value has no keys below it.
    #[error("`{key}` on line {line} has no keys below it; write it as a map first")]
    NotAMap {
        /// The key.
        key: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// A key's value is a list or a map.
    #[error("`{key}` on line {line} is a list or a map; change it by hand")]
    NotAText {
        /// The key.
        key: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// A text was written with Jinja by a person.
    #[error(
        "`{key}` on line {line} holds Jinja that someone wrote and an edit would undo; change it by hand"
    )]
    HoldsJinja {
        /// The key.
        key: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// An item of `depends_on` says more than the one call.
    #[error("the item of `depends_on` on line {line} holds more than this call; change it by hand")]
    NotOneCall {
        /// The line, counted from 1.
        line: usize,
    },
    /// A key stands twice in one exposure.
    #[error("`{key}` stands on line {first} and again on line {second}; join them first")]
    KeyTwice {
        /// The key.
        key: String,
        /// The line of the first, counted from 1.
        first: usize,
        /// The line of the second.
        second: usize,
    },
    /// What is to be moved under `config` is there already.
    #[error("`config` has `{key}` on line {line} already; join the two by hand")]
    ConfigHasKey {
        /// The key.
        key: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// A map is written between braces.
    #[error("what stands on line {line} is written between braces; write one key a line first")]
    InBraces {
        /// The line, counted from 1.
        line: usize,
    },
    /// What is to be changed is an alias, or an alias refers to it.
    #[error(
        "line {line} has an anchor or an alias, so a change there would change other parts of the file; edit it by hand"
    )]
    Shared {
        /// The line, counted from 1.
        line: usize,
    },
    /// The text has no value at the place that was named.
    #[error("the file was changed: there is no value any more where one was to be replaced")]
    ValueMissing,
    /// The edited text would not be the old data with the change that was meant.
    #[error(
        "it is written in a way that this cannot be changed without changing something else; edit it by hand"
    )]
    EditNotExact,
}

/// A part of a file that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A stable code for programs.
    pub code: &'static str,
    /// One sentence for people, without a full stop.
    pub message: String,
    /// The bytes of the text that it is about, where that is known.
    pub span: Option<Range<usize>>,
}

impl Error {
    /// The byte of the text that could not be read further, where that is known.
    pub fn offset(&self) -> Option<usize> {
        match self {
            Error::NotYaml { offset, .. } | Error::ManifestNotUtf8 { offset } => Some(*offset),
            _ => None,
        }
    }
}
