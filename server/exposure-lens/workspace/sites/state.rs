//! What state a site is in: what is kept of it, and what keeps that from being all.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lineage::{Content, ContentKind, Gap, GapCode, Warehouse};
use tableau::SiteAddress;

use super::history::{History, Selection, ago};
use crate::config::SiteSetting;
use crate::workspace::Problem;

/// A site that is to be read, and what is known of it without asking it.
#[derive(Clone, Debug)]
pub struct SiteState {
    /// Which site, which part of it, and who names it.
    pub setting: SiteSetting,
    /// What is kept, lowered; `None` when nothing is, or what was is damaged.
    pub content: Option<Arc<Content>>,
    /// How the last fetches went.
    pub history: History,
    /// Whether there is a credential for it. Nothing is ever sent to it without one.
    pub signed_in: bool,
    /// Why what was kept cannot be used; it is then fetched anew.
    pub damaged: Option<String>,
}

/// A site's state in one word, for a status bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// There is no credential for it.
    NotSignedIn,
    /// It has never been fetched.
    NeverFetched,
    /// The last fetch failed; older content may be there.
    Failed,
    /// Its content is as new as is asked for.
    Fresh,
    /// Its content is older than that.
    Stale,
}

impl SiteState {
    /// What people call it: `acme on 10ax.online.tableau.com`.
    pub fn name(&self) -> String {
        name(&self.setting.address)
    }

    /// When its content was read from the site.
    pub fn fetched_at(&self) -> Option<Timestamp> {
        self.content.as_ref().and_then(|it| it.fetched_at)
    }

    /// Its state in one word.
    pub fn phase(&self, now: Timestamp, max_age: SignedDuration) -> Phase {
        match (&self.history.failure, self.fetched_at()) {
            _ if !self.signed_in => Phase::NotSignedIn,
            (Some(_), _) => Phase::Failed,
            (None, None) => Phase::NeverFetched,
            (None, Some(at)) if now.duration_since(at) < max_age => Phase::Fresh,
            (None, Some(_)) => Phase::Stale,
        }
    }

    /// Whether background work is to fetch it now: there is a credential, and its
    /// content is missing, old or of another selection. Waits after a failure.
    pub fn is_due(&self, now: Timestamp, max_age: SignedDuration) -> bool {
        let lacks_content = self.content.is_none() && self.history.failure.is_none();
        let wanted = selection(&self.setting);
        self.signed_in && (lacks_content || self.history.is_due(now, max_age, &wanted))
    }

    /// What keeps its content from being all, or from being new.
    pub fn gap(&self, now: Timestamp, max_age: SignedDuration) -> Option<Gap> {
        let (code, message) = match (self.phase(now, max_age), self.fetched_at()) {
            (Phase::Fresh | Phase::Stale, _) => return None,
            (Phase::NotSignedIn, Some(at)) if now.duration_since(at) < max_age => return None,
            (Phase::NotSignedIn, at) => (GapCode::NotSignedIn, self.not_signed_in(now, at)),
            (_, Some(at)) => (GapCode::RefreshFailed, self.old(now, at)),
            (_, None) => (GapCode::SiteUnavailable, self.unknown(now)),
        };
        Some(Gap {
            code,
            message: ide::plain_message(&message),
            about: None,
            warehouse: Warehouse::Generic,
        })
    }

    /// The same as something that a user can act on.
    pub fn problem(&self, now: Timestamp, max_age: SignedDuration) -> Option<Problem> {
        let gap = self.gap(now, max_age)?;
        Some(Problem {
            code: gap.code.as_str(),
            message: gap.message,
        })
    }

    /// Its content with what is missing from it.
    pub fn to_content(&self, now: Timestamp, max_age: SignedDuration) -> Content {
        let mut content = match &self.content {
            Some(content) => Content::clone(content),
            None => empty(&self.setting.address),
        };
        content.gaps.extend(self.gap(now, max_age));
        content
    }

    fn not_signed_in(&self, now: Timestamp, at: Option<Timestamp>) -> String {
        let (name, address) = (self.name(), &self.setting.address);
        let old = at.map_or(String::new(), |at| {
            format!("; what is known of it is from {}", ago(now, at))
        });
        format!("{name} is not signed in to: run `exposure-lens login {address}`{old}")
    }

    fn old(&self, now: Timestamp, at: Timestamp) -> String {
        let failed = self.failed(now);
        let from = ago(now, at);
        format!(
            "what is known of {} was fetched {from}: {failed}",
            self.name()
        )
    }

    fn unknown(&self, now: Timestamp) -> String {
        match &self.history.failure {
            Some(_) => format!("nothing is known of {}: {}", self.name(), self.failed(now)),
            None => format!(
                "{} has not been fetched yet: run `exposure-lens pull`",
                self.name()
            ),
        }
    }

    fn failed(&self, now: Timestamp) -> String {
        let Some(failure) = &self.history.failure else {
            return String::new();
        };
        let said = failure.said();
        format!("the last try failed {}: {said}", ago(now, failure.at))
    }
}

/// What people call a site.
pub fn name(address: &SiteAddress) -> String {
    match address.site() {
        "" => format!("the Default site on {}", address.host()),
        site => format!("{site} on {}", address.host()),
    }
}

/// What is wanted of a site.
pub(super) fn selection(setting: &SiteSetting) -> Selection {
    Selection {
        projects: setting.projects.clone(),
        exclude: setting.exclude.clone(),
    }
}

/// The content of a site of which nothing is known.
fn empty(address: &SiteAddress) -> Content {
    Content {
        kind: ContentKind::Site,
        name: match address.site() {
            "" => address.host().to_owned(),
            site => site.to_owned(),
        },
        host: Some(address.host().to_owned()),
        ..Content::default()
    }
}
