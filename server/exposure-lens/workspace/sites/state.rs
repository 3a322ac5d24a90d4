//! What state a site is in: what is kept of it, and what keeps that from being all.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lineage::{Content, ContentKind, Gap, GapCode, Warehouse};
use tableau::SiteAddress;

use super::history::History;
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

    /// What its content is called, and that of a snapshot of it.
    pub(super) fn content_name(&self) -> String {
        empty(&self.setting.address).name
    }

    /// The host that its content is from.
    pub(super) fn host(&self) -> Option<String> {
        Some(self.setting.address.host().to_owned())
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
    /// content is missing or old. Waits after a failure.
    pub fn is_due(&self, now: Timestamp, max_age: SignedDuration) -> bool {
        let lacks_content = self.content.is_none() && self.history.failure.is_none();
        self.signed_in && (lacks_content || self.history.is_due(now, max_age))
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
            format!("; what is known of it is from {}", ide::ago(now, at))
        });
        format!("{name} is not signed in to: run `exposure-lens login {address}`{old}")
    }

    fn old(&self, now: Timestamp, at: Timestamp) -> String {
        let failed = self.failed(now);
        let from = ide::ago(now, at);
        format!(
            "what is known of {} was fetched {from}: {failed}",
            self.name()
        )
    }

    fn unknown(&self, now: Timestamp) -> String {
        if let Some(reason) = &self.damaged {
            let name = self.name();
            return format!(
                "what was kept of {name} cannot be used ({reason}): run `exposure-lens pull`"
            );
        }
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
        format!("the last try failed {}: {said}", ide::ago(now, failure.at))
    }
}

/// What people call a site.
pub fn name(address: &SiteAddress) -> String {
    match address.site() {
        "" => format!("the Default site on {}", address.host()),
        site => format!("{site} on {}", address.host()),
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::config::Origin;
    use crate::workspace::sites::history::{Failure, Success};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn site(address: &str) -> SiteState {
        SiteState {
            setting: SiteSetting {
                address: SiteAddress::parse(address).expect("an address"),
                projects: Vec::new(),
                exclude: Vec::new(),
                origin: Origin::BuiltIn,
            },
            content: None,
            history: History::default(),
            signed_in: true,
            damaged: None,
        }
    }

    fn fetched(mut site: SiteState, minute: i64) -> SiteState {
        site.content = Some(Arc::new(Content {
            fetched_at: Some(at(minute)),
            ..empty(&site.setting.address)
        }));
        site.history.success = Some(Success {
            at: at(minute),
            ..Success::default()
        });
        site
    }

    fn failed(mut site: SiteState, minute: i64) -> SiteState {
        site.history.failure = Some(Failure {
            at: at(minute),
            reason: "cannot connect to bi.example: the connection was refused".to_owned(),
            hint: "Check the address.".to_owned(),
            needs_user: false,
        });
        site
    }

    fn signed_out(site: SiteState) -> SiteState {
        SiteState {
            signed_in: false,
            ..site
        }
    }

    /// What is said of a site at minute 1000, and whether it is then due.
    #[track_caller]
    fn check(site: &SiteState, expect: Expect) {
        let now = at(1000);
        let content = site.to_content(now, HOUR);
        let gaps = content.gaps.iter();
        let gaps: Vec<String> = gaps
            .map(|it| format!("\n{}: {}", it.code.as_str(), it.message))
            .collect();
        let is_due = match site.is_due(now, HOUR) {
            true => ", due",
            false => "",
        };
        let phase = site.phase(now, HOUR);
        expect.assert_eq(&format!("{phase:?}{is_due}{}", gaps.concat()));
    }

    const ACME: &str = "https://bi.example/#/site/acme";

    #[test]
    fn new_content_is_whole_and_old_content_is_due() {
        check(&fetched(site(ACME), 990), expect!["Fresh"]);
        check(&fetched(site(ACME), 900), expect!["Stale, due"]);
    }

    #[test]
    fn a_site_without_a_credential_is_never_due_and_says_how_to_sign_in() {
        check(
            &signed_out(site(ACME)),
            expect![[r#"
            NotSignedIn
            not_signed_in: acme on bi.example is not signed in to: run `exposure-lens login https://bi.example/#/site/acme`"#]],
        );
        check(
            &signed_out(site("https://bi.example")),
            expect![[r#"
            NotSignedIn
            not_signed_in: the Default site on bi.example is not signed in to: run `exposure-lens login https://bi.example`"#]],
        );
        check(
            &signed_out(fetched(site(ACME), 900)),
            expect![[r#"
            NotSignedIn
            not_signed_in: acme on bi.example is not signed in to: run `exposure-lens login https://bi.example/#/site/acme`; what is known of it is from 1 h ago"#]],
        );
        check(
            &signed_out(fetched(site(ACME), 990)),
            expect!["NotSignedIn"],
        );
    }

    #[test]
    fn what_has_never_been_read_is_no_zero() {
        check(
            &site(ACME),
            expect![[r#"
            NeverFetched, due
            site_unavailable: acme on bi.example has not been fetched yet: run `exposure-lens pull`"#]],
        );
        check(
            &failed(site(ACME), 995),
            expect![[r#"
            Failed
            site_unavailable: nothing is known of acme on bi.example: the last try failed 5 min ago: cannot connect to bi.example: the connection was refused; Check the address"#]],
        );
        check(
            &failed(site(ACME), 900),
            expect![[r#"
            Failed, due
            site_unavailable: nothing is known of acme on bi.example: the last try failed 1 h ago: cannot connect to bi.example: the connection was refused; Check the address"#]],
        );
    }

    #[test]
    fn damaged_content_is_no_zero_and_is_fetched_anew() {
        let damaged = SiteState {
            damaged: Some("it is damaged".to_owned()),
            content: None,
            ..fetched(site(ACME), 990)
        };
        check(
            &damaged,
            expect![[r#"
            NeverFetched, due
            site_unavailable: what was kept of acme on bi.example cannot be used (it is damaged): run `exposure-lens pull`"#]],
        );
    }

    #[test]
    fn a_refresh_that_failed_says_why_and_how_old_the_rest_is() {
        check(
            &failed(fetched(site(ACME), 700), 995),
            expect![[r#"
            Failed
            refresh_failed: what is known of acme on bi.example was fetched 5 h ago: the last try failed 5 min ago: cannot connect to bi.example: the connection was refused; Check the address"#]],
        );
        check(
            &failed(fetched(site(ACME), 700), 900),
            expect![[r#"
            Failed, due
            refresh_failed: what is known of acme on bi.example was fetched 5 h ago: the last try failed 1 h ago: cannot connect to bi.example: the connection was refused; Check the address"#]],
        );
    }
}
