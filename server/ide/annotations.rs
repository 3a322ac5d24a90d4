//! Lenses: one line above a model's first line, and above its or an exposure's `- name:`.
//!
//! Only the text and its place; what happens on a click is the face's business.
//! The wording is the contract's ("What a user sees").

use std::ops::Range;

use lineage::{ContentKind, ExposureName, MatchKind, NodeIx, Standing, WorkbookUsage};

use crate::analysis::{Analysis, File};
use crate::exposures;
use crate::locate;
use crate::names;
use crate::text::{count, count_dashboards, plain};

/// One line of text above a line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// What it stands above.
    pub range: Range<usize>,
    /// What it is about.
    pub about: About,
    /// The text.
    pub title: String,
}

/// What an [`Annotation`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A node of the project.
    Node(NodeIx),
    /// An exposure.
    Exposure {
        /// Its name.
        name: ExposureName,
        /// The page in Tableau that a click opens, where one is known that may be opened.
        url: Option<String>,
    },
}

pub(crate) fn of_file(analysis: &Analysis, file: File<'_>) -> Vec<Annotation> {
    let options = &analysis.options.lens;
    if !options.enabled || !analysis.has_answers() {
        return Vec::new();
    }
    let mut all = of_nodes(analysis, file);
    if options.properties {
        all.extend(exposures::lens::of_file(analysis, file));
        all.sort_by_key(|it| it.range.start);
    }
    all
}

fn of_nodes(analysis: &Analysis, file: File<'_>) -> Vec<Annotation> {
    let options = &analysis.options.lens;
    let definitions = locate::definitions(analysis, file);
    let shown = definitions
        .into_iter()
        .filter(|it| options.properties || !it.in_properties);
    shown
        .filter_map(|it| {
            let found = Found::of(analysis, it.node);
            let wanted = match (found.direct.n_workbooks, found.all.n_workbooks) {
                (0, 0) => options.zero,
                (0, _) => options.indirect,
                _ => true,
            };
            let title = wanted.then(|| found.title(analysis, it.node))?;
            Some(Annotation {
                range: it.range,
                about: About::Node(it.node),
                title,
            })
        })
        .collect()
}

pub(crate) fn headline(analysis: &Analysis, node: NodeIx) -> String {
    match analysis.has_answers() {
        true => Found::of(analysis, node).title(analysis, node),
        false => format!("Tableau: {}", nothing_read(analysis)),
    }
}

/// The same without `Tableau: `, where it is plain that it is about that.
pub(crate) fn words(analysis: &Analysis, node: NodeIx) -> String {
    let headline = headline(analysis, node);
    let bare = headline.strip_prefix("Tableau: ").unwrap_or(&headline);
    bare.to_owned()
}

/// What is said where no content was read yet, and so there is no lens.
pub(crate) fn nothing_read(analysis: &Analysis) -> &'static str {
    match analysis.has_content() {
        true => UNKNOWN,
        false => "use unknown (no Tableau content was found)",
    }
}

/// What is said where nothing is found, and something that is not known may hide a use.
pub(crate) const UNKNOWN: &str = "use unknown (data incomplete)";

/// What was found for a node, counted.
struct Found {
    direct: Counts,
    all: Counts,
    n_without_exposure: usize,
    n_by_name: usize,
    n_proposed: usize,
    /// Whether nothing that is found further down is matched surely.
    is_probable: bool,
    /// Whether something that is found further down is matched by a proposed rule.
    is_proposed: bool,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    n_workbooks: usize,
    n_dashboards: usize,
    n_sheets: usize,
}

impl Found {
    fn of(analysis: &Analysis, node: NodeIx) -> Found {
        let usages = analysis.lineage.downstream_of(node);
        let direct: Vec<&WorkbookUsage> = usages.iter().filter(|it| it.is_direct()).collect();
        let has_exposure =
            |it: &&&WorkbookUsage| crate::exposure_plan::declared(analysis, it.workbook).is_some();
        let of_kind = |kind| direct.iter().filter(|it| it.kind == kind).count();
        Found {
            all: Counts::of(usages.iter(), usize::MAX),
            is_probable: usages.iter().all(|it| it.kind.is_probable()),
            is_proposed: usages.iter().any(|it| it.kind == MatchKind::Proposed),
            n_without_exposure: direct.len() - direct.iter().filter(has_exposure).count(),
            n_by_name: of_kind(MatchKind::Name),
            n_proposed: of_kind(MatchKind::Proposed),
            direct: Counts::of(direct.into_iter(), 0),
        }
    }

    fn title(&self, analysis: &Analysis, node: NodeIx) -> String {
        let found = match (self.direct.n_workbooks, self.all.n_workbooks) {
            (0, 0) => nothing(analysis, analysis.missing(node).is_empty()),
            (0, _) => self.indirect(),
            _ => self.direct(),
        };
        format!("Tableau: {found}{}", standing(analysis, node))
    }

    fn direct(&self) -> String {
        let Counts {
            n_workbooks,
            n_dashboards,
            n_sheets,
        } = self.direct;
        let dashboards = count_dashboards(n_dashboards, n_sheets);
        let workbooks = count(n_workbooks, "workbook");
        let n_further = self.all.n_dashboards - n_dashboards;
        let further = match n_further {
            0 => String::new(),
            n => format!(" · {n} more downstream"),
        };
        if self.n_by_name == n_workbooks {
            return format!("probably {dashboards} in {workbooks}{further} · matched by name only");
        }
        if self.n_by_name + self.n_proposed == n_workbooks {
            return format!("probably {dashboards}{further} · confirm name rule");
        }
        let guesses = guesses(self.n_by_name, self.n_proposed);
        let guesses: String = guesses.map(|it| format!(" · {it}")).collect();
        let mut title = format!("{dashboards} in {workbooks}{guesses}{further}");
        if self.n_without_exposure > 0 {
            let workbooks = count(self.n_without_exposure, "workbook");
            title.push_str(&format!(" · {workbooks} without exposure"));
        }
        title
    }

    fn indirect(&self) -> String {
        let dashboards = count_dashboards(self.all.n_dashboards, self.all.n_sheets);
        let probably = if self.is_probable { "probably " } else { "" };
        let confirm = match self.is_probable && self.is_proposed {
            true => " · confirm name rule",
            false => "",
        };
        format!("{probably}{dashboards} downstream, none direct{confirm}")
    }
}

impl Counts {
    /// Dashboards at `max_distance` or nearer, each once.
    fn of<'a>(usages: impl Iterator<Item = &'a WorkbookUsage>, max_distance: usize) -> Counts {
        usages.fold(Counts::default(), |acc, it| Counts {
            n_workbooks: acc.n_workbooks + 1,
            n_dashboards: acc.n_dashboards
                + it.dashboards
                    .iter()
                    .filter(|d| d.distance <= max_distance)
                    .count(),
            n_sheets: acc.n_sheets + it.sheets.len(),
        })
    }
}

/// How many workbooks are matched by less than a name that is sure: `1 by an unconfirmed name
/// rule`, `2 by name only`.
pub(crate) fn guesses(n_by_name: usize, n_proposed: usize) -> impl Iterator<Item = String> {
    let all = [
        (n_proposed, "by an unconfirmed name rule"),
        (n_by_name, "by name only"),
    ];
    let some = all.into_iter().filter(|(n, _)| *n > 0);
    some.map(|(n, how)| format!("{n} {how}"))
}

/// Without a manifest all nodes are of the files: the hover says it, not each lens.
fn standing(analysis: &Analysis, node: NodeIx) -> String {
    let it = analysis.lineage.nodes().get(node);
    match names::standing_briefly(analysis, node) {
        Some(gone) if it.standing == Standing::Missing => {
            format!(" · {} is {gone}", plain(&it.label()))
        }
        Some(new) => format!(" · {new}"),
        None => String::new(),
    }
}

/// What is said where nothing is found: a zero only where nothing is missing.
pub(crate) fn nothing(analysis: &Analysis, is_complete: bool) -> String {
    if !is_complete {
        return UNKNOWN.to_owned();
    }
    let contents = analysis.lineage.contents();
    let mut places = contents.iter().filter(|it| it.kind != ContentKind::Files);
    match places.clone().count() {
        0 => {
            let n_files = contents.iter().map(|content| content.workbooks.len()).sum();
            format!("no dashboards in {}", count(n_files, "workbook file"))
        }
        _ if places.any(|it| it.selected.is_some()) => {
            "no dashboards in the selected projects".to_owned()
        }
        _ => "no dashboards".to_owned(),
    }
}

#[cfg(test)]
mod tests;
