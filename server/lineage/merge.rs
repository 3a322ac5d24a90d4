//! Files, sites and snapshots become one content: what is the same is shown once.
//!
//! A workbook that a site and a snapshot both hold is the same by its LUID; a local
//! file is the same as what a site published under its URL name. Titles decide
//! nothing. Of two, the one that was read from the site last is kept, and what the
//! other knows and it does not is taken over: a file tells what an
//! extract was made from, which the site often does not. What is not known of one
//! and known of the other is no gap any more.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::content::{Content, ContentKind, Luid, PublishedDatasource, Workbook};
use crate::hidden::lacks;
use crate::knowledge::{Gap, GapCode};
use crate::page::{host_of, urls_of};

mod fill;

/// Shows once what several contents hold. The contents and what they hold keep
/// their order; a file that a site knows as published stands with the site's.
///
/// A file is not the same as anything on another host, where both hosts are known,
/// nor where several sites might be meant.
pub fn merge(mut contents: Vec<Content>) -> Vec<Content> {
    let mut merger = Merger::new(&mut contents);
    let workbooks = contents
        .iter_mut()
        .map(|it| std::mem::take(&mut it.workbooks));
    let workbooks = merger.merge(workbooks.collect());
    let datasources = contents
        .iter_mut()
        .map(|it| std::mem::take(&mut it.datasources));
    let datasources = merger.merge(datasources.collect());
    let all = contents.iter_mut().zip(workbooks).zip(datasources);
    for (((content, workbooks), datasources), gaps) in all.zip(merger.gaps) {
        content.workbooks = workbooks;
        content.datasources = datasources;
        content.gaps = gaps;
    }
    drop_covered(&mut contents);
    contents
}

/// A place: which content, which of its things.
type Ix = (usize, usize);

/// Something published, or a file of it.
trait Thing {
    fn name(&self) -> &str;
    fn luid(&self) -> Option<&Luid>;
    fn site(&self) -> Option<&str>;
    fn content_url(&self) -> Option<&str>;
    /// The hosts that its pages are on.
    fn hosts(&self) -> BTreeSet<String>;
    /// The kinds of knowledge that it visibly lacks.
    fn lacks(&self) -> BTreeSet<GapCode>;
    /// Takes over what `other` knows and it does not.
    fn fill(&mut self, other: Self);
}

impl Thing for Workbook {
    fn name(&self) -> &str {
        &self.name
    }

    fn luid(&self) -> Option<&Luid> {
        self.luid.as_ref()
    }

    fn site(&self) -> Option<&str> {
        self.site.as_deref()
    }

    fn content_url(&self) -> Option<&str> {
        self.content_url.as_deref()
    }

    fn hosts(&self) -> BTreeSet<String> {
        urls_of(self).filter_map(host_of).collect()
    }

    fn lacks(&self) -> BTreeSet<GapCode> {
        let untold = self.datasources.is_empty();
        let untold = untold.then_some(GapCode::MetadataIncomplete);
        let of_datasources = self.datasources.iter().flat_map(lacks);
        of_datasources.chain(untold).collect()
    }

    fn fill(&mut self, other: Workbook) {
        fill::workbook(self, other);
    }
}

impl Thing for PublishedDatasource {
    fn name(&self) -> &str {
        &self.name
    }

    fn luid(&self) -> Option<&Luid> {
        self.luid.as_ref()
    }

    fn site(&self) -> Option<&str> {
        self.site.as_deref()
    }

    fn content_url(&self) -> Option<&str> {
        self.content_url.as_deref()
    }

    fn hosts(&self) -> BTreeSet<String> {
        self.url.iter().filter_map(|url| host_of(url)).collect()
    }

    fn lacks(&self) -> BTreeSet<GapCode> {
        lacks(&self.inside)
    }

    fn fill(&mut self, other: PublishedDatasource) {
        fill::published(self, other);
    }
}

/// What is known of a content beside what it holds.
struct Place {
    kind: ContentKind,
    host: Option<String>,
    fetched_at: Option<Timestamp>,
}

/// The gaps of all contents while their things are put together.
struct Merger {
    places: Vec<Place>,
    gaps: Vec<Vec<Gap>>,
    /// How many things of each content have a name: a gap names what it is about.
    n_named: Vec<HashMap<String, usize>>,
}

impl Merger {
    fn new(contents: &mut [Content]) -> Merger {
        let place = |it: &Content| Place {
            kind: it.kind,
            host: it.host.as_ref().map(|host| host.to_lowercase()),
            fetched_at: it.fetched_at,
        };
        Merger {
            places: contents.iter().map(place).collect(),
            n_named: contents.iter().map(count_names).collect(),
            gaps: contents
                .iter_mut()
                .map(|it| std::mem::take(&mut it.gaps))
                .collect(),
        }
    }

    fn merge<T: Thing>(&mut self, all: Vec<Vec<T>>) -> Vec<Vec<T>> {
        let mut pairs = self.twins(&all);
        let gone: BTreeSet<Ix> = pairs.iter().map(|(from, _)| *from).collect();
        pairs.extend(self.files(&all, &gone));
        let slots = all.into_iter();
        let mut slots: Vec<Vec<Option<T>>> = slots
            .map(|things| things.into_iter().map(Some).collect())
            .collect();
        for (from, into) in pairs {
            let other = slots[from.0][from.1].take();
            let kept = slots[into.0][into.1].as_mut();
            if let Some((kept, other)) = kept.zip(other) {
                self.put_together(kept, into.0, other, from.0);
            }
        }
        let kept = slots.into_iter();
        kept.map(|things| things.into_iter().flatten().collect())
            .collect()
    }

    /// What several sites and snapshots hold, as (dropped, kept).
    fn twins<T: Thing>(&self, all: &[Vec<T>]) -> Vec<(Ix, Ix)> {
        let mut by_luid: HashMap<String, Vec<Ix>> = HashMap::new();
        let mut order = Vec::new();
        for (ix, it) in self.things(all, |kind| kind != ContentKind::Files) {
            if let Some(luid) = it.luid() {
                let same = by_luid.entry(luid.0.to_lowercase()).or_default();
                order.extend(same.is_empty().then(|| luid.0.to_lowercase()));
                same.push(ix);
            }
        }
        let mut pairs = Vec::new();
        for luid in order {
            let mut rest = by_luid.remove(&luid).unwrap_or_default();
            // The last one read; of two of one time a site's, else the first.
            rest.sort_by_key(|ix| {
                let place = &self.places[ix.0];
                (
                    Reverse(place.fetched_at),
                    place.kind != ContentKind::Site,
                    *ix,
                )
            });
            while !rest.is_empty() {
                let kept = rest.remove(0);
                let (same, other): (Vec<Ix>, Vec<Ix>) = rest
                    .into_iter()
                    .partition(|ix| ix.0 != kept.0 && self.may_share_host(ix.0, kept.0));
                pairs.extend(same.into_iter().map(|ix| (ix, kept)));
                rest = other;
            }
        }
        pairs
    }

    /// Files of what a site or snapshot holds, as (file, published).
    fn files<T: Thing>(&self, all: &[Vec<T>], gone: &BTreeSet<Ix>) -> Vec<(Ix, Ix)> {
        let mut published: HashMap<(String, String), Vec<Ix>> = HashMap::new();
        for (ix, it) in self.things(all, |kind| kind != ContentKind::Files) {
            if let Some(key) = url_name(it).filter(|_| !gone.contains(&ix)) {
                published.entry(key).or_default().push(ix);
            }
        }
        let files = self.things(all, |kind| kind == ContentKind::Files);
        let pair = |(ix, file): (Ix, &T)| {
            let hosts = file.hosts();
            let may_be = |at: &&Ix| {
                let mut known = all[at.0][at.1].hosts();
                known.extend(self.places[at.0].host.clone());
                hosts.is_empty() || known.is_empty() || !known.is_disjoint(&hosts)
            };
            let mut same = published.get(&url_name(file)?)?.iter().filter(may_be);
            let (first, second) = (same.next()?, same.next());
            second.is_none().then_some((ix, *first))
        };
        files.filter_map(pair).collect()
    }

    fn things<'a, T>(
        &'a self,
        all: &'a [Vec<T>],
        of_kind: impl Fn(ContentKind) -> bool + 'a,
    ) -> impl Iterator<Item = (Ix, &'a T)> {
        let all = all.iter().zip(&self.places).enumerate();
        all.filter(move |(_, (_, place))| of_kind(place.kind))
            .flat_map(|(content, (things, _))| {
                let things = things.iter().enumerate();
                things.map(move |(ix, it)| ((content, ix), it))
            })
    }

    /// A server that was set up from another's backup has the same LUIDs.
    fn may_share_host(&self, a: usize, b: usize) -> bool {
        match (&self.places[a].host, &self.places[b].host) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        }
    }

    fn put_together<T: Thing>(&mut self, kept: &mut T, at: usize, other: T, from: usize) {
        let name = other.name().to_owned();
        let before = kept.lacks();
        kept.fill(other);
        let after = kept.lacks();
        let resolved: BTreeSet<GapCode> = before.difference(&after).copied().collect();
        if self.n_named[at].get(kept.name()) == Some(&1) {
            self.gaps[at].retain(|it| !(is_about(it, kept.name()) && resolved.contains(&it.code)));
        }
        let n_left = self.n_named[from].entry(name.clone()).or_default();
        *n_left = n_left.saturating_sub(1);
        if *n_left == 0 {
            self.move_gaps((from, &name), (at, kept.name()), &after);
        }
    }

    /// What was not known of the thing that went, and is not known of the one that stays.
    fn move_gaps(&mut self, from: (usize, &str), to: (usize, &str), lacks: &BTreeSet<GapCode>) {
        let all = std::mem::take(&mut self.gaps[from.0]);
        let (own, rest): (Vec<Gap>, Vec<Gap>) =
            all.into_iter().partition(|it| is_about(it, from.1));
        self.gaps[from.0] = rest;
        for gap in own {
            let is_there = |it: &Gap| it.code == gap.code && is_about(it, to.1);
            let holds = lacks.contains(&gap.code) || !shows(gap.code);
            if holds && !self.gaps[to.0].iter().any(is_there) {
                self.gaps[to.0].push(Gap {
                    about: Some(to.1.to_owned()),
                    ..gap
                });
            }
        }
    }
}

/// Whether it can be seen on a datasource that it lacks such knowledge.
fn shows(code: GapCode) -> bool {
    matches!(
        code,
        GapCode::ExtractOnly
            | GapCode::VirtualConnection
            | GapCode::NameHidden
            | GapCode::CustomSqlUnreadable
            | GapCode::MetadataIncomplete
    )
}

fn is_about(gap: &Gap, name: &str) -> bool {
    gap.about.as_deref() == Some(name)
}

fn count_names(content: &Content) -> HashMap<String, usize> {
    let workbooks = content.workbooks.iter().map(|it| &it.name);
    let names = workbooks.chain(content.datasources.iter().map(|it| &it.name));
    let mut n_named = HashMap::new();
    for name in names {
        *n_named.entry(name.clone()).or_default() += 1;
    }
    n_named
}

/// Site and URL name, where both are stated.
fn url_name(thing: &impl Thing) -> Option<(String, String)> {
    let (site, content_url) = (thing.site()?, thing.content_url()?);
    Some((site.to_lowercase(), content_url.to_lowercase()))
}

/// What a site does not tell is no gap where another content of the same site does:
/// one that was read later, of no fewer projects, and lacks nothing as a whole. So a
/// team's snapshot serves a person who is not signed in; where that holds selected
/// projects alone, its own answers say so.
fn drop_covered(contents: &mut [Content]) {
    let covered = |it: &Content| contents.iter().any(|other| covers(other, it));
    let covered: Vec<bool> = contents.iter().map(covered).collect();
    for (content, covered) in contents.iter_mut().zip(covered) {
        if covered {
            content.gaps.retain(|it| !it.is_about_a_place());
        }
    }
}

fn covers(content: &Content, other: &Content) -> bool {
    let same_host = content.host.is_some() && content.host == other.host;
    let same_site = same_host && content.name.eq_ignore_ascii_case(&other.name);
    let as_wide = content.selected.is_none()
        || content.selected == other.selected
        || other.fetched_at.is_none();
    let is_later = content.fetched_at > other.fetched_at;
    let is_whole = !content.gaps.iter().any(|it| it.is_about_a_place());
    same_site && as_wide && is_later && is_whole
}

#[cfg(test)]
mod tests;
