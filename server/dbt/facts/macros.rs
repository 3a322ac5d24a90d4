//! What a text reads through the macros that it calls.
//!
//! Over all that the project and its packages define, whatever the package: of two macros
//! of one name both count. What a macro names as a literal is read wherever it is called;
//! of anything else it is said that there may be more.

use std::collections::{HashMap, HashSet};

use super::known::is_dbts;
use super::{FileFacts, MacroName, Reads, Says};

/// So many macros are followed from one text; a chain is a few long.
const MAX_FOLLOWED: usize = 1_000;

/// A dispatched macro's name has one prefix.
const MAX_PREFIXES: usize = 4;

/// The macros of a project and its packages.
#[derive(Clone, Debug, Default)]
pub struct Macros<'a> {
    plain: HashMap<&'a str, Vec<&'a Reads>>,
    /// By the name behind the prefix: `x` of `default__x`.
    dispatched: HashMap<&'a str, Vec<&'a Reads>>,
}

impl<'a> Macros<'a> {
    /// The macros that these files define.
    pub fn of(files: impl IntoIterator<Item = &'a FileFacts>) -> Macros<'a> {
        let mut macros = Macros::default();
        for file in files {
            let Says::Sql(code) = &file.says else {
                continue;
            };
            for it in &code.macros {
                macros.add(&it.name, &it.reads);
            }
        }
        macros
    }

    fn add(&mut self, name: &'a str, reads: &'a Reads) {
        self.plain.entry(name).or_default().push(reads);
        for (at, prefix_end) in name.match_indices("__").take(MAX_PREFIXES) {
            let rest = &name[at + prefix_end.len()..];
            self.dispatched.entry(rest).or_default().push(reads);
        }
    }

    /// What `reads` comes to with what the macros read that it calls. Afterwards
    /// [`Reads::calls_macros`] says that one of them is not defined here.
    #[must_use]
    pub fn followed(&self, reads: &Reads) -> Reads {
        let mut all = reads.clone();
        all.calls_macros = false;
        let mut open: Vec<&MacroName> = reads.macros.iter().collect();
        let mut seen: HashSet<&MacroName> = HashSet::new();
        while let Some(name) = open.pop() {
            if !seen.insert(name) {
                continue;
            }
            let called = self.called(name);
            all.calls_macros |= called.is_empty() && !is_dbts(name);
            if seen.len() > MAX_FOLLOWED {
                all.calls_macros = true;
                break;
            }
            for it in called {
                all.targets.extend_from_slice(&it.targets);
                all.has_unknown |= it.has_unknown;
                all.has_branches |= it.has_branches;
                open.extend(&it.macros);
            }
        }
        all.sort();
        all
    }

    fn called(&self, name: &MacroName) -> &[&'a Reads] {
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
