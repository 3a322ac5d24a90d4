//! Which dbt wrote a manifest, and what follows from it for exposures.

use std::fmt;

/// The engine that wrote a manifest, told by `metadata.dbt_version`: the schema
/// version is the same from Core 1.8 to Fusion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// dbt Core in Python.
    Core {
        /// `1`
        major: u32,
        /// `11`
        minor: u32,
    },
    /// Fusion, or dbt Core 2, which is the same engine.
    Fusion,
    /// No version, or one that is no engine's (the platform's release tracks
    /// count by year: `2025.5.22`).
    #[default]
    Unknown,
}

impl Engine {
    /// Reads `metadata.dbt_version`.
    pub(crate) fn parse(dbt_version: &str) -> Engine {
        let mut parts = dbt_version.split('.');
        let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok());
        match (number(), number()) {
            (Some(major @ 0..=1), Some(minor)) => Engine::Core { major, minor },
            (Some(2..=999), Some(_)) => Engine::Fusion,
            _ => Engine::Unknown,
        }
    }

    /// Whether an exposure's tags and meta belong under `config`. Core before
    /// 1.10 does not read them there, later engines refuse or deprecate them
    /// anywhere else.
    pub fn tags_and_meta_under_config(&self) -> bool {
        match *self {
            Engine::Core { major, minor } => (major, minor) >= (1, 10),
            Engine::Fusion | Engine::Unknown => true,
        }
    }

    /// Whether the engine refuses an exposure on a private model: Core always
    /// does, Fusion only where the model has a group.
    pub fn refuses_private(&self, has_group: bool) -> bool {
        match self {
            Engine::Core { .. } | Engine::Unknown => true,
            Engine::Fusion => has_group,
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Engine::Core { major, minor } => write!(f, "dbt Core {major}.{minor}"),
            Engine::Fusion => f.write_str("dbt Fusion"),
            Engine::Unknown => f.write_str("unknown dbt engine"),
        }
    }
}
