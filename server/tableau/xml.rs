//! A small, bounded view of an XML document.
//!
//! Reads quick-xml's events once into a flat list of elements that borrow from
//! the text; attributes are taken apart only when asked for. Knows Tableau's
//! `_.fcp.` names (see [`Name`]) on elements and attributes. Refuses document
//! types, hence entities of the document's own, and anything past [`Limits`].
//! What the elements mean is for [`crate::workbook`].

use std::borrow::Cow;
use std::collections::HashSet;

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::error::{Cause, Error};
use crate::limits::Limits;

mod decode;

pub(crate) use decode::decode;

/// Subtrees that hold nothing for lineage and much of a file's size.
const SKIPPED: &[&str] = &[
    "style",
    "thumbnails",
    "formatted-text",
    "preferences",
    "semantic-values",
    "mapsources",
];

/// How a name with a feature flag begins.
const FLAG_PREFIX: &str = "_.fcp.";

/// A parsed document.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    nodes: Vec<Node<'a>>,
}

#[derive(Debug)]
struct Node<'a> {
    start: BytesStart<'a>,
    text: Cow<'a, str>,
    /// One past the last descendant in the list, so that siblings are found without links.
    end: usize,
    /// Whether a sibling is the `true` variant of the flag whose `false` variant this is.
    outdated: bool,
}

/// An element of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'d> {
    document: &'d Document<'d>,
    ix: usize,
}

/// An element's or attribute's name with Tableau's feature flag taken off:
/// `_.fcp.<Flag>.<true|false>...<name>`.
///
/// Tableau writes what older versions understand as the flag's `false` variant
/// and what newer ones do as `true`, side by side; only one is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Name<'n> {
    local: &'n str,
    flag: Option<(&'n str, bool)>,
}

impl<'a> Document<'a> {
    /// Parses `text`, which may carry a byte order mark no more.
    pub(crate) fn parse(text: &'a str, limits: &Limits) -> Result<Document<'a>, Error> {
        let mut parsing = Parsing {
            nodes: Vec::new(),
            open: Vec::new(),
            flagged: Vec::new(),
            limits,
        };
        let mut reader = Reader::from_str(text);
        while !parsing.is_complete() {
            let at = reader.buffer_position();
            let xml = |err: quick_xml::Error| Error::Xml {
                at,
                source: Cause::new(err),
            };
            match reader.read_event().map_err(xml)? {
                Event::Start(start) if parsing.is_skipped(&start) => {
                    reader.read_to_end(start.to_end().name()).map_err(xml)?;
                }
                Event::Start(start) => parsing.open(start, true, at)?,
                Event::Empty(start) => parsing.open(start, false, at)?,
                Event::End(_) => parsing.close(),
                Event::Text(text) => parsing.add_text(text.into_inner()),
                Event::CData(text) => parsing.add_text(text.into_inner()),
                Event::GeneralRef(entity) => parsing.add_entity(&entity, at)?,
                Event::DocType(it) if it.trim_start().starts_with("html") => {
                    return Err(Error::OtherFormat("an HTML page, as a login page is"));
                }
                Event::DocType(_) => return Err(Error::DocumentType),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        parsing.finish()
    }

    /// The outermost element.
    pub(crate) fn root(&'a self) -> Element<'a> {
        Element {
            document: self,
            ix: 0,
        }
    }
}

impl<'d> Element<'d> {
    /// The name without namespace prefix and feature flag.
    pub(crate) fn name(self) -> &'d str {
        self.full_name().local
    }

    /// The text directly inside, entities resolved.
    pub(crate) fn text(self) -> &'d str {
        &self.node().text
    }

    /// The value of an attribute; of several variants the `true` one, then the plain one.
    pub(crate) fn attr(self, name: &str) -> Option<Cow<'d, str>> {
        let mut best: Option<(u8, &'d str)> = None;
        for (key, value) in attributes(&self.node().start) {
            // Most attributes are decided by their ends, without taking the flag apart.
            if !key.ends_with(name) {
                continue;
            }
            let key = Name::of_attribute(key);
            if key.local != name {
                continue;
            }
            let rank = match key.flag {
                Some((_, true)) => 2,
                None => 1,
                Some((_, false)) => 0,
            };
            if best.is_none_or(|(best, _)| rank > best) {
                best = Some((rank, value));
            }
        }
        best.map(|(_, raw)| unescape(raw).unwrap_or(Cow::Borrowed(raw)))
    }

    /// The same, with an empty value as absent.
    pub(crate) fn stated(self, name: &str) -> Option<String> {
        self.attr(name)
            .filter(|it| !it.is_empty())
            .map(Cow::into_owned)
    }

    /// Whether the attribute has this very value.
    pub(crate) fn is(self, name: &str, value: &str) -> bool {
        self.attr(name).is_some_and(|it| it == value)
    }

    /// The elements directly inside. Where one feature flag has a `true` and a
    /// `false` variant of the same name among them, the `false` ones are left out.
    pub(crate) fn children(self) -> impl Iterator<Item = Element<'d>> {
        let end = self.node().end;
        let after = move |ix: usize| (ix < end).then_some(ix);
        std::iter::successors(after(self.ix + 1), move |ix| {
            after(self.document.nodes[*ix].end)
        })
        .filter(move |ix| !self.document.nodes[*ix].outdated)
        .map(move |ix| Element {
            document: self.document,
            ix,
        })
    }

    /// The elements of that name directly inside.
    pub(crate) fn named(self, name: &'static str) -> impl Iterator<Item = Element<'d>> {
        self.children().filter(move |it| it.name() == name)
    }

    /// The first element of that name directly inside.
    pub(crate) fn first(self, name: &'static str) -> Option<Element<'d>> {
        self.named(name).next()
    }

    /// The elements of that name anywhere inside, outdated variants left out,
    /// in the document's order. Elements of that name are looked into as well.
    pub(crate) fn descendants(self, name: &str) -> Vec<Element<'d>> {
        let mut found = Vec::new();
        self.collect(name, &mut found);
        found
    }

    fn collect(self, name: &str, found: &mut Vec<Element<'d>>) {
        // The depth was bounded when the document was parsed.
        for child in self.children() {
            if child.name() == name {
                found.push(child);
            }
            child.collect(name, found);
        }
    }

    fn full_name(self) -> Name<'d> {
        Name::of_element(self.node().start.name().into_inner())
    }

    fn node(self) -> &'d Node<'d> {
        &self.document.nodes[self.ix]
    }
}

impl<'n> Name<'n> {
    fn of_element(raw: &'n str) -> Name<'n> {
        let Name { local, flag } = Name::of_attribute(raw);
        // A namespace prefix says nothing here; attributes keep theirs (`xml:base`).
        Name {
            local: local.rsplit_once(':').map_or(local, |(_, it)| it),
            flag,
        }
    }

    fn of_attribute(raw: &'n str) -> Name<'n> {
        let Some((head, local)) = raw
            .strip_prefix(FLAG_PREFIX)
            .and_then(|it| it.split_once("..."))
        else {
            return Name {
                local: raw,
                flag: None,
            };
        };
        let Some((flag, value)) = head.rsplit_once('.') else {
            return Name {
                local: raw,
                flag: None,
            };
        };
        let inner = Name::of_attribute(local);
        let inner_is_true = inner.flag.is_none_or(|(_, value)| value);
        Name {
            local: inner.local,
            flag: Some((flag, value == "true" && inner_is_true)),
        }
    }
}

/// The attributes of a start tag, their values still escaped.
fn attributes<'s>(start: &'s BytesStart<'_>) -> impl Iterator<Item = (&'s str, &'s str)> {
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    attributes.flatten().filter_map(|it| match it.value {
        Cow::Borrowed(value) => Some((it.key.into_inner(), value)),
        Cow::Owned(_) => None,
    })
}

struct Parsing<'a, 'l> {
    nodes: Vec<Node<'a>>,
    /// The elements that are not closed yet, outermost first.
    open: Vec<usize>,
    /// The elements with a feature flag in their name, each with its parent.
    flagged: Vec<(usize, usize)>,
    limits: &'l Limits,
}

impl<'a> Parsing<'a, '_> {
    fn is_skipped(&self, start: &BytesStart<'_>) -> bool {
        let name = start.name().into_inner();
        !self.open.is_empty() && SKIPPED.contains(&Name::of_element(name).local)
    }

    fn is_complete(&self) -> bool {
        self.open.is_empty() && !self.nodes.is_empty()
    }

    fn open(&mut self, start: BytesStart<'a>, has_content: bool, at: u64) -> Result<(), Error> {
        self.check(&start, at)?;
        let ix = self.nodes.len();
        if let (true, Some(&parent)) = (start.starts_with(FLAG_PREFIX), self.open.last()) {
            self.flagged.push((parent, ix));
        }
        self.nodes.push(Node {
            start,
            text: Cow::Borrowed(""),
            end: ix + 1,
            outdated: false,
        });
        if has_content {
            self.open.push(ix);
        }
        Ok(())
    }

    fn check(&self, start: &BytesStart<'_>, at: u64) -> Result<(), Error> {
        let too_large = |what, limit: usize| {
            Err(Error::TooLarge {
                what,
                limit: limit as u64,
            })
        };
        let limits = self.limits;
        if self.open.len() >= limits.max_depth {
            return too_large("elements are nested too deeply", limits.max_depth);
        }
        if self.nodes.len() >= limits.max_elements {
            return too_large("too many elements", limits.max_elements);
        }
        if start.len() > limits.max_tag {
            return too_large("a start tag is too long", limits.max_tag);
        }
        let mut attributes = start.attributes();
        match attributes.with_checks(false).find_map(Result::err) {
            Some(err) => Err(Error::Xml {
                at,
                source: Cause::new(err),
            }),
            None => Ok(()),
        }
    }

    fn close(&mut self) {
        let end = self.nodes.len();
        if let Some(ix) = self.open.pop() {
            self.nodes[ix].end = end;
        }
    }

    fn add_text(&mut self, text: Cow<'a, str>) {
        let Some(&ix) = self.open.last() else { return };
        let node = &mut self.nodes[ix];
        if !node.text.is_empty() {
            node.text.to_mut().push_str(&text);
        } else if !text.trim().is_empty() {
            node.text = text;
        }
    }

    fn add_entity(&mut self, entity: &str, at: u64) -> Result<(), Error> {
        let raw = format!("&{entity};");
        let text = unescape(&raw).map_err(|err| Error::Xml {
            at,
            source: Cause::new(err),
        })?;
        if let Some(&ix) = self.open.last() {
            self.nodes[ix].text.to_mut().push_str(&text);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Document<'a>, Error> {
        if let Some(&ix) = self.open.last() {
            let name = self.nodes[ix].start.name().into_inner().to_owned();
            return Err(Error::Truncated(name));
        }
        if self.nodes.is_empty() {
            return Err(Error::OtherFormat("no XML document"));
        }
        for ix in self.outdated() {
            self.nodes[ix].outdated = true;
        }
        Ok(Document { nodes: self.nodes })
    }

    /// The `false` variants that have a `true` one beside them.
    fn outdated(&self) -> Vec<usize> {
        let name = |ix: usize| Name::of_element(self.nodes[ix].start.name().into_inner());
        let variants = |wanted: bool| {
            self.flagged
                .iter()
                .filter_map(move |&(parent, ix)| match name(ix) {
                    Name {
                        local,
                        flag: Some((flag, value)),
                    } if value == wanted => Some(((parent, flag, local), ix)),
                    _ => None,
                })
        };
        let current: HashSet<_> = variants(true).map(|(key, _)| key).collect();
        variants(false)
            .filter(|(key, _)| current.contains(key))
            .map(|(_, ix)| ix)
            .collect()
    }
}
