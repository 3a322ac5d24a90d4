//! What a SQL file says: its `config()`, what it reads, and its snapshot blocks.
//!
//! Nothing is rendered. A `config()` in a part that only some runs reach says that its keys
//! are there, and not what they are. The text may be half-typed.

use std::ops::Range;

use lineage::NodeKind;

use super::arguments::{Argument, arguments};
use super::calls::{Called, called, is_half_typed};
use super::configure::Configured;
use super::known::is_dbts;
use super::value::Value;
use super::{CodeFacts, MacroFacts, Reads, SnapshotFacts};
use crate::config::ConfigFacts;
use crate::refs::{
    Block, BlockKind, Blocks, Language, MAX_BYTES, MAX_NESTED_TEXTS, TokenKind, Words,
};

/// Reads the text of a SQL file.
pub(super) fn read(text: &str) -> CodeFacts {
    if text.len() > MAX_BYTES {
        return too_large();
    }
    let mut reader = Reader {
        file: Part::new(NodeKind::Model),
        snapshots: Vec::new(),
        is_in_snapshot: false,
        macros: Vec::new(),
        macro_branches: None,
        n_branches: 0,
    };
    for block in Blocks::new(text) {
        reader.block(&block, text);
    }
    let (config, reads) = reader.file.facts();
    let snapshots = reader.snapshots.into_iter().map(Snapshot::facts);
    CodeFacts {
        config,
        reads,
        snapshots: snapshots.collect(),
        macros: reader.macros.into_iter().map(macro_facts).collect(),
    }
}

/// What a file says that is too large to be read: anything.
pub(super) fn too_large() -> CodeFacts {
    let mut part = Part::new(NodeKind::Model);
    part.config.set_unknown();
    part.reads.has_unknown = true;
    part.code_facts()
}

/// The text of one node, or what stands around the snapshot blocks of a file.
pub(super) struct Part {
    pub(super) config: Configured,
    pub(super) reads: Reads,
}

impl Part {
    pub(super) fn new(kind: NodeKind) -> Part {
        Part {
            config: Configured::new(kind),
            reads: Reads::default(),
        }
    }

    pub(super) fn facts(mut self) -> (ConfigFacts, Reads) {
        self.reads.sort();
        (self.config.facts(), self.reads)
    }

    /// What a file says that is one node's text and nothing else.
    pub(super) fn code_facts(self) -> CodeFacts {
        let (config, reads) = self.facts();
        CodeFacts {
            config,
            reads,
            ..CodeFacts::default()
        }
    }

    /// Takes the keys of a call; in a part that only `some_runs` reach, what they are set
    /// to is not known.
    pub(super) fn configure(&mut self, arguments: Vec<Argument>, some_runs: bool) {
        for Argument { key, value, span } in arguments {
            let value = if some_runs { Value::Unknown } else { value };
            match key {
                Some(key) => self.config.set(&key, &value, span),
                None => self.config.set_unknown(),
            }
        }
    }
}

struct Snapshot {
    name: String,
    name_span: Range<usize>,
    part: Part,
}

impl Snapshot {
    fn facts(self) -> SnapshotFacts {
        let (config, reads) = self.part.facts();
        SnapshotFacts {
            name: self.name,
            name_span: self.name_span,
            config,
            reads,
        }
    }
}

struct Reader {
    file: Part,
    snapshots: Vec<Snapshot>,
    is_in_snapshot: bool,
    macros: Vec<(String, Part)>,
    /// In a macro: how many blocks were open around its text.
    macro_branches: Option<usize>,
    /// How many blocks are open whose text only some runs reach.
    n_branches: usize,
}

impl Reader {
    fn part(&mut self) -> &mut Part {
        match self.snapshots.last_mut() {
            Some(snapshot) if self.is_in_snapshot => &mut snapshot.part,
            _ => &mut self.file,
        }
    }

    /// The macro that is being read.
    fn macro_part(&mut self) -> Option<&mut Part> {
        let last = self
            .macros
            .last_mut()
            .filter(|_| self.macro_branches.is_some());
        last.map(|(_, part)| part)
    }

    fn block(&mut self, block: &Block, text: &str) {
        let words = block.words(text);
        let statement = words.name(0).filter(|_| block.kind == BlockKind::Statement);
        match statement {
            Some("snapshot") => self.open_snapshot(words),
            Some("endsnapshot") => {
                self.is_in_snapshot = false;
                self.n_branches = 0;
            }
            Some("endmacro") => self.macro_branches = None,
            _ => {}
        }
        if let Some("endif" | "endfor" | "endmacro" | "endcall") = statement {
            self.n_branches = self.n_branches.saturating_sub(1);
        }
        self.words(words, block, text);
        if let Some("if" | "for" | "macro" | "call") = statement {
            self.n_branches += 1;
        }
        if let (Some("macro"), Some(name)) = (statement, words.name(1)) {
            let part = Part::new(NodeKind::Model);
            self.macros.push((name.to_owned(), part));
            self.macro_branches = Some(self.n_branches);
        }
    }

    fn open_snapshot(&mut self, words: Words<'_>) {
        let Some(name) = words.name(1) else {
            return;
        };
        self.snapshots.push(Snapshot {
            name: name.to_owned(),
            name_span: words.tokens[1].span.clone(),
            part: Part::new(NodeKind::Snapshot),
        });
        self.is_in_snapshot = true;
        self.n_branches = 0;
    }

    fn words(&mut self, words: Words<'_>, block: &Block, text: &str) {
        let some_runs = self.n_branches > 0;
        let is_statement = block.kind == BlockKind::Statement;
        // The name of a macro that is defined here is no call.
        let is_definition = is_statement && words.name(0) == Some("macro");
        let mut index = if is_definition { 2 } else { 0 };
        let mut configured_to = 0;
        let mut reads = Reads::default();
        while index < words.tokens.len() {
            if called(words, index) == Called::Config && index >= configured_to {
                let (keys, end) = arguments(words, index + 1, Language::Jinja);
                let is_only = configured_to == 0 && is_plain_call(words, index, end);
                if let Some(part) = self.macro_part() {
                    part.configure(keys.clone(), true);
                }
                self.part().configure(keys, some_runs || !is_only);
                configured_to = end;
            }
            index = read_at(words, index, 0, &mut reads);
        }
        reads.has_unknown |= is_table_by_variable(block, text);
        self.take(reads, decides(words, 1..words.tokens.len()));
    }

    /// Takes what a block reads, and whether its own words decide about it.
    fn take(&mut self, reads: Reads, is_decided: bool) {
        let has_branches = |is_branch: bool| !reads.targets.is_empty() && is_branch;
        let is_branch = Some(self.n_branches) > self.macro_branches;
        if let Some(part) = self.macro_part() {
            part.reads.extend(&reads);
            part.reads.has_branches |= has_branches(is_decided || is_branch);
        }
        let is_branch = is_decided || self.n_branches > 0;
        let has_branches = has_branches(is_branch);
        let part = self.part();
        part.reads.extend(&reads);
        part.reads.has_branches |= has_branches;
    }
}

fn macro_facts((name, part): (String, Part)) -> MacroFacts {
    let (config, reads) = part.facts();
    MacroFacts {
        name,
        config: config.config,
        reads,
    }
}

/// Whether a table's name is a variable: that of some packages is `{{ ref('x') }}`, which
/// dbt renders. One that only begins with a variable is no node.
fn is_table_by_variable(block: &Block, text: &str) -> bool {
    let is_variable =
        block.kind == BlockKind::Expression && block.words(text).name(0) == Some("var");
    if !is_variable || text[block.span.end..].starts_with('.') {
        return false;
    }
    let before = text[..block.span.start].trim_end();
    let word = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
    word.is_some_and(|it| it.eq_ignore_ascii_case("from") || it.eq_ignore_ascii_case("join"))
}

/// Whether nothing else in its block decides whether a call counts.
fn is_plain_call(words: Words<'_>, index: usize, end: usize) -> bool {
    !decides(words, 0..index) && !decides(words, end..words.tokens.len())
}

/// Whether words of a range decide what else counts.
fn decides(words: Words<'_>, mut range: Range<usize>) -> bool {
    range.any(|at| matches!(words.name(at), Some("if" | "else" | "and" | "or")))
}

/// Takes what the word at `index` reads; says where the words go on.
fn read_at(words: Words<'_>, index: usize, depth: usize, reads: &mut Reads) -> usize {
    match called(words, index) {
        Called::Node(function) => match words.call(index, function) {
            Some((call, next)) => {
                reads.targets.push(call.target);
                return next;
            }
            None => reads.has_unknown |= !is_half_typed(words, index),
        },
        Called::Macro(name) => {
            reads.calls_macros |= !is_dbts(&name);
            reads.macros.push(name);
        }
        Called::Config | Called::Harmless | Called::Nothing => {}
    }
    if let TokenKind::Text { inner, .. } = &words.tokens[index].kind
        && depth < MAX_NESTED_TEXTS
    {
        read_nested(&words.text[inner.clone()], depth + 1, reads);
    }
    index + 1
}

/// A string that is Jinja itself, as a hook is: dbt renders it, and what it reads counts.
fn read_nested(text: &str, depth: usize, reads: &mut Reads) {
    for block in Blocks::new(text) {
        let words = block.words(text);
        let mut index = 0;
        while index < words.tokens.len() {
            index = read_at(words, index, depth, reads);
        }
    }
}
