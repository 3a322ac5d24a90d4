//! dbt's exposures, as far as lineage needs them.
//!
//! Where an exposure stands in a file and how one is written is the `dbt`
//! crate's business; whether it is the same thing as a workbook is decided in
//! [`crate::identity`].

use std::fmt;

use crate::node::UniqueId;

/// An exposure's `name`: the part of its id that dbt's selectors take.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExposureName(String);

impl ExposureName {
    /// Wraps a name that stands in a file or manifest, whatever it looks like.
    pub fn new(name: impl Into<String>) -> ExposureName {
        ExposureName(name.into())
    }

    /// A name that every dbt engine accepts, made from a Tableau title: lower
    /// snake case of ASCII letters and digits, starting with a letter. `None`
    /// when nothing of the title is left (only emoji, only CJK).
    ///
    /// Source: dbt's name rule is `[\w-]+`, but Fusion and the selectors are
    /// stricter in places; this is what all of them take.
    pub fn from_title(title: &str) -> Option<ExposureName> {
        let mut name = String::new();
        for word in title.split(|c: char| !c.is_alphanumeric()).map(ascii_word) {
            if !word.is_empty() && name.len() + word.len() < 120 {
                let gap = if name.is_empty() { "" } else { "_" };
                name.push_str(gap);
                name.push_str(&word);
            }
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert_str(0, "tableau_");
        }
        (!name.is_empty()).then_some(ExposureName(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
