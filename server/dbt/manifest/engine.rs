//! Which dbt wrote a manifest, and what follows from it for exposures.
//!
//! Each question says where its answer comes from: "measured" is dbt Core 1.9.11 and
//! 1.11.16 and Fusion 2.0.0-preview.196, asked to parse. Of an engine that is not known
//! only what every engine refuses is refused.

use std::fmt;

/// What dbt takes for `type`, in these letters. Source: dbt-core `ExposureType`, and
/// Fusion's own list, which is the same; measured.
pub const EXPOSURE_TYPES: [&str; 5] = ["dashboard", "notebook", "analysis", "ml", "application"];

/// What dbt Core takes for `maturity`. Source: dbt-core `MaturityType`; measured.
pub const MATURITIES: [&str; 3] = ["high", "medium", "low"];

/// The keys of an exposure that every engine takes. Source: dbt-core `UnparsedExposure`,
/// Fusion `ExposureProperties`.
pub const EXPOSURE_KEYS: [&str; 9] = [
    "name",
    "label",
    "type",
    "maturity",
    "url",
    "description",
    "owner",
    "depends_on",
    "config",
];

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

/// What an engine does with something in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    /// It takes it.
    Yes,
    /// It takes it, and says that a later version will not.
    Deprecated,
    /// It takes it, and makes nothing of it.
    Ignored,
    /// It says that it is wrong, and parses no further or goes on without it.
    No,
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

    /// Whether it is dbt Core in Python.
    pub fn is_core(&self) -> bool {
        matches!(self, Engine::Core { .. })
    }

    fn is_core_before(&self, first: (u32, u32)) -> bool {
        matches!(*self, Engine::Core { major, minor } if (major, minor) < first)
    }

    /// Whether an exposure's tags and meta belong under `config`. Core before
    /// 1.10 does not read them there, later engines refuse or deprecate them
    /// anywhere else.
    pub fn tags_and_meta_under_config(&self) -> bool {
        !self.is_core_before((1, 10))
    }

    /// Whether the engine refuses an exposure on a private model: Core always
    /// does, Fusion only where the model has a group.
    pub fn refuses_private(&self, has_group: bool) -> bool {
        match self {
            Engine::Core { .. } | Engine::Unknown => true,
            Engine::Fusion => has_group,
        }
    }

    /// What becomes of a `maturity`. Core parses no further at one that it does not
    /// know, Fusion takes any text (both measured).
    pub fn takes_maturity(&self, maturity: &str) -> Taken {
        if self.is_core() && !MATURITIES.contains(&maturity) {
            Taken::No
        } else {
            Taken::Yes
        }
    }

    /// What becomes of a key of an exposure.
    ///
    /// `meta` and `tags`: where Core before 1.10 alone reads them; deprecated since
    /// (`PropertyMovedToConfigDeprecation`), dropped with an error by Fusion (dbt1060).
    /// Any other key is an error of every engine, `enabled` too (measured).
    pub fn takes_key(&self, key: &str) -> Taken {
        match key {
            _ if EXPOSURE_KEYS.contains(&key) => Taken::Yes,
            "meta" | "tags" => match self {
                Engine::Fusion => Taken::No,
                Engine::Core { .. } if self.tags_and_meta_under_config() => Taken::Deprecated,
                Engine::Core { .. } | Engine::Unknown => Taken::Yes,
            },
            _ => Taken::No,
        }
    }

    /// What becomes of a key of an exposure's `config`.
    ///
    /// Core before 1.10 keeps `meta` and `tags` there and does not select by them. Other
    /// keys are kept by it, deprecated since (`CustomKeyInConfigDeprecation`) and
    /// refused by Fusion (dbt1060, measured).
    pub fn takes_config_key(&self, key: &str) -> Taken {
        match key {
            "enabled" => Taken::Yes,
            "meta" | "tags" if self.is_core_before((1, 10)) => Taken::Ignored,
            "meta" | "tags" => Taken::Yes,
            _ if *self == Engine::Fusion => Taken::No,
            _ => Taken::Yes,
        }
    }

    /// What becomes of an exposure's name.
    ///
    /// Core takes any and deprecates what is not all letters, digits, `_` and `-`
    /// (`ExposureNameDeprecation`). Fusion refuses a name with blanks (dbt1159) and one
    /// that ends in anything else (dbt1005); measured.
    pub fn takes_name(&self, name: &str) -> Taken {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let ends_well = name.ends_with(is_word);
        match self {
            Engine::Core { .. } if !name.chars().all(is_word) => Taken::Deprecated,
            Engine::Fusion if name.contains(char::is_whitespace) || !ends_well => Taken::No,
            Engine::Core { .. } | Engine::Fusion | Engine::Unknown => Taken::Yes,
        }
    }

    /// Whether a `ref()` or `source()` that leads to nothing, or to what is disabled,
    /// stops the whole project. Fusion warns (dbt1087) and leaves the exposure out
    /// (both measured).
    pub fn stops_at_missing_node(&self) -> bool {
        self.is_core()
    }

    /// What becomes of a key that is written twice: Core takes the last one and
    /// deprecates it (`DuplicateYAMLKeysDeprecation`, since 1.10), Fusion says that it is
    /// an error (dbt1059), and takes the last one too; measured.
    pub fn takes_repeated_key(&self) -> Taken {
        match self {
            Engine::Fusion => Taken::No,
            Engine::Core { .. } if !self.is_core_before((1, 10)) => Taken::Deprecated,
            Engine::Core { .. } | Engine::Unknown => Taken::Ignored,
        }
    }

    /// What becomes of `exposures:` and `depends_on:` without a value: Core parses no
    /// further, Fusion takes them for empty lists (both measured).
    pub fn takes_empty_list(&self) -> Taken {
        if self.is_core() {
            Taken::No
        } else {
            Taken::Yes
        }
    }

    /// What becomes of an owner with neither name nor address: Core parses no further,
    /// Fusion takes it (both measured).
    pub fn takes_nameless_owner(&self) -> Taken {
        if self.is_core() {
            Taken::No
        } else {
            Taken::Yes
        }
    }

    /// What becomes of an item of `depends_on` that is a name without `ref()`: Core reads
    /// no dependency in it and says nothing, Fusion fails at it (both measured).
    pub fn takes_bare_name(&self) -> Taken {
        match self {
            Engine::Fusion => Taken::No,
            Engine::Core { .. } | Engine::Unknown => Taken::Ignored,
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// What each engine makes of each word.
    #[track_caller]
    fn check(words: &[&str], takes: impl Fn(&Engine, &str) -> Taken, expected: Expect) {
        let engines = [
            "1.7.4",
            "1.9.11",
            "1.10.0",
            "1.11.16",
            "2.0.0-preview.196",
            "2025.5.22",
        ];
        let line = |version: &str| {
            let engine = Engine::parse(version);
            let all = words
                .iter()
                .map(|word| format!(" {word}={:?}", takes(&engine, word)));
            format!("{version}:{}\n", all.collect::<String>())
        };
        expected.assert_eq(&engines.map(line).concat());
    }

    // Cases 21 and 30 of the edge project.
    #[test]
    fn meta_and_tags_move_under_config_with_the_engine() {
        check(
            &["url", "meta", "enabled", "group"],
            Engine::takes_key,
            expect![[r#"
                1.7.4: url=Yes meta=Yes enabled=No group=No
                1.9.11: url=Yes meta=Yes enabled=No group=No
                1.10.0: url=Yes meta=Deprecated enabled=No group=No
                1.11.16: url=Yes meta=Deprecated enabled=No group=No
                2.0.0-preview.196: url=Yes meta=No enabled=No group=No
                2025.5.22: url=Yes meta=Yes enabled=No group=No
            "#]],
        );
        check(
            &["enabled", "tags", "group"],
            Engine::takes_config_key,
            expect![[r#"
                1.7.4: enabled=Yes tags=Ignored group=Yes
                1.9.11: enabled=Yes tags=Ignored group=Yes
                1.10.0: enabled=Yes tags=Yes group=Yes
                1.11.16: enabled=Yes tags=Yes group=Yes
                2.0.0-preview.196: enabled=Yes tags=Yes group=No
                2025.5.22: enabled=Yes tags=Yes group=Yes
            "#]],
        );
    }

    // Cases 04 and 05 of the edge project.
    #[test]
    fn names_are_refused_by_fusion_and_deprecated_by_core() {
        check(
            &[
                "sales",
                "umsatz_überblick",
                "2024-plan",
                "my board",
                "a.b",
                "ab!",
                "a!b",
            ],
            Engine::takes_name,
            expect![[r#"
                1.7.4: sales=Yes umsatz_überblick=Yes 2024-plan=Yes my board=Deprecated a.b=Deprecated ab!=Deprecated a!b=Deprecated
                1.9.11: sales=Yes umsatz_überblick=Yes 2024-plan=Yes my board=Deprecated a.b=Deprecated ab!=Deprecated a!b=Deprecated
                1.10.0: sales=Yes umsatz_überblick=Yes 2024-plan=Yes my board=Deprecated a.b=Deprecated ab!=Deprecated a!b=Deprecated
                1.11.16: sales=Yes umsatz_überblick=Yes 2024-plan=Yes my board=Deprecated a.b=Deprecated ab!=Deprecated a!b=Deprecated
                2.0.0-preview.196: sales=Yes umsatz_überblick=Yes 2024-plan=Yes my board=No a.b=Yes ab!=No a!b=Yes
                2025.5.22: sales=Yes umsatz_überblick=Yes 2024-plan=Yes my board=Yes a.b=Yes ab!=Yes a!b=Yes
            "#]],
        );
    }

    #[test]
    fn only_core_knows_all_maturities() {
        check(
            &["high", "High", "beta"],
            Engine::takes_maturity,
            expect![[r#"
                1.7.4: high=Yes High=No beta=No
                1.9.11: high=Yes High=No beta=No
                1.10.0: high=Yes High=No beta=No
                1.11.16: high=Yes High=No beta=No
                2.0.0-preview.196: high=Yes High=Yes beta=Yes
                2025.5.22: high=Yes High=Yes beta=Yes
            "#]],
        );
    }

    // Cases 11, 20, 28 of the edge project.
    #[test]
    fn what_has_no_value_or_two_is_told_apart() {
        check(
            &["key twice", "empty list", "owner", "bare"],
            |engine, word| match word {
                "key twice" => engine.takes_repeated_key(),
                "empty list" => engine.takes_empty_list(),
                "owner" => engine.takes_nameless_owner(),
                _ => engine.takes_bare_name(),
            },
            expect![[r#"
                1.7.4: key twice=Ignored empty list=No owner=No bare=Ignored
                1.9.11: key twice=Ignored empty list=No owner=No bare=Ignored
                1.10.0: key twice=Deprecated empty list=No owner=No bare=Ignored
                1.11.16: key twice=Deprecated empty list=No owner=No bare=Ignored
                2.0.0-preview.196: key twice=No empty list=Yes owner=Yes bare=No
                2025.5.22: key twice=Ignored empty list=Yes owner=Yes bare=Ignored
            "#]],
        );
    }
}
