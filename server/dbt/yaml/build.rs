//! Events of the YAML parser, collected into a tree.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{
    ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, StructureStyle,
};

use super::{Kind, Node, NodeId, Style, Yaml};
use crate::error::Error;

/// More than any file that a person edits.
const MAX_BYTES: usize = 16 << 20;
const MAX_NODES: usize = 1_000_000;
/// Deeper than dbt's deepest file; walks recurse this far.
const MAX_DEPTH: usize = 100;

/// The parser as PyYAML, which dbt uses, would read.
fn options() -> Options {
    granit_parser::options! {
        emit_anchor_events: true,
        emit_comments: false,
        block_scalar_eof_without_line_feed: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    }
}

pub(super) fn build(text: &str) -> Result<Yaml<'_>, Error> {
    if text.len() > MAX_BYTES {
        return Err(Error::YamlTooLarge);
    }
    let mut builder = Builder {
        text,
        nodes: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        n_documents: 0,
    };
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, span) = event.map_err(|error| syntax_error(text, &error))?;
        builder.event(event, &span)?;
    }
    Ok(Yaml {
        nodes: builder.nodes,
        root: builder.root,
        n_documents: builder.n_documents,
    })
}

/// A scalar of a text that need not be whole.
pub(crate) struct SourceScalar {
    /// Its bytes, quotes included.
    pub(crate) span: Range<usize>,
    /// How it is written.
    pub(crate) style: Style,
}

/// The scalars of `text` up to where it stops being YAML.
pub(crate) fn scalars(text: &str) -> impl Iterator<Item = SourceScalar> {
    let text = if text.len() > MAX_BYTES { "" } else { text };
    Parser::new_from_str_with_options(text, options())
        .map_while(Result::ok)
        .filter_map(|(event, span)| match event {
            Event::Scalar(_, style, ..) => Some(SourceScalar {
                span: span.byte_range()?,
                style: scalar_style(style),
            }),
            _ => None,
        })
}

/// A collection whose end has not come yet.
struct Open {
    id: NodeId,
    /// A mapping's key that waits for its value.
    key: Option<NodeId>,
}

struct Builder<'t> {
    text: &'t str,
    nodes: Vec<Node<'t>>,
    open: Vec<Open>,
    /// The parser's number of an anchor, and its node.
    anchors: HashMap<usize, NodeId>,
    root: Option<NodeId>,
    n_documents: usize,
}

impl<'t> Builder<'t> {
    fn event(&mut self, event: Event<'t>, span: &Span) -> Result<(), Error> {
        match event {
            Event::DocumentStart(..) => self.n_documents += 1,
            // Later documents are counted only; a syntax error in one still counts.
            _ if self.n_documents > 1 => {}
            Event::Alias(number) => {
                let target = self.anchors.get(&number).copied();
                let target = target.filter(|&id| !self.is_open(id));
                let at = span.byte_range().unwrap_or_default();
                let target = target.ok_or_else(|| self_reference(self.text, at.start))?;
                self.add(Kind::Alias(target), span, None)?;
            }
            Event::Anchor(number, name) => self.anchor(number, name, span),
            Event::Scalar(value, style, _, tag) => {
                let style = scalar_style(style);
                let tag = tag.map(|tag| tag.to_string());
                self.add(Kind::Scalar(value, style), span, tag)?;
            }
            Event::SequenceStart(style, _, tag) => {
                let kind = Kind::Sequence(Vec::new(), structure_style(style));
                self.open(kind, span, tag.map(|tag| tag.to_string()))?;
            }
            Event::MappingStart(style, _, tag) => {
                let kind = Kind::Mapping(Vec::new(), structure_style(style));
                self.open(kind, span, tag.map(|tag| tag.to_string()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, kind: Kind<'t>, span: &Span, tag: Option<String>) -> Result<(), Error> {
        let id = self.add(kind, span, tag)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(Error::YamlTooLarge);
        }
        self.open.push(Open { id, key: None });
        Ok(())
    }

    fn close(&mut self, span: &Span) {
        let Some(Open { id, .. }) = self.open.pop() else {
            return;
        };
        let (first, last, style) = match &self.nodes[id.0 as usize].kind {
            Kind::Sequence(items, style) => (items.first(), items.last(), *style),
            Kind::Mapping(pairs, style) => {
                let first = pairs.first().map(|(key, _)| key);
                (first, pairs.last().map(|(_, value)| value), *style)
            }
            Kind::Scalar(..) | Kind::Alias(_) => return,
        };
        let end = match last {
            // A block ends with its last item, not where the next token begins.
            Some(last) if style == Style::Block => self.nodes[last.0 as usize].span.end,
            _ => span.byte_range().unwrap_or_default().end,
        };
        let first = first.map(|id| self.nodes[id.0 as usize].outer_start);
        let node = &mut self.nodes[id.0 as usize];
        node.span.end = end.max(node.span.start);
        if let Some(first) = first.filter(|_| style == Style::Block) {
            // The parser says of a list at its key's column that it starts after the dash.
            node.span.start = node.span.start.min(first);
        }
    }

    fn anchor(&mut self, number: usize, name: Cow<'t, str>, span: &Span) {
        // The event follows its node at once, before any child.
        let Some(index) = self.nodes.len().checked_sub(1) else {
            return;
        };
        let node = &mut self.nodes[index];
        node.anchor = Some(name);
        if let Some(at) = span.byte_range() {
            node.outer_start = node.outer_start.min(at.start);
        }
        self.anchors.insert(number, NodeId(to_u32(index)));
    }

    fn add(&mut self, kind: Kind<'t>, span: &Span, tag: Option<String>) -> Result<NodeId, Error> {
        if self.nodes.len() >= MAX_NODES {
            return Err(Error::YamlTooLarge);
        }
        let id = NodeId(to_u32(self.nodes.len()));
        let mut range = span.byte_range().unwrap_or_default();
        match &kind {
            // The parser says that it stands where the next token begins, or of a last
            // line that it is its own `|`.
            Kind::Scalar(value, Style::Block) if value.is_empty() => {
                let before = self.text[..range.end].trim_end_matches([' ', '\r', '\n']);
                range = before.len()..before.len();
            }
            Kind::Scalar(_, Style::Block) => range.end = block_scalar_end(self.text, &range),
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Mapping(..) | Kind::Alias(_) => {}
        }
        let tag_start = span.tag_span().and_then(|tag| tag.byte_range());
        let outer_start = tag_start.map_or(range.start, |tag| tag.start.min(range.start));
        self.nodes.push(Node {
            kind,
            span: range,
            outer_start,
            anchor: None,
            tag,
        });
        self.attach(id);
        Ok(id)
    }

    /// Gives a node to the collection that is open.
    fn attach(&mut self, id: NodeId) {
        let Some(open) = self.open.last_mut() else {
            self.root = self.root.or(Some(id));
            return;
        };
        match &mut self.nodes[open.id.0 as usize].kind {
            Kind::Sequence(items, _) => items.push(id),
            Kind::Mapping(pairs, _) => match open.key.take() {
                Some(key) => pairs.push((key, id)),
                None => open.key = Some(id),
            },
            Kind::Scalar(..) | Kind::Alias(_) => {}
        }
    }

    fn is_open(&self, id: NodeId) -> bool {
        self.open.iter().any(|open| open.id == id)
    }
}

/// The parser's span reaches to the next token. The blank lines in between are
/// the scalar's where its header says so (`|+`), and a line of more spaces than
/// its indent always is.
fn block_scalar_end(text: &str, span: &Range<usize>) -> usize {
    let before = text[..span.start].trim_end_matches([' ', '\r', '\n']);
    let header = before.rsplit('\n').next().unwrap_or_default();
    let mut content = &text[span.clone()];
    if block_header(header).contains('+') {
        return span.start + content.rfind('\n').map_or(content.len(), |at| at + 1);
    }
    let indent = span.start - text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    while let Some(at) = content.rfind('\n') {
        let last = content[at + 1..].trim_end_matches('\r');
        if !last.trim().is_empty() || last.len() > indent {
            break;
        }
        content = content[..at].trim_end_matches('\r');
    }
    span.start + content.len()
}

/// `|+2` of `key: |+2 # comment`.
fn block_header(line: &str) -> &str {
    let header = line.rfind(['|', '>']).map_or("", |at| &line[at..]);
    header.split_whitespace().next().unwrap_or_default()
}

fn scalar_style(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    }
}

fn structure_style(style: StructureStyle) -> Style {
    match style {
        StructureStyle::Block => Style::Block,
        StructureStyle::Flow => Style::Flow,
    }
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).expect("fewer nodes than MAX_NODES")
}

fn syntax_error(text: &str, error: &ScanError) -> Error {
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return Error::YamlTooLarge;
    }
    let offset = error.marker().byte_offset().unwrap_or(0).min(text.len());
    if let Some(offset) = indenting_tab(text, offset) {
        return Error::NotYaml {
            line: line_number(text, offset),
            offset,
            message: "it is indented with a tab; YAML takes spaces only".to_owned(),
        };
    }
    Error::NotYaml {
        line: error.marker().line(),
        offset,
        message: error.info(),
    }
}

/// A tab that indents the line of `offset` or the next one: of a text that goes
/// on over a line's end the parser tells the start only.
fn indenting_tab(text: &str, offset: usize) -> Option<usize> {
    let mut start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    for line in text[start..].split_inclusive('\n').take(2) {
        let indent = &line[..line.len() - line.trim_start().len()];
        if let Some(tab) = indent.find('\t') {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

fn self_reference(text: &str, offset: usize) -> Error {
    Error::NotYaml {
        line: line_number(text, offset),
        offset,
        message: "an alias refers to the value that it is part of".to_owned(),
    }
}

/// The line of a byte, counted from 1.
fn line_number(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset]
        .iter()
        .filter(|&&b| b == b'\n')
        .count()
        + 1
}
