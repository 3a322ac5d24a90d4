//! Values: the target's part, the configured name, texts, and what joins them.

use super::body::{World, unquoted};

/// More variables than any such macro has.
const MAX_NAMES: usize = 32;

/// More parts than any name has: a variable may be made of itself twice.
pub(super) const MAX_ATOMS: usize = 8;

/// What a body gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// The target's schema or database.
    Target,
    /// The configured name.
    Custom,
    /// Both, with `_` between them.
    Joined,
}

/// A part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Atom<'t> {
    Target,
    Custom,
    Literal(&'t str),
    /// What a variable holds that is not read.
    Unknown,
}

/// The output that is made of these.
pub(super) fn output_of(atoms: &[Atom<'_>]) -> Option<Output> {
    match atoms {
        [Atom::Target] => Some(Output::Target),
        [Atom::Custom] => Some(Output::Custom),
        [Atom::Target, Atom::Literal("_"), Atom::Custom] => Some(Output::Joined),
        _ => None,
    }
}

/// The variables of a body, in a world.
pub(super) struct Variables<'w, 't> {
    pub(super) world: World<'w>,
    held: Vec<(&'t str, Vec<Atom<'t>>)>,
}

impl<'w, 't> Variables<'w, 't> {
    /// The configured name is called `custom`.
    pub(super) fn new(world: World<'w>, custom: &'t str) -> Variables<'w, 't> {
        Variables {
            world,
            held: vec![(custom, vec![Atom::Custom])],
        }
    }

    /// Sets a variable, to something unknown where the value is not read.
    pub(super) fn set(&mut self, name: &'t str, value: &[&'t str]) -> Option<()> {
        let atoms = self.atoms(value).unwrap_or_else(|| vec![Atom::Unknown]);
        self.held.push((name, atoms));
        (self.held.len() <= MAX_NAMES).then_some(())
    }

    /// Whether a name is that of the configured name.
    pub(super) fn is_custom(&self, name: &str) -> bool {
        self.value(name) == Some(&[Atom::Custom])
    }

    fn value(&self, name: &str) -> Option<&[Atom<'t>]> {
        let mut held = self.held.iter().rev();
        let (_, atoms) = held.find(|(it, _)| *it == name)?;
        Some(atoms)
    }

    /// What an expression is made of.
    pub(super) fn atoms(&self, words: &[&'t str]) -> Option<Vec<Atom<'t>>> {
        // A log line leaves nothing in the text.
        if let ["log", "(", inner @ .., ")"] = words
            && is_balanced(inner)
        {
            return Some(Vec::new());
        }
        let words = self.chosen(bare(words))?;
        let mut atoms = Vec::new();
        for one in words.split(|it| *it == "~") {
            atoms.extend(self.one(one)?);
            if atoms.len() > MAX_ATOMS {
                return None;
            }
        }
        Some(atoms)
    }

    /// Of `a if b else c` the one that counts; else all.
    fn chosen<'a>(&self, words: &'a [&'t str]) -> Option<&'a [&'t str]> {
        let at = |word| words.iter().position(|it| *it == word);
        let (Some(condition), Some(other)) = (at("if"), at("else")) else {
            return Some(words);
        };
        let holds = self.holds(words.get(condition + 1..other)?)?;
        Some(match holds {
            true => &words[..condition],
            false => &words[other + 1..],
        })
    }

    /// What one joined part is made of.
    fn one(&self, words: &[&'t str]) -> Option<Vec<Atom<'t>>> {
        let words = match bare(words) {
            [inner @ .., "|", "trim"] | [inner @ .., ".", "strip", "(", ")"] => bare(inner),
            words => words,
        };
        let words = match words {
            [name, "or", other @ ..] if self.is_custom(name) => match self.world.has_custom {
                true => &words[..1],
                false => other,
            },
            words => words,
        };
        match words {
            ["target", ".", part] if *part == self.world.part => Some(vec![Atom::Target]),
            // Without a configured name this would be the text `None`.
            [name] if self.is_custom(name) && !self.world.has_custom => None,
            [word] => match unquoted(word) {
                Some("") => Some(Vec::new()),
                Some(literal) => Some(vec![Atom::Literal(literal)]),
                None => self.value(word).map(<[_]>::to_vec),
            },
            [function, "(", arguments @ .., ")"] => self.call(function, arguments),
            _ => None,
        }
    }

    /// The macros of dbt's own that are handed the configured name and the node.
    fn call(&self, function: &str, arguments: &[&'t str]) -> Option<Vec<Atom<'t>>> {
        let is_handed_on = match arguments {
            [custom] | [custom, ",", "node"] => self.is_custom(custom),
            _ => false,
        };
        if !is_handed_on || self.world.part != "schema" {
            return None;
        }
        let joined = vec![Atom::Target, Atom::Literal("_"), Atom::Custom];
        let is_prod = self.world.target == Some("prod");
        match (function, self.world.has_custom) {
            ("generate_schema_name_for_env" | "default__generate_schema_name", false) => {
                Some(vec![Atom::Target])
            }
            ("generate_schema_name_for_env", true) if is_prod => Some(vec![Atom::Custom]),
            ("generate_schema_name_for_env", true) => Some(vec![Atom::Target]),
            ("default__generate_schema_name", true) => Some(joined),
            _ => None,
        }
    }
}

/// An expression without the brackets around all of it.
pub(super) fn bare<'a, 't>(words: &'a [&'t str]) -> &'a [&'t str] {
    match words {
        ["(", inner @ .., ")"] if is_balanced(inner) => inner,
        words => words,
    }
}

/// Whether each bracket is closed in here, and none of before.
fn is_balanced(words: &[&str]) -> bool {
    let mut depth = 0_i64;
    for word in words {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}
