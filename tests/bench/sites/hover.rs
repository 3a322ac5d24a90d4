//! Hovers over a model that many workbooks read: while nothing else happens, and while
//! the whole site is fetched behind them.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::project::Project;
use super::standin::Standin;
use crate::support::server::{Client, Setup};

const N_HOVERS: usize = 300;
/// Nobody hovers without a pause.
const PAUSE: Duration = Duration::from_millis(10);
/// A generous bound: times are for people to judge.
const MOST_TIMES: u32 = 10;
/// What nobody notices is never too slow.
const UNNOTICED: Duration = Duration::from_millis(50);

/// Measures, beside what is kept of the site.
pub(crate) fn measure(
    content: &Path,
    project: &Project,
    cache: &Path,
    site: &Standin,
) -> anyhow::Result<()> {
    let model = project.model()?;
    let before = std::fs::metadata(content)?.modified()?;
    let mut client = start(project, cache, site);
    client.open(&model);
    client.wait_until("the site's content is there", |client| {
        client.lens_text(&model).contains("Tableau")
    });
    client.expect_quiescent();
    let idle = Latencies::of(|| (0..N_HOVERS).map(|_| hover(&mut client, &model)).collect());
    let fetching = client.call("exposureLens/pull", Value::Null);
    assert_eq!(fetching, Ok(serde_json::json!({"fetching": 1})));
    let began = Instant::now();
    let busy = Latencies::of(|| while_fetching(&mut client, &model));
    let seconds = began.elapsed().as_secs_f64();
    assert_ne!(std::fs::metadata(content)?.modified()?, before);
    println!("hover: idle {idle}; during a fetch of {seconds:.1} s {busy}");
    let ratio = busy.median().as_secs_f64() / idle.median().as_secs_f64();
    println!("  the median is {ratio:.1} times that of idle");
    let bound = UNNOTICED.max(idle.median() * MOST_TIMES);
    assert!(busy.median() < bound, "a hover waits for the fetch");
    Ok(())
}

/// A language server in this process, whose environment signs in to the site.
fn start(project: &Project, cache: &Path, site: &Standin) -> Client {
    let at = |name: &str| cache.join(name).display().to_string();
    let env = [
        ("TABLEAU_SITE_URL", site.place.address.clone()),
        ("TABLEAU_PAT_NAME", site.place.token_name.clone()),
        ("TABLEAU_PAT_SECRET", site.place.token_secret.clone()),
        ("EXPOSURE_LENS_CACHE_DIR", cache.display().to_string()),
        ("EXPOSURE_LENS_CONFIG_DIR", at("config")),
        ("EXPOSURE_LENS_KEYRING", "off".to_owned()),
        ("XDG_RUNTIME_DIR", at("run")),
    ];
    let setup = Setup::new(project.folder()).options(|options| {
        // As often as in an editor.
        options.poll = Duration::from_secs(1);
        options.env = Arc::new(move |name| {
            let found = env.iter().find(|(it, _)| *it == name);
            found.map(|(_, value)| value.clone())
        });
    });
    setup.leave_unread().start()
}

fn hover(client: &mut Client, model: &Path) -> Duration {
    std::thread::sleep(PAUSE);
    let began = Instant::now();
    let hover = client.hover(model, (0, 0));
    let elapsed = began.elapsed();
    assert!(hover.is_some(), "the model has a hover");
    elapsed
}

/// Hovers until the fetch has ended and what it brought is shown.
fn while_fetching(client: &mut Client, model: &Path) -> Vec<Duration> {
    let mut all = Vec::new();
    loop {
        all.extend((0..20).map(|_| hover(client, model)));
        let status = client.expect_status(|_| true);
        let is_over = status.sites.iter().all(|it| it.phase != "fetching");
        if is_over && status.quiescent {
            return all;
        }
    }
}

/// How long hovers took, sorted.
struct Latencies(Vec<Duration>);

impl Latencies {
    fn of(measure: impl FnOnce() -> Vec<Duration>) -> Latencies {
        let mut all = measure();
        all.sort();
        Latencies(all)
    }

    fn at(&self, percent: usize) -> Duration {
        let place = self.0.len() * percent / 100;
        self.0.get(place).copied().unwrap_or_default()
    }

    fn median(&self) -> Duration {
        self.at(50)
    }
}

impl std::fmt::Display for Latencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |it: Duration| it.as_secs_f64() * 1e3;
        write!(
            f,
            "{:.2} ms (95 %: {:.2} ms, {} hovers)",
            ms(self.median()),
            ms(self.at(95)),
            self.0.len()
        )
    }
}
