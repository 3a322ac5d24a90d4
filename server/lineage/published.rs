//! Finding the published datasource that a workbook points at.
//!
//! By its URL name on the same site, else by its title. A published datasource
//! may point at another one, so the answer is a chain.

use std::collections::BTreeSet;

use crate::content::{Content, PublishedDatasource, PublishedRef};

/// Longer chains than this are not followed; real ones have one link.
const MAX_CHAIN: usize = 8;

/// The published datasources of all contents.
pub(crate) struct Published<'a> {
    contents: &'a [Content],
}

/// What a reference leads to.
pub(crate) struct Chain {
    /// The datasources on the way, as (content, datasource).
    pub(crate) found: Vec<(usize, usize)>,
    /// Whether the last of them reads tables, and not another one that is missing.
    pub(crate) complete: bool,
}

impl<'a> Published<'a> {
    pub(crate) fn new(contents: &'a [Content]) -> Published<'a> {
        Published { contents }
    }

    pub(crate) fn resolve(&self, reference: &PublishedRef) -> Chain {
        let mut chain = Chain {
            found: Vec::new(),
            complete: false,
        };
        let mut seen = BTreeSet::new();
        let mut next = Some(reference);
        while let Some(reference) = next.take() {
            let Some(place) = self.find(reference) else {
                return chain;
            };
            if chain.found.len() == MAX_CHAIN || !seen.insert(place) {
                return chain;
            }
            chain.found.push(place);
            next = self.contents[place.0].datasources[place.1]
                .inside
                .published_as
                .as_ref();
        }
        chain.complete = true;
        chain
    }

    fn find(&self, reference: &PublishedRef) -> Option<(usize, usize)> {
        let by = |fits: &dyn Fn(&PublishedDatasource) -> bool| {
            self.contents.iter().enumerate().find_map(|(content, it)| {
                let ix = it.datasources.iter().position(fits)?;
                Some((content, ix))
            })
        };
        let same_site = |it: &PublishedDatasource| match (&it.site, &reference.site) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        let same_text = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b));
        by(&|it| same_site(it) && same_text(&it.content_url, &reference.content_url))
            .or_else(|| {
                by(&|it| same_site(it) && same_text(&Some(it.name.clone()), &reference.name))
            })
            .or_else(|| {
                by(
                    &|it| {
                        same_site(it) && same_text(&Some(it.name.clone()), &reference.content_url)
                    },
                )
            })
    }
}
