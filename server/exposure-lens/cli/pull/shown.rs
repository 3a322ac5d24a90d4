//! How far fetching has come, on stderr: bars on a terminal, lines elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{Format, complain};
use crate::workspace::sites::Step;

/// Where progress is shown.
pub(super) struct Shown {
    way: Way,
    sites: Mutex<BTreeMap<usize, Site>>,
}

enum Way {
    /// Bars that are drawn over.
    Bars(MultiProgress),
    /// A line for each stage.
    Lines,
    /// Nothing: a program reads the answer.
    Nothing,
}

struct Site {
    name: String,
    /// The stages that have been told: several are under way at once.
    told: BTreeSet<&'static str>,
    bar: Option<ProgressBar>,
}

impl Shown {
    pub(super) fn new(format: Format) -> Shown {
        let way = match format {
            Format::Json => Way::Nothing,
            Format::Text if std::io::stderr().is_terminal() => {
                Way::Bars(MultiProgress::with_draw_target(ProgressDrawTarget::stderr()))
            }
            Format::Text => Way::Lines,
        };
        Shown {
            way,
            sites: Mutex::default(),
        }
    }

    /// A site is about to be fetched.
    pub(super) fn add(&self, n: usize, name: &str) {
        let name = ide::plain(name);
        let bar = match &self.way {
            Way::Bars(bars) => Some(bars.add(spinner(&name))),
            Way::Lines | Way::Nothing => None,
        };
        let site = Site {
            name,
            told: BTreeSet::new(),
            bar,
        };
        self.sites().insert(n, site);
    }

    /// A site is at this step.
    pub(super) fn step(&self, n: usize, step: &Step) {
        let (stage, done, total) = match step {
            Step::Waiting => ("waiting for another window that fetches it", 0, None),
            Step::Fetching(it) => (it.stage, it.done, it.total),
        };
        let mut sites = self.sites();
        let Some(site) = sites.get_mut(&n) else {
            return;
        };
        if let Some(bar) = &site.bar {
            draw(bar, stage, done, total);
        } else if matches!(self.way, Way::Lines) && site.told.insert(stage) {
            complain(&format!("{}: {stage}", site.name));
        }
    }

    /// A site is done, well or not; the answer says which.
    pub(super) fn finish(&self, n: usize) {
        if let Some(Site { bar: Some(bar), .. }) = self.sites().get(&n) {
            bar.finish_and_clear();
        }
    }

    /// Takes everything off the screen.
    pub(super) fn clear(&self) {
        if let Way::Bars(bars) = &self.way {
            // A terminal that has gone is no error.
            let _ = bars.clear();
        }
    }

    fn sites(&self) -> std::sync::MutexGuard<'_, BTreeMap<usize, Site>> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spinner(name: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_prefix(name.to_owned());
    bar.set_style(style("{spinner} {prefix}  {msg}"));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn draw(bar: &ProgressBar, stage: &'static str, done: u64, total: Option<u64>) {
    match total {
        Some(total) => {
            bar.set_style(style("{spinner} {prefix}  {bar:24} {pos}/{len} {msg}"));
            bar.set_length(total);
            bar.set_position(done.min(total));
            bar.set_message(stage);
        }
        None => {
            bar.set_style(style("{spinner} {prefix}  {msg}"));
            bar.set_message(match done {
                0 => stage.to_owned(),
                done => format!("{stage} {done}"),
            });
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
