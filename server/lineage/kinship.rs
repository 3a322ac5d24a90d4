//! How like two names of schemas or databases are, word by word.
//!
//! `dbt_alice_marts` is like `MARTS`, `shopify` is not. That proves nothing; it says
//! which of two nodes a table is rather to be looked for behind, and whether two
//! schemas that share a few tables' names may be one.

/// Words with fewer letters tell of no kinship.
const MIN_WORD: usize = 3;

/// How like two names are, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kinship {
    /// No word to speak of is the same.
    None,
    /// They end or begin with the same word.
    Word,
    /// One is the end or the beginning of the other.
    Part,
    /// They are the same but for case.
    Same,
}

/// How like two names are.
pub(crate) fn kinship(one: &str, other: &str) -> Kinship {
    let (one, other) = (words(one), words(other));
    let is_part = |part: &[String], whole: &[String]| {
        let is_some = part.iter().any(|it| counts(it));
        is_some && (whole.ends_with(part) || whole.starts_with(part))
    };
    let is_shared = |one: Option<&String>, other: Option<&String>| {
        one == other && one.is_some_and(|it| counts(it))
    };
    if one == other {
        Kinship::Same
    } else if is_part(&one, &other) || is_part(&other, &one) {
        Kinship::Part
    } else if is_shared(one.last(), other.last()) || is_shared(one.first(), other.first()) {
        Kinship::Word
    } else {
        Kinship::None
    }
}

/// `dbt` is the first word of too many.
fn counts(word: &str) -> bool {
    word.chars().count() >= MIN_WORD && word != "dbt"
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_word_by_word() {
        for (one, other, expected) in [
            ("Marts", "MARTS", Kinship::Same),
            ("dbt_alice_marts", "MARTS", Kinship::Part),
            ("marts_dev", "marts", Kinship::Part),
            ("dbt_alice_marts", "analytics_marts", Kinship::Word),
            ("ALICE_PROD", "ANALYTICS_PROD", Kinship::Word),
            ("dbt_alice", "dbt_artifacts", Kinship::None),
            ("dbt_alice_marts", "shopify", Kinship::None),
            ("dbt_alicemarts", "marts", Kinship::None),
            ("a_b", "c_b", Kinship::None),
            ("dbt", "dbt_marts", Kinship::None),
        ] {
            assert_eq!(kinship(one, other), expected, "{one} / {other}");
            assert_eq!(kinship(other, one), expected, "{other} / {one}");
        }
    }
}
