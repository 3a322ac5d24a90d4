//! dbt's exposures, as far as lineage needs them.
//!
//! Where an exposure stands in a file and how one is written is the `dbt`
//! crate's business; whether it is the same thing as a workbook is decided in
//! [`crate::identity`].

use std::fmt;

use crate::node::UniqueId;

/// Longer names are cut; file systems and selectors are fine with this length.
const MAX_NAME: usize = 100;

/// An exposure's `name`: the part of its id that dbt's selectors take.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExposureName(String);

impl ExposureName {
    /// Wraps a name that stands in a file or manifest, whatever it looks like.
    pub fn new(name: impl Into<String>) -> ExposureName {
        ExposureName(name.into())
    }

    /// A name that every dbt engine accepts, made from a Tableau title: lower
    /// snake case of ASCII letters and digits, starting with a letter, at most
    /// 100 long. `None` when nothing of the title is left (only emoji, only CJK).
    ///
    /// Source: dbt's name rule is `[\w-]+`, but Fusion and the selectors are
    /// stricter in places; this is what all of them take.
    pub fn from_title(title: &str) -> Option<ExposureName> {
        let mut name = String::new();
        let is_in_word = |c: char| c.is_alphanumeric() || is_combining(c);
        for word in title.split(|c| !is_in_word(c)).map(ascii_word) {
            if !name.is_empty() && name.len() + word.len() >= MAX_NAME {
                break;
            }
            if !word.is_empty() && !name.is_empty() {
                name.push('_');
            }
            name.push_str(&word);
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert_str(0, "tableau_");
        }
        name.truncate(MAX_NAME);
        (!name.is_empty()).then_some(ExposureName(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Accents that follow their letter, as macOS writes them in file names.
fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Lower-case ASCII letters and digits of a word, with the common accents taken off.
fn ascii_word(word: &str) -> String {
    let mut out = String::new();
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ą' => out.push('a'),
            'ä' | 'æ' => out.push_str("ae"),
            'ç' | 'ć' | 'č' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ø' => out.push('o'),
            'ö' | 'œ' => out.push_str("oe"),
            'ß' => out.push_str("ss"),
            'ś' | 'š' => out.push('s'),
            'ù' | 'ú' | 'û' | 'ū' | 'ů' => out.push('u'),
            'ü' => out.push_str("ue"),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ř' => out.push('r'),
            'ď' => out.push('d'),
            'ť' => out.push('t'),
            _ => {}
        }
    }
    out
}

impl fmt::Display for ExposureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who answers for an exposure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
}

/// An exposure of the project, from its YAML or from the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// `exposure.package.name`.
    pub id: UniqueId,
    /// Its name.
    pub name: ExposureName,
    /// The package that defines it.
    pub package: String,
    /// The human-friendly title.
    pub label: Option<String>,
    /// Where the dashboard is found.
    pub url: Option<String>,
    /// What it is said to be about.
    pub description: Option<String>,
    /// Who answers for it.
    pub owner: Owner,
    /// The YAML file, relative to its package's root, with forward slashes.
    pub path: String,
    /// Every string that stands anywhere in `meta` or `config.meta`, with the
    /// dotted path of keys that leads to it (`tableau.luid`).
    pub meta: Vec<(String, String)>,
    /// The nodes it depends on.
    pub depends_on: Vec<UniqueId>,
    /// `false` for an exposure that dbt parsed and left out.
    pub enabled: bool,
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// One title a line.
    fn check(titles: &str, names: Expect) {
        let name_of = |title: &str| match ExposureName::from_title(title) {
            Some(name) => format!("{name}\n"),
            None => "-\n".to_owned(),
        };
        names.assert_eq(&titles.lines().map(name_of).collect::<String>());
    }

    // C31
    #[test]
    fn names_are_snake_case_of_what_every_engine_accepts() {
        check(
            "Sales & Ops (EMEA)\n2024 Plan\n100% growth\n  __x--y  \nAna's board",
            expect![[r#"
                sales_ops_emea
                tableau_2024_plan
                tableau_100_growth
                x_y
                ana_s_board
            "#]],
        );
    }

    #[test]
    fn accents_are_taken_off_however_they_are_written() {
        check(
            "Übersicht Größe\nCafé\nCafe\u{301} re\u{301}sume\u{301}\nŁódź",
            expect![[r#"
            uebersicht_groesse
            cafe
            cafe_resume
            lodz
        "#]],
        );
    }

    #[test]
    fn a_title_without_latin_letters_or_digits_has_no_name() {
        check(
            "売上\n🚀\n---\n ",
            expect![[r#"
            -
            -
            -
            -
        "#]],
        );
    }

    #[test]
    fn long_titles_are_cut() {
        let long = ExposureName::from_title(&"long title ".repeat(1_000)).unwrap();
        assert!(long.as_str().ends_with("_long_title"), "{long}");
        let one_word = ExposureName::from_title(&"a".repeat(10_000)).unwrap();
        assert_eq!(one_word.as_str().len(), MAX_NAME);
    }
}
