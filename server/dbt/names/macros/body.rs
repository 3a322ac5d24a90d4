//! What a name macro's body gives, in the few words that such macros usually have.
//!
//! A body is asked for its output in a [`World`]: with or without a configured name, in a
//! target of some name. Its statements are followed here; what conditions and values say
//! is with [`super::condition`] and [`super::value`]. Any other word on the way makes the
//! answer unknown.

use super::lex::{Piece, words};
use super::value::{Atom, MAX_ATOMS, Output, Variables, output_of};

/// What is assumed while a body is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct World<'w> {
    /// `schema` or `database`.
    pub(super) part: &'static str,
    /// Whether a name is configured.
    pub(super) has_custom: bool,
    /// The target's name; `None` for one that the body does not speak of.
    pub(super) target: Option<&'w str>,
}

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

    /// The names of targets that it speaks of, each once.
    pub(super) fn targets(&self) -> Vec<&'t str> {
        let mut targets = Vec::new();
        for item in &self.items {
            let (Item::Expression(words) | Item::Statement(words)) = item else {
                continue;
            };
            let of_target = words.windows(3).any(|it| it == ["target", ".", "name"]);
            let texts = words.iter().filter_map(|it| unquoted(it));
            targets.extend(texts.filter(|_| of_target));
            // dbt's own macro for it speaks of this one.
            if words.contains(&"generate_schema_name_for_env") {
                targets.push("prod");
            }
        }
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// Whether this is the text of dbt's own `generate_alias_name`.
    pub(super) fn is_dbts_alias(&self) -> bool {
        self.reads(&[
            "{% if CUSTOM %}",
            "{{ CUSTOM | trim }}",
            "{% elif node . version %}",
            r#"{{ return ( node . name ~ "_v" ~ ( node . version | replace ( "." , "_" ) ) ) }}"#,
            "{% else %}",
            "{{ node . name }}",
            "{% endif %}",
        ])
    }

    /// Whether this is the text that dbt's own had before models had versions.
    pub(super) fn is_dbts_old_alias(&self) -> bool {
        self.reads(&[
            "{% if CUSTOM is none %}",
            "{{ node . name }}",
            "{% else %}",
            "{{ CUSTOM | trim }}",
            "{% endif %}",
        ])
    }

    fn reads(&self, expected: &[&str]) -> bool {
        let shown = self.items.iter().map(|it| it.shown(self.custom));
        shown.eq(expected.iter().map(|it| (*it).to_owned()))
    }

    /// What it gives in a world; `None` where that takes words that are not known.
    pub(super) fn output(&self, world: World<'_>) -> Option<Output> {
        let mut reading = Reading {
            variables: Variables::new(world, self.custom?),
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

impl Item<'_> {
    fn shown(&self, custom: Option<&str>) -> String {
        let joined = |words: &[&str]| {
            let name = |it: &&str| if Some(*it) == custom { "CUSTOM" } else { *it }.to_owned();
            let words: Vec<String> = words.iter().map(name).collect();
            words.join(" ").replace('\'', "\"")
        };
        match self {
            Item::Text(text) => (*text).to_owned(),
            Item::Expression(words) => format!("{{{{ {} }}}}", joined(words)),
            Item::Statement(words) => format!("{{% {} %}}", joined(words)),
        }
    }
}

/// What stands between the quotes of a string.
pub(super) fn unquoted(literal: &str) -> Option<&str> {
    let inside = |quote| literal.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\''))
}

/// An `if` that is open: whether its present branch counts, and whether one did.
struct Branch {
    is_on: bool,
    was_on: bool,
}

/// How far a body is read in a world.
struct Reading<'w, 't> {
    variables: Variables<'w, 't>,
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
            Item::Statement(words) => self.statement(words, is_on)?,
            Item::Text(text) if is_on => self.output.push(Atom::Literal(text)),
            Item::Expression(words) if is_on => self.give(words)?,
            Item::Text(_) | Item::Expression(_) => {}
        }
        (self.output.len() <= MAX_ATOMS).then_some(())
    }

    fn statement(&mut self, words: &[&'t str], is_on: bool) -> Option<()> {
        match words {
            ["if", condition @ ..] => {
                let holds = is_on && self.variables.holds(condition)?;
                self.branches.push(Branch {
                    is_on: holds,
                    // Below a branch that does not count no other one does.
                    was_on: holds || !is_on,
                });
            }
            ["elif", condition @ ..] => {
                let was_on = self.branches.last()?.was_on;
                let holds = !was_on && self.variables.holds(condition)?;
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
            ["set", name, "=", value @ ..] => self.variables.set(name, value)?,
            ["do", "log", "(", ..] => {}
            ["do", value @ ..] => return self.give(value).filter(|()| self.has_returned),
            _ => return None,
        }
        Some(())
    }

    /// Adds an expression's value to the output, or takes it for all of it.
    fn give(&mut self, words: &[&'t str]) -> Option<()> {
        match words {
            ["return", "(", value @ .., ")"] => {
                self.output = self.variables.atoms(value)?;
                self.has_returned = true;
            }
            value => {
                let atoms = self.variables.atoms(value)?;
                self.output.extend(atoms);
            }
        }
        Some(())
    }
}
