//! Signing in and out. One personal access token has one live session: the next ends it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::answer::RestError;
use super::luid::luid;
use super::site::{PASSWORD, Site};

/// Who is signed in.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    live: HashMap<String, Session>,
    n_made: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// Which site of the server, counted from 0.
    pub(crate) site: usize,
    pub(crate) user: String,
    /// The personal access token that it came from.
    access_token: Option<String>,
}

impl Sessions {
    /// The session of this `X-Tableau-Auth`.
    pub(crate) fn get(&self, token: Option<&str>) -> Option<&Session> {
        self.live.get(token?)
    }

    pub(crate) fn end(&mut self, token: Option<&str>) {
        if let Some(token) = token {
            self.live.remove(token);
        }
    }

    pub(crate) fn n_live(&self) -> usize {
        self.live.len()
    }

    /// Signs in with the `credentials` of a request; the answer's `credentials`.
    pub(crate) fn sign_in(
        &mut self,
        sites: &[&Site],
        credentials: &Value,
    ) -> Result<Value, RestError> {
        let content_url = credentials["site"]["contentUrl"]
            .as_str()
            .unwrap_or_default();
        let mut numbered = sites.iter().enumerate();
        let found = numbered.find(|(_, it)| it.content_url.eq_ignore_ascii_case(content_url));
        let (number, site) = found.ok_or_else(sign_in_error)?;
        let (user, access_token) = user_of(site, credentials).ok_or_else(sign_in_error)?;
        if access_token.is_some() {
            let is_other = |it: &Session| it.site != number || it.access_token != access_token;
            self.live.retain(|_, it| is_other(it));
        }
        self.n_made += 1;
        let token = format!(
            "{}|session-{}",
            luid(&["token", &self.n_made.to_string()]),
            self.n_made
        );
        let user = site
            .users
            .iter()
            .find(|it| it.name == user)
            .ok_or_else(sign_in_error)?;
        let session = Session {
            site: number,
            user: user.name.clone(),
            access_token,
        };
        self.live.insert(token.clone(), session);
        Ok(json!({
            "token": token,
            "estimatedTimeToExpiration": "240:00:00",
            "site": {"id": site.luid, "contentUrl": site.content_url},
            "user": {"id": user.luid},
        }))
    }
}

/// Who signs in, and by which access token.
fn user_of(site: &Site, credentials: &Value) -> Option<(String, Option<String>)> {
    if let Some(name) = credentials["personalAccessTokenName"].as_str() {
        let secret = credentials["personalAccessTokenSecret"].as_str()?;
        let mut tokens = site.tokens.iter();
        let token = tokens.find(|it| it.name == name && it.secret == secret)?;
        return Some((token.user.clone(), Some(name.to_owned())));
    }
    if let Some(jwt) = credentials["jwt"].as_str() {
        let user = super::jwt::user_of(site.connected_app.as_ref()?, jwt)?;
        return Some((user, None));
    }
    let name = credentials["name"].as_str()?;
    let is_right = credentials["password"].as_str() == Some(PASSWORD);
    is_right.then(|| (name.to_owned(), None))
}

fn sign_in_error() -> RestError {
    RestError::new(
        "401001",
        "Signin Error",
        "Error signing in to Tableau Server",
    )
}
