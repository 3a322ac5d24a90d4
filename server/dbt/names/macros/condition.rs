//! Conditions on the configured name and on the target's name.

use super::body::unquoted;
use super::value::{Variables, bare};

impl Variables<'_, '_> {
    /// Whether a condition holds; `None` where it asks for anything else.
    pub(super) fn holds(&self, words: &[&str]) -> Option<bool> {
        let words = bare(words);
        let mut any = false;
        // `or` binds weaker than `and`. What comes behind a true or a false one is not
        // looked at, as in Jinja.
        for all in outer_split(words, "or") {
            any = any || self.all_hold(all)?;
        }
        Some(any)
    }

    fn all_hold(&self, words: &[&str]) -> Option<bool> {
        let mut holds = true;
        for one in outer_split(words, "and") {
            holds = holds && self.one_holds(one)?;
        }
        Some(holds)
    }

    fn one_holds(&self, words: &[&str]) -> Option<bool> {
        let mut words = words;
        let mut is_negated = false;
        while let ["not", negated @ ..] = words {
            is_negated = !is_negated;
            words = negated;
        }
        let holds = match words {
            // One pair of brackets, and no more in them.
            ["(", inner @ .., ")"] if !inner.contains(&"(") => self.holds(inner),
            ["target", ".", "name", rest @ ..] => self.target_holds(rest),
            [name, "==", "target", ".", "name"] => self.target_holds(&["==", name]),
            [name, rest @ ..] if self.is_custom(name) => self.custom_holds(rest),
            _ => None,
        };
        holds.map(|it| it != is_negated)
    }

    /// A condition on the target's name.
    fn target_holds(&self, words: &[&str]) -> Option<bool> {
        let is = |name: &str| unquoted(name).map(|it| self.world.target == Some(it));
        match words {
            ["==", name] => is(name),
            ["!=", name] => is(name).map(|it| !it),
            ["in", "[" | "(", names @ .., "]" | ")"] => {
                let names = names.iter().filter(|it| **it != ",");
                let each: Option<Vec<bool>> = names.map(|it| is(it)).collect();
                Some(each?.contains(&true))
            }
            ["not", "in", ..] => self.target_holds(&words[1..]).map(|it| !it),
            _ => None,
        }
    }

    /// A condition on the configured name, which is not empty where there is one.
    fn custom_holds(&self, words: &[&str]) -> Option<bool> {
        let has_custom = self.world.has_custom;
        match words {
            [] | ["is", "not", "none" | "None"] | ["!=", "none" | "None"] => Some(has_custom),
            ["is" | "==", "none" | "None"] => Some(!has_custom),
            ["|", "length", ">", "0"] => Some(has_custom),
            ["|", "length", "==", "0"] => Some(!has_custom),
            ["==", "''" | "\"\""] | ["|", "trim", "==", "''" | "\"\""] => Some(false),
            ["!=", "''" | "\"\""] | ["|", "trim", "!=", "''" | "\"\""] => Some(true),
            _ => None,
        }
    }
}

/// What stands between the words `at` that are not in brackets.
fn outer_split<'a, 't>(words: &'a [&'t str], at: &str) -> Vec<&'a [&'t str]> {
    let mut depth = 0_usize;
    let is_split = |word: &&str| {
        match *word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            word => return depth == 0 && word == at,
        }
        false
    };
    words.split(is_split).collect()
}
