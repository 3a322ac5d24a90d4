//! Reading things by their ids, in lists that the site answers.
//!
//! A list on which the site gives up is halved; a single thing on which it still gives
//! up is told to the caller. Very long lists come back empty without an error, so
//! that what is absent from a long one is asked for again in a shorter one.

use std::collections::{BTreeSet, HashSet};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value, json};

use super::reader::{Reader, is_heavy, pause};
use crate::metadata::{Page, Query};
use crate::site_error::SiteError;

/// Lists under way at once; the client has its own bound on requests.
const N_AT_ONCE: usize = 8;
/// A list that no site finds too long.
const SHORT: usize = 25;
/// A single thing is asked for so often.
const N_TRIES: u32 = 3;

/// What to ask for by ids.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByIds {
    pub(super) query: Query,
    pub(super) key: Key,
    /// Ids in one list.
    pub(super) size: usize,
}

/// Which of its ids a thing is asked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Id,
    Luid,
}

impl Key {
    fn filter(self) -> &'static str {
        match self {
            Key::Id => "idWithin",
            Key::Luid => "luidWithin",
        }
    }

    fn field(self) -> &'static str {
        match self {
            Key::Id => "id",
            Key::Luid => "luid",
        }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The nodes.
    pub(super) nodes: Vec<Value>,
    /// The ids on which the site gave up.
    pub(super) failed: BTreeSet<String>,
    /// Whether some came without their owners.
    pub(super) without_owner: bool,
}

/// Reads the things with these ids.
pub(super) async fn read(
    reader: &Reader<'_>,
    ask: ByIds,
    ids: impl IntoIterator<Item = String>,
) -> Result<Found, SiteError> {
    let mut seen = HashSet::new();
    let new = |it: &String| !it.is_empty() && seen.insert(it.clone());
    let ids: Vec<String> = ids.into_iter().filter(new).collect();
    let total = Some(ids.len() as u64);
    let lists: Vec<Vec<String>> = ids.chunks(ask.size).map(<[_]>::to_vec).collect();
    let mut answers = stream::iter(lists)
        .map(|list| read_list(reader, ask, list))
        .buffered(N_AT_ONCE);
    let mut all = Found::default();
    while let Some(found) = answers.try_next().await? {
        all.nodes.extend(found.nodes);
        all.failed.extend(found.failed);
        all.without_owner |= found.without_owner;
        reader.report(ask.query.things(), all.nodes.len(), total);
    }
    Ok(all)
}

/// A list of ids still to be asked for.
struct Todo {
    ids: Vec<String>,
    owner: bool,
    n_tries: u32,
}

async fn read_list(reader: &Reader<'_>, ask: ByIds, ids: Vec<String>) -> Result<Found, SiteError> {
    let mut found = Found::default();
    let first = Todo {
        ids,
        owner: true,
        n_tries: 0,
    };
    let mut todo = vec![first];
    while let Some(next) = todo.pop() {
        let variables = json!({"n": next.ids.len(), "filter": {ask.key.filter(): next.ids}});
        match reader.ask(ask.query, &variables, next.owner).await {
            Ok(page) if !page.is_cut() => {
                reader.count_success();
                found.without_owner |= !next.owner && !page.nodes.is_empty();
                todo.extend(take(ask, next, page, &mut found));
            }
            Ok(_) => retry(reader, next, None, &mut todo, &mut found).await?,
            Err(error) if is_heavy(&error) => {
                retry(reader, next, Some(error), &mut todo, &mut found).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Takes what came; what did not is asked for again where that may help: without the
/// owner where something was null, in shorter lists where the list was long.
fn take(ask: ByIds, asked: Todo, page: Page, found: &mut Found) -> Vec<Todo> {
    let mut missing: BTreeSet<String> = asked.ids.iter().cloned().collect();
    let (is_there, has_nulled) = (page.is_there, page.has_nulled());
    for node in page.nodes {
        let id = node[ask.key.field()].as_str().unwrap_or_default();
        if missing.remove(id) {
            found.nodes.push(node);
        }
    }
    let ids: Vec<String> = missing.into_iter().collect();
    let size = match (has_nulled, asked.owner, asked.ids.len() > SHORT) {
        (true, true, _) => asked.ids.len(),
        (false, _, true) if is_there => SHORT,
        (has_nulled, ..) => {
            found.failed.extend(ids.into_iter().filter(|_| has_nulled));
            return Vec::new();
        }
    };
    let todo = |ids: &[String]| Todo {
        ids: ids.to_vec(),
        owner: asked.owner && !has_nulled,
        n_tries: asked.n_tries,
    };
    ids.chunks(size.max(1)).map(todo).collect()
}

/// Halves a list; tries a single id again, and then gives up on it.
async fn retry(
    reader: &Reader<'_>,
    mut asked: Todo,
    error: Option<SiteError>,
    todo: &mut Vec<Todo>,
    found: &mut Found,
) -> Result<(), SiteError> {
    if asked.ids.len() > 1 {
        let rest = asked.ids.split_off(asked.ids.len() / 2);
        let rest = Todo { ids: rest, ..asked };
        todo.push(rest);
        todo.push(asked);
        return Ok(());
    }
    asked.n_tries += 1;
    if asked.n_tries < N_TRIES {
        pause(asked.n_tries).await;
        todo.push(asked);
        return Ok(());
    }
    found.failed.extend(asked.ids);
    reader.count_fault(error)
}
