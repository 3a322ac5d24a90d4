//! Reading the site from nothing, and again after some of it has changed.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tableau::{
    Client, ClientOptions, Credential, FetchOptions, Fetched, OwnSession, Records, SiteAddress,
};

use super::process;
use super::standin::{Asked, Standin};

/// Workbooks that one request must bring at least, pages of usage apart.
const PER_REQUEST: usize = 8;
/// So many workbooks change.
const N_CHANGED: usize = 20;
/// Requests that this may take, pages of usage apart.
const MOST_AGAIN: usize = 15;

/// Reads all of the site, and asserts that it took few requests and is complete.
/// Returns it, and the seconds that it took.
pub(crate) fn first(site: &mut Standin, n_workbooks: usize) -> anyhow::Result<(Records, f64)> {
    site.asked()?;
    let (fetched, took) = fetch(site, None)?;
    let asked = site.asked()?;
    tell("first", &fetched, &asked, took);
    let counted = asked.counted();
    println!(
        "  {:.1} workbooks a request (at least {PER_REQUEST}, pages of usage apart); \
         60 s allowed",
        n_workbooks as f64 / counted.max(1) as f64
    );
    assert!(
        counted * PER_REQUEST <= n_workbooks,
        "{counted} requests for {n_workbooks} workbooks: {}",
        asked.stages()
    );
    check_complete(&fetched.records, n_workbooks, 0);
    Ok((fetched.records, took.seconds))
}

/// Reads what has changed of the site, and asserts that it took a handful of requests.
pub(crate) fn again(
    site: &mut Standin,
    known: Records,
    n_workbooks: usize,
) -> anyhow::Result<Records> {
    site.touch(N_CHANGED)?;
    site.asked()?;
    let (fetched, took) = fetch(site, Some(known))?;
    let asked = site.asked()?;
    tell("again, 20 workbooks changed", &fetched, &asked, took);
    println!(
        "  {} requests, pages of usage apart (at most {MOST_AGAIN})",
        asked.counted()
    );
    assert_eq!(fetched.summary.n_changed, N_CHANGED);
    assert!(asked.counted() <= MOST_AGAIN, "{}", asked.stages());
    check_complete(&fetched.records, n_workbooks, N_CHANGED);
    Ok(fetched.records)
}

/// What reading took.
#[derive(Clone, Copy)]
struct Took {
    seconds: f64,
    /// Seconds of processor time, of this process and of the site.
    ours: f64,
    of_site: f64,
}

/// Reads with a new client, as every window and every command does.
fn fetch(site: &Standin, known: Option<Records>) -> anyhow::Result<(Fetched, Took)> {
    let address = SiteAddress::parse(&site.place.address)?;
    let credential = Credential::Pat {
        name: site.place.token_name.clone(),
        secret: site.place.token_secret.clone().into(),
    };
    let (credential, session) = (Arc::new(credential), Arc::new(OwnSession::default()));
    let usual = ClientOptions::default();
    let client = Client::new(address, credential, session, usual, Timestamp::now)?;
    let options = FetchOptions {
        known: known.map(Arc::new),
        now: Timestamp::now(),
        ..FetchOptions::default()
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let used = || {
        let ours = process::cpu_seconds(std::process::id());
        (
            ours.unwrap_or_default(),
            site.cpu_seconds().unwrap_or_default(),
        )
    };
    let (before, began) = (used(), Instant::now());
    let fetched = runtime.block_on(tableau::fetch(&client, options, &|_| {}))?;
    let (seconds, after) = (began.elapsed().as_secs_f64(), used());
    let took = Took {
        seconds,
        ours: after.0 - before.0,
        of_site: after.1 - before.1,
    };
    Ok((fetched, took))
}

fn tell(what: &str, fetched: &Fetched, asked: &Asked, took: Took) {
    println!(
        "{what}: {} requests (usage {}), {:.1} MB, {:.1} s; processor time: ours {:.1} s, \
         the site's {:.1} s",
        asked.requests,
        asked.usage_pages(),
        megabytes(fetched.summary.bytes),
        took.seconds,
        took.ours,
        took.of_site,
    );
    println!("  {}", asked.stages());
}

/// A number of bytes in millions.
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Nothing is missing, nothing is old.
fn check_complete(records: &Records, n_workbooks: usize, n_changed: usize) {
    let content = tableau::lower(records, None);
    let workbooks = &content.workbooks;
    let dashboards = workbooks.iter().flat_map(|it| &it.dashboards);
    let changed = dashboards
        .clone()
        .filter(|it| it.name.ends_with("(changed)"));
    let counts = (
        workbooks.len(),
        workbooks
            .iter()
            .map(|it| it.datasources.len())
            .sum::<usize>(),
        workbooks.iter().map(|it| it.sheets.len()).sum::<usize>(),
        dashboards.count(),
        changed.count(),
    );
    let n = n_workbooks;
    assert_eq!(counts, (n, 6 * n, 10 * n, 3 * n, n_changed));
    assert!(content.gaps.is_empty(), "{:?}", content.gaps);
}
