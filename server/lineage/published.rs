//! Finding the published datasource that a workbook points at.
//!
//! Where the reference states a LUID, that decides, and a name only finds what
//! states none itself: a `.tds` file beside the workbooks. Without one it is the
//! URL name on the same site, else the title. A published datasource may point at
//! another one, so the answer is a chain.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::content::{Content, PublishedDatasource, PublishedRef};

/// Longer chains than this are not followed; real ones have one link.
const MAX_CHAIN: usize = 8;

/// A published datasource's place in its [`crate::Lineage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublishedIx {
    /// Which [`Content`].
    pub content: usize,
    /// Which of its datasources.
    pub datasource: usize,
}

/// The published datasources of all contents.
#[derive(Debug)]
pub(crate) struct Published {
    contents: Arc<[Content]>,
    by_luid: HashMap<String, Vec<PublishedIx>>,
    by_content_url: HashMap<String, Vec<PublishedIx>>,
    by_name: HashMap<String, Vec<PublishedIx>>,
}

/// The place of every published datasource, in the contents' order.
pub(crate) fn all(contents: &[Content]) -> impl Iterator<Item = PublishedIx> {
    let contents = contents.iter().enumerate();
    contents.flat_map(|(content, it)| {
        (0..it.datasources.len()).map(move |datasource| PublishedIx {
            content,
            datasource,
        })
    })
}

/// What a reference leads to.
pub(crate) struct Chain {
    /// The datasources on the way.
    pub(crate) found: Vec<PublishedIx>,
    /// Whether the last of them reads tables, and not another one that is missing.
    pub(crate) complete: bool,
}

impl Published {
    pub(crate) fn new(contents: &Arc<[Content]>) -> Published {
        let mut all = Published {
            contents: Arc::clone(contents),
            by_luid: HashMap::new(),
            by_content_url: HashMap::new(),
            by_name: HashMap::new(),
        };
        for ix in self::all(contents) {
            let it = &contents[ix.content].datasources[ix.datasource];
            all.add(ix, it);
        }
        all
    }

    fn add(&mut self, place: PublishedIx, it: &PublishedDatasource) {
        let luid = it.luid.as_ref().map(|luid| luid.0.as_str());
        let keys = [
            (&mut self.by_luid, luid),
            (&mut self.by_content_url, it.content_url.as_deref()),
            (&mut self.by_name, Some(it.name.as_str())),
        ];
        for (index, key) in keys {
            if let Some(key) = key {
                index.entry(key.to_lowercase()).or_default().push(place);
            }
        }
    }

    /// Follows `reference`, which stands in a workbook of the content at `from`.
    pub(crate) fn resolve(&self, from: usize, reference: &PublishedRef) -> Chain {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = Some((from, reference));
        while let Some((from, reference)) = next {
            let place = self
                .find(from, reference)
                .filter(|&place| seen.insert(place));
            let Some(place) = place.filter(|_| found.len() < MAX_CHAIN) else {
                return Chain {
                    found,
                    complete: false,
                };
            };
            found.push(place);
            let inside = &self.get(place).inside;
            next = inside.published_as.as_ref().map(|it| (place.content, it));
        }
        Chain {
            found,
            complete: true,
        }
    }

    pub(crate) fn get(&self, ix: PublishedIx) -> &PublishedDatasource {
        &self.contents[ix.content].datasources[ix.datasource]
    }

    fn find(&self, from: usize, reference: &PublishedRef) -> Option<PublishedIx> {
        let content_url = reference.content_url.as_deref();
        let nearest = |index, key| self.nearest(index, key, from, reference.site.as_deref());
        let by_content_url = nearest(&self.by_content_url, content_url);
        if let Some(luid) = &reference.luid {
            let by_luid = self.by_luid.get(&luid.0.to_lowercase());
            let by_luid = by_luid.into_iter().flatten();
            let states_none = |place: &&PublishedIx| self.get(**place).luid.is_none();
            return by_luid
                .min_by_key(|place| place.content != from)
                .or_else(|| by_content_url.iter().find(states_none))
                .copied();
        }
        by_content_url
            .first()
            .copied()
            .or_else(|| self.agreed(&nearest(&self.by_name, reference.name.as_deref())))
            .or_else(|| self.agreed(&nearest(&self.by_name, content_url)))
    }

    /// Those with this key that may be on `site`; where the content at `from` has
    /// any, those alone.
    fn nearest(
        &self,
        index: &HashMap<String, Vec<PublishedIx>>,
        key: Option<&str>,
        from: usize,
        site: Option<&str>,
    ) -> Vec<PublishedIx> {
        let same_key = key.and_then(|key| index.get(&key.to_lowercase()));
        let may_be_meant = |&place: &PublishedIx| match (&self.get(place).site, site) {
            (Some(ours), Some(theirs)) => ours.eq_ignore_ascii_case(theirs),
            _ => true,
        };
        let all = same_key.into_iter().flatten().copied().filter(may_be_meant);
        let (here, elsewhere): (Vec<_>, Vec<_>) = all.partition(|place| place.content == from);
        if here.is_empty() { elsewhere } else { here }
    }

    /// The first, if it does not matter which is meant: a site may hold one title
    /// twice, and a guess would give a workbook the tables of another datasource.
    fn agreed(&self, places: &[PublishedIx]) -> Option<PublishedIx> {
        let first = *places.first()?;
        let same = |&place: &PublishedIx| {
            let (it, first) = (&self.get(place).inside, &self.get(first).inside);
            it.tables == first.tables && it.custom_sql == first.custom_sql
        };
        places.iter().all(same).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    /// `title url_name@site`, any part of it left out.
    fn published(text: &str) -> PublishedDatasource {
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        let (content_url, site) = rest.split_once('@').unwrap_or((rest, ""));
        let stated = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        PublishedDatasource {
            name: name.to_owned(),
            content_url: stated(content_url),
            site: stated(site),
            inside: testing::contents(&format!("published {name} snowflake\n[{text}]"))[0]
                .datasources[0]
                .inside
                .clone(),
            ..Default::default()
        }
    }

    /// Which of `datasources` a reference leads to.
    #[track_caller]
    fn check(datasources: &[&str], reference: &str, found: Option<usize>) {
        let mut contents = testing::contents("");
        contents[0].datasources = datasources.iter().map(|it| published(it)).collect();
        let published_datasources = Published::new(&contents.into());
        let wanted = published(reference);
        let reference = PublishedRef {
            content_url: wanted.content_url,
            name: (!wanted.name.is_empty()).then_some(wanted.name),
            site: wanted.site,
            ..PublishedRef::default()
        };
        let chain = published_datasources.resolve(0, &reference);
        assert_eq!(chain.found.first().map(|place| place.datasource), found);
        assert_eq!(chain.complete, found.is_some());
    }

    #[test]
    fn the_url_name_decides_before_the_title() {
        check(
            &["Orders orders_1", "Other orders_2"],
            "Orders orders_2",
            Some(1),
        );
        check(&["Orders orders_1", "Other"], "Other orders_3", Some(1));
        check(&["Orders orders_1"], "Renamed ORDERS_1", Some(0));
        check(&["Orders"], "Customers customers", None);
    }

    #[test]
    fn a_file_without_a_url_name_is_found_by_its_stem() {
        check(&["orders_1"], "Orders orders_1", Some(0));
    }

    #[test]
    fn another_sites_datasource_is_another() {
        check(
            &["Orders orders@emea", "Orders orders@acme"],
            "Orders orders@acme",
            Some(1),
        );
        check(&["Orders orders@emea"], "Orders orders@acme", None);
        check(&["Orders orders"], "Orders orders@acme", Some(0));
    }

    #[test]
    fn a_title_that_is_there_twice_tells_nothing() {
        check(&["Orders orders_1", "Orders orders_2"], "Orders", None);
    }

    /// Which published datasource (`content.place`) the workbook of a site points at.
    #[track_caller]
    fn check_site(reference: &str, tableau: &str, found: &str) {
        let text = format!("content site acme\nworkbook W\ndatasource D sqlproxy -> {reference}");
        let contents: Arc<[Content]> = testing::contents(&format!("{text}\n{tableau}")).into();
        let published = Published::new(&contents);
        let reference = contents[1].workbooks[0].datasources[0]
            .published_as
            .as_ref();
        let chain = published.resolve(1, reference.expect("a reference"));
        let places: Vec<String> = chain
            .found
            .iter()
            .map(|it| format!("{}.{}", it.content, it.datasource))
            .collect();
        assert_eq!(places.join(" "), found);
    }

    #[test]
    fn a_luid_decides_whatever_the_names_say() {
        let two = "published Orders snowflake luid=d1\npublished Other snowflake luid=d2";
        check_site("Orders luid=d2", two, "1.1");
        check_site("Renamed luid=D1", two, "1.0");
        check_site("Orders luid=d9", two, "");
        check_site("Orders", two, "1.0");
        let also = format!("{two}\ncontent snapshot team\npublished Orders snowflake luid=d1");
        check_site("Orders luid=d1", &also, "1.0");
        let elsewhere = "content snapshot team\npublished X snowflake luid=d1";
        check_site("Orders luid=d1", elsewhere, "2.0");
    }

    #[test]
    fn what_states_no_luid_is_found_by_its_url_name_alone() {
        let file = "content files x\npublished Orders snowflake content_url=orders site=acme";
        check_site("Orders luid=d1 content_url=orders site=acme", file, "2.0");
        check_site("Orders luid=d1 content_url=orders site=emea", file, "");
        check_site("Orders luid=d1", file, "");
    }
}
