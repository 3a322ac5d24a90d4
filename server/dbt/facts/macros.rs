//! What a text says through the macros that it calls.
//!
//! Over all that the project and its packages define, whatever the package: of two macros
//! of one name both count. What a macro names as a literal is read wherever it is called;
//! of anything else it is said that there may be more.

use std::collections::{HashMap, HashSet};

use super::known::is_dbts;
use super::{FileFacts, MacroFacts, MacroName, Reads, Says};
use crate::config::Config;

/// So many macros are followed from one text; a chain is a few long.
const MAX_FOLLOWED: usize = 1_000;

/// So many calls, and so much that is read, is gathered for one text.
const MAX_GATHERED: usize = 10_000;

/// A dispatched macro's name has one prefix.
const MAX_PREFIXES: usize = 4;

/// The macros of a project and its packages.
#[derive(Clone, Debug, Default)]
pub struct Macros<'a> {
    plain: HashMap<&'a str, Vec<&'a MacroFacts>>,
    /// By the name behind the prefix: `x` of `default__x`.
    dispatched: HashMap<&'a str, Vec<&'a MacroFacts>>,
}

impl<'a> Macros<'a> {
    /// The macros that these files define.
    pub fn of(files: impl IntoIterator<Item = &'a FileFacts>) -> Macros<'a> {
        let mut macros = Macros::default();
        for file in files {
            if let Says::Sql(code) = &file.says {
                code.macros.iter().for_each(|it| macros.add(it));
            }
        }
        macros
    }

    fn add(&mut self, facts: &'a MacroFacts) {
        let name = facts.name.as_str();
        self.plain.entry(name).or_default().push(facts);
        for (at, prefix_end) in name.match_indices("__").take(MAX_PREFIXES) {
            let rest = &name[at + prefix_end.len()..];
            self.dispatched.entry(rest).or_default().push(facts);
        }
    }

    /// What `reads` comes to with what the macros read that it calls. Afterwards
    /// [`Reads::calls_macros`] says that one of them is not defined here.
    #[must_use]
    pub fn followed(&self, reads: &Reads) -> Reads {
        let mut all = reads.clone();
        let (called, has_more) = self.reached(reads);
        all.calls_macros = has_more;
        for it in called {
            if all.targets.len() > MAX_GATHERED {
                all.calls_macros = true;
                break;
            }
            all.targets.extend_from_slice(&it.reads.targets);
            all.has_unknown |= it.reads.has_unknown;
            all.has_branches |= it.reads.has_branches;
        }
        all.sort();
        all
    }

    /// What a text configures that reads `reads`: the keys that its macros set as well are
    /// not known. A macro that is not defined here is taken for one that sets none.
    #[must_use]
    pub fn configured(&self, own: &Config, reads: &Reads) -> Config {
        let (called, _) = self.reached(reads);
        let own = own.clone();
        called
            .iter()
            .fold(own, |own, it| it.config.clone().over(own))
    }

    /// The macros that are called from a text, and whether there may be more.
    fn reached(&self, reads: &Reads) -> (Vec<&'a MacroFacts>, bool) {
        let mut reached: Vec<&MacroFacts> = Vec::new();
        let mut open: Vec<MacroName> = reads.macros.clone();
        let mut seen: HashSet<MacroName> = HashSet::new();
        let mut has_more = false;
        while let Some(name) = open.pop() {
            let called = self.called(&name);
            has_more |= called.is_empty() && !is_dbts(&name);
            if !seen.insert(name) {
                continue;
            }
            reached.extend_from_slice(called);
            if seen.len() > MAX_FOLLOWED || open.len().max(reached.len()) > MAX_GATHERED {
                return (reached, true);
            }
            open.extend(called.iter().flat_map(|it| it.reads.macros.iter().cloned()));
        }
        (reached, has_more)
    }

    fn called(&self, name: &MacroName) -> &[&'a MacroFacts] {
        let found = match name {
            MacroName::Plain(name) => self.plain.get(name.as_str()),
            MacroName::Dispatched(name) => self.dispatched.get(name.as_str()),
            MacroName::Unknown => None,
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

impl Reads {
    /// Takes what else is read.
    pub(super) fn extend(&mut self, other: &Reads) {
        self.targets.extend_from_slice(&other.targets);
        self.macros.extend_from_slice(&other.macros);
        self.has_unknown |= other.has_unknown;
        self.calls_macros |= other.calls_macros;
        self.has_branches |= other.has_branches;
    }

    /// Puts what is read in order, each once.
    pub(super) fn sort(&mut self) {
        self.targets.sort();
        self.targets.dedup();
        self.macros.sort();
        self.macros.dedup();
    }
}
