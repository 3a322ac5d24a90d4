//! What a SQL file says: its `config()`, what it reads, and its snapshot blocks.
//!
//! Nothing is rendered. A `config()` in a part that only some runs reach says that its keys
//! are there, and not what they are. The text may be half-typed.

use std::ops::Range;

use lineage::NodeKind;

use super::arguments::{Argument, arguments};
use super::calls::{Called, called};
use super::configure::Configured;
use super::value::Value;
use super::{CodeFacts, Reads, SnapshotFacts};
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
    }
}

/// What a file says that is too large to be read: anything.
pub(super) fn too_large() -> CodeFacts {
    let mut part = Part::new(NodeKind::Model);
    part.config.set_unknown();
    part.reads.has_unknown = true;
    let (config, reads) = part.facts();
    CodeFacts {
        config,
        reads,
        snapshots: Vec::new(),
    }
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
        self.reads.targets.sort();
        self.reads.targets.dedup();
        (self.config.facts(), self.reads)
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

    fn block(&mut self, block: &Block, text: &str) {
        let words = block.words(text);
        let statement = words.name(0).filter(|_| block.kind == BlockKind::Statement);
        match statement {
            Some("snapshot") => self.open_snapshot(words),
            Some("endsnapshot") => {
                self.is_in_snapshot = false;
                self.n_branches = 0;
            }
            Some("endif" | "endfor" | "endmacro" | "endcall") => {
                self.n_branches = self.n_branches.saturating_sub(1);
            }
            _ => {}
        }
        self.words(words, block.kind);
        self.part().reads.has_unknown |= is_table_by_variable(block, text);
        if let Some("if" | "for" | "macro" | "call") = statement {
            self.n_branches += 1;
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

    fn words(&mut self, words: Words<'_>, kind: BlockKind) {
        let some_runs = self.n_branches > 0;
        let is_statement = kind == BlockKind::Statement;
        let part = self.part();
        // The name of a macro that is defined here is no call.
        let is_definition = is_statement && words.name(0) == Some("macro");
        let mut index = if is_definition { 2 } else { 0 };
        let n_before = part.reads.targets.len();
        let mut configured_to = 0;
        while index < words.tokens.len() {
            if called(words, index) == Called::Config && index >= configured_to {
                let (keys, end) = arguments(words, index + 1, Language::Jinja);
                let is_only = configured_to == 0 && is_plain_call(words, index, end);
                part.configure(keys, some_runs || !is_only);
                configured_to = end;
            }
            index = read_at(words, index, 0, &mut part.reads);
        }
        let has_read = part.reads.targets.len() > n_before;
        part.reads.has_branches |= has_read && (some_runs || decides(words, 1..words.tokens.len()));
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
            None => reads.has_unknown = true,
        },
        Called::Macro => reads.calls_macros = true,
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
