//! One session for all calls and for all windows of a user.
//!
//! A second sign-in with one token ends the first session, so nobody signs in before
//! looking whether another one has done it already: the calls of this client wait for
//! each other at the [`Seat`], processes at the store's lock.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::Client;
use super::refusal::Refusal;
use super::wire::{self, Call, Outcome, Reply};
use crate::auth::{Credential, LockedSession, Session};
use crate::site_error::SiteError;

/// A session that ends sooner did not run out. The same line as DataHub draws.
const YOUNG: SignedDuration = SignedDuration::from_mins(10);

/// How often sessions may end young before it is clear that someone ends them.
const MAX_CUT_SHORT: u32 = 3;

/// How long another process may hold the store's lock: a slow sign-in's time.
const LOCK_WAIT: Duration = Duration::from_secs(60);

/// How often another window's session is taken over within one call.
const MAX_TAKEN: u32 = 2;

/// What this client knows of the session.
#[derive(Default)]
pub(super) struct Seat {
    session: Option<Session>,
    n_cut_short: u32,
    /// The site's refusal of the credential: asked once, not by each call.
    refused: Option<SiteError>,
}

type Locked = Box<dyn LockedSession + Send>;

/// What one call has tried already to get past an ended session.
#[derive(Default)]
struct Tried {
    n_taken: u32,
    waited: bool,
    renewed: bool,
}

impl Client {
    /// Makes a call within the session. An ended session is mended as Tableau's ways
    /// demand: by another window's, by asking again, at last by one new sign-in.
    pub(super) async fn within_session(
        &self,
        call_of: &(dyn Fn(&Session) -> Result<Call, SiteError> + Sync),
    ) -> Result<Result<Reply, Refusal>, SiteError> {
        let mut session = self.session().await?;
        let mut tried = Tried::default();
        loop {
            let call = call_of(&session)?;
            let (host, doing) = (call.host(), call.doing);
            match self.wire.deliver(call, Some(&session.token)).await? {
                Outcome::Done(reply) => return Ok(Ok(reply)),
                Outcome::Refused(it) if it.status == 401 && !self.is_hopeless(&tried) => {
                    session = self.after_end_of(session, &mut tried).await?;
                }
                Outcome::Refused(it) => return Ok(Err(it)),
                Outcome::Elsewhere(to) => return Err(wire::elsewhere(host, doing, &to)),
            }
        }
    }

    async fn after_end_of(&self, ended: Session, tried: &mut Tried) -> Result<Session, SiteError> {
        if tried.n_taken < MAX_TAKEN
            && let Some(other) = self.other_session(&ended).await
        {
            tried.n_taken += 1;
            return Ok(other);
        }
        if !tried.waited && self.is_young(&ended) {
            // Tableau says "expired" at random; the same token often works a moment later.
            tried.waited = true;
            tokio::time::sleep(self.wire.options().retry_pause).await;
            return Ok(ended);
        }
        if !tried.renewed {
            tried.renewed = true;
            return self.renew(&ended).await;
        }
        Err(self.taken_over())
    }

    /// A connected app's sessions do not end each other: what is refused to a new one is
    /// refused for another reason, and the server's own words say more.
    fn is_hopeless(&self, tried: &Tried) -> bool {
        tried.renewed && matches!(*self.credential, Credential::ConnectedApp { .. })
    }

    /// The session in use; signs in where there is none.
    pub(super) async fn session(&self) -> Result<Session, SiteError> {
        let mut seat = self.seat.lock().await;
        if let Some(session) = &seat.session {
            return Ok(session.clone());
        }
        self.fill(&mut seat, None).await
    }

    /// Signs in whatever there is, for a credential that is new or was changed.
    pub(super) async fn sign_in_anew(&self) -> Result<Session, SiteError> {
        let mut seat = self.seat.lock().await;
        *seat = Seat::default();
        let locked = self.lock_store().await;
        self.sign_in_and_share(&mut seat, locked).await
    }

    /// Forgets the session here and in the store, and says which it was.
    pub(super) async fn forget_session(&self) -> Option<Session> {
        let mut seat = self.seat.lock().await;
        let own = std::mem::take(&mut *seat).session;
        let stored = match self.lock_store().await {
            Some(locked) => with(locked, |it| {
                let stored = it.read();
                it.clear();
                stored
            })
            .await
            .and_then(|(_, stored)| stored),
            None => None,
        };
        stored.or(own)
    }

    /// Another session than the ended one, if this client or another window has one.
    async fn other_session(&self, ended: &Session) -> Option<Session> {
        let mut seat = self.seat.lock().await;
        if let Some(session) = &seat.session
            && !session.has_same_token(ended)
        {
            return Some(session.clone());
        }
        let locked = self.lock_store().await?;
        let (_, stored) = with(locked, |it| it.read()).await?;
        let other = stored.filter(|it| self.is_ours(it) && !it.has_same_token(ended))?;
        seat.session = Some(other.clone());
        Some(other)
    }

    async fn renew(&self, ended: &Session) -> Result<Session, SiteError> {
        let mut seat = self.seat.lock().await;
        if let Some(session) = &seat.session
            && !session.has_same_token(ended)
        {
            return Ok(session.clone());
        }
        if self.is_young(ended) {
            seat.n_cut_short += 1;
        } else {
            seat.n_cut_short = 0;
        }
        if seat.n_cut_short > MAX_CUT_SHORT {
            return Err(self.taken_over());
        }
        self.fill(&mut seat, Some(ended)).await
    }

    /// Takes the stored session, unless it is the ended one, else signs in.
    async fn fill(&self, seat: &mut Seat, ended: Option<&Session>) -> Result<Session, SiteError> {
        let Some(locked) = self.lock_store().await else {
            return self.sign_in_and_share(seat, None).await;
        };
        let Some((locked, stored)) = with(locked, |it| it.read()).await else {
            return self.sign_in_and_share(seat, None).await;
        };
        let is_ended = |it: &Session| ended.is_some_and(|ended| ended.has_same_token(it));
        match stored.filter(|it| self.is_ours(it) && !is_ended(it)) {
            Some(stored) => {
                seat.session = Some(stored.clone());
                Ok(stored)
            }
            None => self.sign_in_and_share(seat, Some(locked)).await,
        }
    }

    /// The lock is held until the new session is written: others wait and then use it.
    async fn sign_in_and_share(
        &self,
        seat: &mut Seat,
        locked: Option<Locked>,
    ) -> Result<Session, SiteError> {
        if let Some(refused) = &seat.refused {
            return Err(refused.clone());
        }
        seat.session = None;
        let session = match self.new_session().await {
            Ok(session) => session,
            Err(error) => {
                seat.refused = is_final(&error).then(|| error.clone());
                return Err(error);
            }
        };
        if let Some(locked) = locked {
            let written = session.clone();
            with(locked, move |it| it.write(&written)).await;
        }
        seat.session = Some(session.clone());
        Ok(session)
    }

    /// Without a lock this client goes on with a session of its own.
    async fn lock_store(&self) -> Option<Locked> {
        let store = Arc::clone(&self.store);
        let locked = tokio::task::spawn_blocking(move || store.lock());
        match tokio::time::timeout(LOCK_WAIT, locked).await {
            Ok(Ok(Ok(locked))) => Some(locked),
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "cannot share the session with other windows");
                None
            }
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("cannot share the session with other windows: no lock in time");
                None
            }
        }
    }

    fn is_ours(&self, session: &Session) -> bool {
        session.credential == self.credential.label()
    }

    fn is_young(&self, session: &Session) -> bool {
        (self.clock)().duration_since(session.signed_in_at) < YOUNG
    }

    fn taken_over(&self) -> SiteError {
        let place = self.place.get().unwrap_or(&self.address);
        SiteError::SessionTakenOver {
            host: place.host().to_owned(),
        }
    }
}

/// Whether asking again with the same credential would be refused again.
fn is_final(error: &SiteError) -> bool {
    matches!(
        error,
        SiteError::BadCredentials { .. } | SiteError::WrongSite { .. } | SiteError::TooOld { .. }
    )
}

/// Works with a store where blocking is allowed; `None` if it panicked.
async fn with<T: Send + 'static>(
    mut locked: Locked,
    work: impl FnOnce(&mut Locked) -> T + Send + 'static,
) -> Option<(Locked, T)> {
    let work = move || {
        let answer = work(&mut locked);
        (locked, answer)
    };
    tokio::task::spawn_blocking(work).await.ok()
}
