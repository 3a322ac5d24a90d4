//! What a name macro's body gives, in the few words that such macros usually have.
//!
//! A body is asked for its output in a [`World`]: with or without a configured name, in
//! the target `prod` or elsewhere. Conditions on these two, the target's schema, the
//! configured name and what joins them are known; any other word on the way makes the
//! answer unknown.

use super::lex::{Piece, words};

/// What is assumed while a body is read.
pub(super) struct World {
    /// `schema` or `database`.
    pub(super) part: &'static str,
    /// Whether a name is configured.
    pub(super) has_custom: bool,
    /// Whether the target is called `prod`.
    pub(super) is_prod: bool,
}

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

/// More variables than any such macro has.
const MAX_NAMES: usize = 32;

/// More parts than any name has: a variable may be made of itself twice.
const MAX_ATOMS: usize = 8;

/// A macro without its frame.
pub(super) struct Body<'t> {
    /// Its first parameter: the configured name.
    custom: Option<&'t str>,
    items: Vec<Item<'t>>,
}

enum Item<'t> {
    Text(&'t str),
    Expression(Vec<&'t str>),
    Statement(Vec<&'t str>),
}

/// A part of an output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Atom<'t> {
    Target,
    Custom,
    Literal(&'t str),
}

/// An `if` that is open: whether its present branch counts, and whether one did.
struct Branch {
    is_on: bool,
    was_on: bool,
}

impl<'t> Body<'t> {
    /// A body, and the words behind the macro's name.
    pub(super) fn new(parameters: &[&'t str], pieces: &[Piece<'t>]) -> Body<'t> {
        let custom = match parameters {
            ["(", custom, ..] => Some(*custom),
            _ => None,
        };
        let items = pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) if text.trim().is_empty() => None,
            Piece::Text(text) => Some(Item::Text(text.trim())),
            Piece::Expression(inside) => Some(Item::Expression(words(inside))),
            Piece::Statement(inside) => Some(Item::Statement(words(inside))),
        });
        Body {
            custom,
            items: items.collect(),
        }
    }

    /// Whether this is the text of dbt's own `generate_alias_name`.
    pub(super) fn is_dbts_alias(&self) -> bool {
        let Some(custom) = self.custom else {
            return false;
        };
        let shown: Vec<String> = self.items.iter().map(Item::shown).collect();
        let trimmed = format!("{{{{ {custom} | trim }}}}");
        let expected = [
            format!("{{% if {custom} %}}"),
            trimmed,
            "{% elif node . version %}".to_owned(),
            VERSIONED.to_owned(),
            "{% else %}".to_owned(),
            "{{ node . name }}".to_owned(),
            "{% endif %}".to_owned(),
        ];
        shown == expected
    }

    /// What it gives in a world; `None` where that takes words that are not known.
    pub(super) fn output(&self, world: &World) -> Option<Output> {
        let mut reading = Reading {
            world,
            names: vec![(self.custom?, vec![Atom::Custom])],
            branches: Vec::new(),
            output: Vec::new(),
            has_returned: false,
        };
        for item in &self.items {
            reading.take(item)?;
            if reading.has_returned {
                break;
            }
        }
        let is_whole = reading.has_returned || reading.branches.is_empty();
        is_whole.then(|| output_of(&reading.output)).flatten()
    }
}

/// dbt's words for the name of a versioned model.
const VERSIONED: &str =
    r#"{{ return ( node . name ~ "_v" ~ ( node . version | replace ( "." , "_" ) ) ) }}"#;

impl Item<'_> {
    fn shown(&self) -> String {
        match self {
            Item::Text(text) => (*text).to_owned(),
            Item::Expression(words) => format!("{{{{ {} }}}}", words.join(" ").replace('\'', "\"")),
            Item::Statement(words) => format!("{{% {} %}}", words.join(" ")),
        }
    }
}

fn output_of(atoms: &[Atom<'_>]) -> Option<Output> {
    match atoms {
        [Atom::Target] => Some(Output::Target),
        [Atom::Custom] => Some(Output::Custom),
        [Atom::Target, Atom::Literal("_"), Atom::Custom] => Some(Output::Joined),
        _ => None,
    }
}

/// How far a body is read in a world.
struct Reading<'w, 't> {
    world: &'w World,
    /// Variables with what they hold.
    names: Vec<(&'t str, Vec<Atom<'t>>)>,
    branches: Vec<Branch>,
    output: Vec<Atom<'t>>,
    has_returned: bool,
}

impl<'t> Reading<'_, 't> {
    /// Reads one item; `None` where it is not known.
    fn take(&mut self, item: &Item<'t>) -> Option<()> {
        // A branch is on only below ones that are.
        let is_on = self.branches.last().is_none_or(|it| it.is_on);
        match item {
            Item::Statement(words) => self.statement(words, is_on),
            Item::Text(text) if is_on => {
                self.output.push(Atom::Literal(text));
                Some(())
            }
            Item::Expression(words) if is_on => self.give(words),
            Item::Text(_) | Item::Expression(_) => Some(()),
        }
    }

    fn statement(&mut self, words: &[&'t str], is_on: bool) -> Option<()> {
        match words {
            ["if", condition @ ..] => {
                let holds = is_on && self.holds(condition)?;
                self.branches.push(Branch {
                    is_on: holds,
                    // Below a branch that does not count no other one does.
                    was_on: holds || !is_on,
                });
            }
            ["elif", condition @ ..] => {
                let was_on = self.branches.last()?.was_on;
                let holds = !was_on && self.holds(condition)?;
                *self.branches.last_mut()? = Branch {
                    is_on: holds,
                    was_on: was_on || holds,
                };
            }
            ["else"] => {
                let branch = self.branches.last_mut()?;
                branch.is_on = !branch.was_on;
                branch.was_on = true;
            }
            ["endif"] => {
                self.branches.pop()?;
            }
            _ if !is_on => {}
            ["set", name, "=", value @ ..] => {
                let atoms = self.atoms(value)?;
                self.names.push((name, atoms));
                return (self.names.len() <= MAX_NAMES).then_some(());
            }
            ["do", value @ ..] => return self.give(value).filter(|()| self.has_returned),
            _ => return None,
        }
        Some(())
    }

    /// Adds an expression's value to the output, or takes it for all of it.
    fn give(&mut self, words: &[&'t str]) -> Option<()> {
        match words {
            ["return", "(", value @ .., ")"] => {
                self.output = self.atoms(value)?;
                self.has_returned = true;
            }
            value => {
                let atoms = self.atoms(value)?;
                self.output.extend(atoms);
                return (self.output.len() <= MAX_ATOMS).then_some(());
            }
        }
        Some(())
    }

    /// Whether a condition holds; `or` binds weaker than `and`.
    fn holds(&self, words: &[&'t str]) -> Option<bool> {
        let words = bare(words);
        let mut any = false;
        for all in words.split(|it| *it == "or") {
            let mut holds = true;
            for one in all.split(|it| *it == "and") {
                // What comes behind a false one is not looked at, as in Jinja.
                holds = holds && self.one_holds(one)?;
            }
            any = any || holds;
        }
        Some(any)
    }

    fn one_holds(&self, words: &[&'t str]) -> Option<bool> {
        let mut words = bare(words);
        let mut is_negated = false;
        while let ["not", negated @ ..] = words {
            is_negated = !is_negated;
            words = bare(negated);
        }
        let holds = match words {
            ["target", ".", "name", rest @ ..] => self.target_holds(rest),
            [name, "==", "target", ".", "name"] => self.target_holds(&["==", name]),
            [name, rest @ ..] if self.is_custom(name) => self.custom_holds(rest),
            _ => None,
        };
        holds.map(|it| it != is_negated)
    }

    /// A condition on the target's name.
    fn target_holds(&self, words: &[&str]) -> Option<bool> {
        let is_prod = |it: &str| matches!(it, "'prod'" | "\"prod\"");
        match words {
            ["==", name] if is_prod(name) => Some(self.world.is_prod),
            ["!=", name] if is_prod(name) => Some(!self.world.is_prod),
            ["in", "[" | "(", name, "]" | ")"] if is_prod(name) => Some(self.world.is_prod),
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

    fn is_custom(&self, name: &str) -> bool {
        self.value(name) == Some(&[Atom::Custom])
    }

    fn value(&self, name: &str) -> Option<&[Atom<'t>]> {
        let mut names = self.names.iter().rev();
        let (_, atoms) = names.find(|(it, _)| *it == name)?;
        Some(atoms)
    }

    /// What an expression is made of.
    fn atoms(&self, words: &[&'t str]) -> Option<Vec<Atom<'t>>> {
        if let [function, "(", arguments @ .., ")"] = words {
            return self.call(function, arguments);
        }
        let mut atoms = Vec::new();
        for one in words.split(|it| *it == "~") {
            atoms.extend(self.one_atom(one)?);
            if atoms.len() > MAX_ATOMS {
                return None;
            }
        }
        Some(atoms)
    }

    fn one_atom(&self, words: &[&'t str]) -> Option<Vec<Atom<'t>>> {
        let words = match bare(words) {
            [inner @ .., "|", "trim"] | [inner @ .., ".", "strip", "(", ")"] => bare(inner),
            words => words,
        };
        match words {
            ["target", ".", part] if *part == self.world.part => Some(vec![Atom::Target]),
            [literal] if literal.starts_with(['"', '\'']) => {
                unquoted(literal).map(|it| vec![Atom::Literal(it)])
            }
            // Without a configured name this would be the text `None`.
            [name] if self.is_custom(name) && !self.world.has_custom => None,
            [name] => self.value(name).map(<[_]>::to_vec),
            _ => None,
        }
    }

    /// The macros of dbt's own that are handed the configured name and the node.
    fn call(&self, function: &str, arguments: &[&'t str]) -> Option<Vec<Atom<'t>>> {
        let is_handed_on = match arguments {
            [custom] | [custom, ",", "node"] => self.is_custom(custom),
            _ => false,
        };
        let joined = vec![Atom::Target, Atom::Literal("_"), Atom::Custom];
        match function {
            _ if !is_handed_on || self.world.part != "schema" => None,
            "generate_schema_name_for_env" | "default__generate_schema_name"
                if !self.world.has_custom =>
            {
                Some(vec![Atom::Target])
            }
            "generate_schema_name_for_env" if self.world.is_prod => Some(vec![Atom::Custom]),
            "generate_schema_name_for_env" => Some(vec![Atom::Target]),
            "default__generate_schema_name" => Some(joined),
            _ => None,
        }
    }
}

/// What stands between the quotes of a string.
fn unquoted(literal: &str) -> Option<&str> {
    let inside = |quote| literal.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\''))
}

/// An expression without the brackets around all of it.
fn bare<'a, 't>(words: &'a [&'t str]) -> &'a [&'t str] {
    match words {
        ["(", inner @ .., ")"] if !inner.contains(&"(") && !inner.contains(&")") => inner,
        words => words,
    }
}
