//! Whether what an exposure stands for is still in Tableau.
//!
//! "Gone" makes people remove things, so it is said only where a whole and complete
//! list of the exposure's own site shows it. Whatever else is missing has a reason.

use crate::content::Content;
use crate::exposure::Exposure;
use crate::identity::places::Tells;
use crate::identity::signs::{self, Signs, is_placeholder};
use crate::identity::{Identities, Presence};
use crate::knowledge::GapCode;
use crate::page::{PageLink, Shown};
use crate::usage::WorkbookIx;

impl Identities {
    /// Whether what `exposure`, which is at the place `ix`, stands for is still there.
    pub(crate) fn presence(
        &self,
        contents: &[Content],
        exposure: &Exposure,
        ix: usize,
    ) -> Presence {
        if !self.subjects_of(ix).is_empty() {
            return Presence::Here;
        }
        let said = match self.lost.get(&ix) {
            Some(&workbook) => self.dashboard_is_gone(contents, workbook),
            None if !self.is_of_tableau(exposure) => return Presence::Elsewhere,
            None if self.is_of_datasource(exposure) => return Presence::Elsewhere,
            None => self.workbook_is_gone(contents, exposure),
        };
        match said {
            Ok(content) => Presence::Gone { content },
            Err(reason) => Presence::Unknown(reason),
        }
    }

    fn is_of_tableau(&self, exposure: &Exposure) -> bool {
        signs::speaks_of_tableau(exposure, &|host| self.places.is_known_host(host))
    }

    /// Whether it stands for a published datasource, which is no workbook's business: its
    /// address is one's page, or it has none and every LUID in it is one's.
    fn is_of_datasource(&self, exposure: &Exposure) -> bool {
        let signs = Signs::of(exposure);
        match &signs.page {
            Some(page) => matches!(page.shows, Shown::Datasource(_)),
            None => {
                let mut luids = signs.luids.iter();
                let is_known = luids.all(|it| self.places.datasources.contains(it));
                is_known && !signs.luids.is_empty() && signs.content_url.is_none()
            }
        }
    }

    /// Which content shows that the dashboard is gone from a workbook that is there, or
    /// why that is not known.
    fn dashboard_is_gone(&self, contents: &[Content], at: WorkbookIx) -> Result<usize, String> {
        let content = &contents[at.content];
        let Some(tells) = self.places.tells.get(&at.content) else {
            return Err("its workbook is known from a file alone, which may be old".to_owned());
        };
        let newest = self.newest(contents, tells);
        let name = &content.workbooks[at.workbook].name;
        if newest != Some(at.content) || lacks_views(content, name) {
            return Err(format!("not all dashboards of {name} may be known"));
        }
        match why_not_whole(content) {
            Some(reason) => Err(reason),
            None => Ok(at.content),
        }
    }

    /// Which content shows that the workbook is gone, or why that is not known.
    fn workbook_is_gone(&self, contents: &[Content], exposure: &Exposure) -> Result<usize, String> {
        let signs = Signs::of(exposure);
        let place = self.place(&signs, exposure)?;
        let newest = place.into_iter().max_by_key(|&ix| contents[ix].fetched_at);
        let no_site = || "no site can be told from it".to_owned();
        let at = newest.ok_or_else(no_site)?;
        if let Some(reason) = why_not_whole(&contents[at]) {
            return Err(reason);
        }
        let tells = self.places.tells.get(&at).ok_or_else(no_site)?;
        match is_named(tells, &signs) {
            Named::Newer => {
                let name = site_name(&contents[at]);
                Err(format!("it may have been published after {name} was read"))
            }
            Named::No => Err("nothing in it tells which workbook it is".to_owned()),
            Named::Yes if self.is_datasource(&signs) => {
                Err("it names a published datasource, and no workbook".to_owned())
            }
            Named::Yes => Ok(at),
        }
    }

    /// The contents of the exposure's own site.
    fn place(&self, signs: &Signs<'_>, exposure: &Exposure) -> Result<Vec<usize>, String> {
        if let Some(PageLink { host, site, .. }) = &signs.page {
            let place = self.places.of(host, site);
            return match place.is_empty() {
                true => Err(format!("{} was not read", called(site, host))),
                false => Ok(place),
            };
        }
        if let Some(site) = &signs.site {
            let place = self.places.of_name(site);
            return match place.is_empty() {
                true => Err(format!(
                    "it is not known which site {site} is, or it was not read"
                )),
                false => Ok(place),
            };
        }
        match exposure.url.as_deref() {
            Some(url) if is_placeholder(url) => Err("its address is a placeholder".to_owned()),
            _ => Err("no site can be told from it".to_owned()),
        }
    }

    fn is_datasource(&self, signs: &Signs<'_>) -> bool {
        let mut luids = signs.luids.iter();
        luids.any(|it| self.places.datasources.contains(it))
    }

    /// The content of the same site that was read last.
    fn newest(&self, contents: &[Content], tells: &Tells) -> Option<usize> {
        let same = tells.hosts.iter();
        let same = same.flat_map(|host| self.places.of(host, &tells.site));
        same.max_by_key(|&ix| (contents[ix].fetched_at, ix))
    }
}

/// Whether an exposure names a workbook that would be found if it were there.
enum Named {
    Yes,
    No,
    /// By a number that is higher than any known.
    Newer,
}

fn is_named(tells: &Tells, signs: &Signs<'_>) -> Named {
    // Every sign counts: none of them was found.
    let mut is_sure = false;
    if let Some(PageLink { shows, .. }) = &signs.page {
        match (shows, tells.numbers) {
            (Shown::Workbook(number), Some(highest)) if *number > highest => return Named::Newer,
            (Shown::Workbook(_), known) => is_sure |= known.is_some(),
            (Shown::View { .. }, _) => is_sure |= tells.url_names,
            (Shown::Datasource(_), _) => {}
        }
    }
    is_sure |= signs.luid.is_some() && tells.luids;
    is_sure |= signs.content_url.is_some() && tells.url_names;
    if is_sure { Named::Yes } else { Named::No }
}

/// Whether the content says that it does not know all about what is in a workbook.
fn lacks_views(content: &Content, workbook: &str) -> bool {
    use GapCode::{FileUnreadable, MetadataIncomplete, MetadataUnavailable, Truncated};
    let mut gaps = content.gaps.iter();
    gaps.any(|it| {
        let codes = [
            FileUnreadable,
            MetadataIncomplete,
            MetadataUnavailable,
            Truncated,
        ];
        it.about.as_deref() == Some(workbook) && codes.contains(&it.code)
    })
}

/// Why a content may not list every workbook that its site has.
fn why_not_whole(content: &Content) -> Option<String> {
    let site = site_name(content);
    let mut gaps = content.gaps.iter();
    if let Some(gap) = gaps.find(|it| it.is_about_a_place()) {
        let reason = match gap.code {
            GapCode::NotSignedIn => format!("{site} is not signed in to"),
            GapCode::RefreshFailed => format!("what is known of {site} is old"),
            GapCode::SiteUnavailable => format!("{site} was not read"),
            GapCode::SnapshotUnavailable => "the team snapshot is old".to_owned(),
            GapCode::VisibilityLimited => format!("the token's user sees only part of {site}"),
            GapCode::MetadataIncomplete => format!("{site} is still working out its lineage"),
            _ => format!("{site} was not read to its end"),
        };
        return Some(reason);
    }
    if content.fetched_at.is_none() {
        return Some(format!("{site} was not read"));
    }
    if let Some(selected) = &content.selected {
        return Some(format!("only the projects {selected} of {site} were read"));
    }
    let is_limited = !content.lists_all;
    is_limited.then(|| format!("the token's user may not see every workbook of {site}"))
}

/// What people call the site that a content came from.
fn site_name(content: &Content) -> String {
    match &content.host {
        Some(host) if content.name.eq_ignore_ascii_case(host) => called("", host),
        Some(host) => called(&content.name, host),
        None => content.name.clone(),
    }
}

fn called(site: &str, host: &str) -> String {
    match site {
        "" => format!("the Default site on {host}"),
        site => format!("{site} on {host}"),
    }
}
