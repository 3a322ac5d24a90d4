//! How a workbook, a dashboard, a sheet or a datasource reads as a row.

use lineage::{
    Dashboard, DashboardUsage, Identity, NodeIx, PublishedIx, Subject, ViewCount, Workbook,
    WorkbookIx, WorkbookUsage,
};

use super::folders::{below, sort_key};
use super::found::KeptWorkbook;
use super::share::MAX_DASHBOARDS;
use super::{Drawing, RowKind, TreeOrder, TreeRow, ids};
use crate::analysis::Grain;
use crate::exposure_plan::{self, Trust};
use crate::facts::{self, UsageFacts, how_probable};
use crate::text::{ago, plain, plain_message, safe_url, views};

/// How many of the nodes that a workbook reads are named.
const MAX_READ: usize = 10;

/// How many nodes are named at each end of a way.
const MAX_WAY_END: usize = 4;

/// How many of the warnings on what it reads.
const MAX_WARNINGS: usize = 5;

impl Drawing<'_> {
    pub(super) fn workbook(&mut self, kept: &KeptWorkbook, within: &str) -> TreeRow {
        let analysis = self.analysis;
        let usage = &kept.usage;
        let workbook = analysis.lineage.workbook(usage.workbook);
        let site = ids::of_site(&analysis.lineage.contents()[usage.workbook.content]);
        let bare = below(within, &ids::of_workbook(&site, workbook));
        let open = self.open_subjects(usage.workbook);
        let id = self.ids.take(bare);
        let children = self.children(kept, &id, &open);
        let mut row = TreeRow::new(id, RowKind::Workbook, &workbook.name);
        row.children = children;
        row.is_direct = usage.is_direct();
        row.url = page_of(workbook, usage);
        row.views = workbook.views.map(shown_views);
        let whole = Subject {
            workbook: usage.workbook,
            dashboard: None,
        };
        row.exposure = declared(self, whole);
        let can_write = open.contains(&whole).then(|| self.plan(whole));
        row.write = can_write
            .as_ref()
            .and_then(|it| it.is_ok().then_some(whole));
        row.description = Some(self.description(workbook, usage, row.exposure.is_none()));
        row.tooltip = self.about_workbook(workbook, kept);
        row.tooltip.extend(self.about_exposure(row.exposure, whole));
        row.tooltip.extend(can_write.and_then(Result::err));
        let file = workbook.file.as_deref();
        row.tooltip.extend(file.map(|it| line("File", it)));
        row
    }

    /// What of a workbook should have an exposure of its own and has none.
    fn open_subjects(&self, workbook: WorkbookIx) -> Vec<Subject> {
        let subjects = exposure_plan::subjects_of(self.analysis, workbook).into_iter();
        let is_open = |it: &Subject| exposure_plan::covering(self.analysis, *it).is_none();
        subjects.filter(is_open).collect()
    }

    /// Whether its exposure can be written, as the code action judges; else why not.
    fn plan(&self, subject: Subject) -> Result<(), String> {
        let plan = exposure_plan::plan_listed(self.analysis, &self.names, subject, Trust::All);
        match plan {
            Ok(_) => Ok(()),
            Err(why) => Err(plain_message(&format!("It cannot be written: {why}"))),
        }
    }

    /// `5 dashboards · +310 views/7 d · no exposure`
    fn description(&self, workbook: &Workbook, usage: &WorkbookUsage, is_lacking: bool) -> String {
        let mut parts = vec![facts::shown(usage)];
        parts.extend(workbook.views.map(views));
        let probable = usage.kind.is_probable();
        parts.extend(probable.then(|| how_probable(usage.kind).to_owned()));
        let read = usage.via.last().filter(|_| !usage.is_direct());
        parts.extend(read.map(|&it| format!("via {}", self.label(it))));
        let path = match self.request.order {
            TreeOrder::Views => path_of(&workbook.project_path),
            TreeOrder::Name => None,
        };
        parts.extend(path);
        parts.extend(is_lacking.then(|| "no exposure".to_owned()));
        parts.join(" · ")
    }

    fn about_workbook(&self, workbook: &Workbook, kept: &KeptWorkbook) -> Vec<String> {
        let usage = &kept.usage;
        let facts = match usage.via.is_empty() {
            true => facts::of_workbook(self.analysis, usage.workbook),
            false => facts::of_usage(self.analysis, usage),
        };
        let mut lines = Vec::new();
        lines.extend(path_of(&workbook.project_path).map(|it| line("Project", &it)));
        lines.extend(
            workbook
                .owner
                .name
                .as_deref()
                .map(|it| line("Owner", &plain(it))),
        );
        lines.extend(standing(&facts));
        let refreshed = facts.extract_refreshed;
        lines.extend(refreshed.map(|at| format!("Data of {}", ago(self.request.now, at))));
        match usage.via.is_empty() {
            true => lines.extend(self.all_read(usage.workbook)),
            false => lines.extend(self.read(usage, &facts)),
        }
        let n_dashboards = kept.dashboards.len();
        let cut = || format!("Only the first {MAX_DASHBOARDS} of {n_dashboards} are listed");
        lines.extend((n_dashboards > MAX_DASHBOARDS).then(cut));
        lines
    }

    /// What a workbook reads, how that matches, and the way there from the node.
    fn read(&self, usage: &WorkbookUsage, facts: &UsageFacts<'_>) -> Vec<String> {
        let Some(&read) = usage.via.last() else {
            return Vec::new();
        };
        let through = facts::through(usage, facts, plain);
        let label = self.label(read);
        let how = format!("Reads {label}: {} · {through}", how_sure(usage));
        let way = (!usage.is_direct()).then(|| line("Indirectly", &self.way(&usage.via)));
        [plain_message(&how)].into_iter().chain(way).collect()
    }

    /// `stg → int → fct`; of a long way the ends.
    fn way(&self, via: &[NodeIx]) -> String {
        let labels = |part: &[NodeIx]| {
            let labels: Vec<String> = part.iter().map(|&it| self.label(it)).collect();
            labels.join(" → ")
        };
        if via.len() <= 2 * MAX_WAY_END {
            return labels(via);
        }
        let (start, rest) = via.split_at(MAX_WAY_END);
        let (between, end) = rest.split_at(rest.len() - MAX_WAY_END);
        format!("{} → +{} → {}", labels(start), between.len(), labels(end))
    }

    /// What a workbook reads of the whole project: the first nodes by name, each with how
    /// it matches.
    fn all_read(&self, workbook: WorkbookIx) -> Vec<String> {
        let whole = Subject {
            workbook,
            dashboard: None,
        };
        let mut read = self.analysis.lineage.reads(whole);
        read.sort_by_cached_key(|it| sort_key(&self.label(it.node)));
        let n_more = read.len().saturating_sub(MAX_READ);
        let shown = read.iter().take(MAX_READ).flat_map(|it| {
            let usage = self.tie(workbook, it.node);
            let facts = facts::of_usage(self.analysis, &usage);
            self.read(&usage, &facts)
        });
        let mut lines: Vec<String> = shown.collect();
        lines.extend((n_more > 0).then(|| format!("Reads {n_more} more")));
        lines
    }

    /// How a workbook reads one node itself.
    fn tie(&self, workbook: WorkbookIx, node: NodeIx) -> WorkbookUsage {
        let ties = || self.analysis.lineage.ties(node, workbook);
        let surest = ties().map(|it| it.kind).min();
        WorkbookUsage {
            workbook,
            dashboards: Vec::new(),
            sheets: Vec::new(),
            distance: 0,
            via: vec![node],
            datasources: Vec::new(),
            kind: surest.unwrap_or(lineage::MatchKind::Name),
            evidence: ties().flat_map(|it| &it.evidence).copied().collect(),
        }
    }

    /// The dashboards, else the sheets.
    fn children(&mut self, kept: &KeptWorkbook, id: &str, open: &[Subject]) -> Vec<TreeRow> {
        let workbook = self.analysis.lineage.workbook(kept.usage.workbook);
        if kept.usage.dashboards.is_empty() {
            let sheets = kept.sheets.iter().take(MAX_DASHBOARDS);
            return sheets.map(|&ix| self.sheet(kept, id, ix)).collect();
        }
        // They come most viewed first.
        let mut shown: Vec<DashboardUsage> = kept.dashboards.clone();
        shown.truncate(MAX_DASHBOARDS);
        if self.request.order == TreeOrder::Name {
            shown.sort_by_key(|it| (sort_key(&workbook.dashboards[it.dashboard].name), *it));
        }
        shown
            .into_iter()
            .map(|it| self.dashboard(kept, id, it, open))
            .collect()
    }

    fn dashboard(
        &mut self,
        kept: &KeptWorkbook,
        within: &str,
        at: DashboardUsage,
        open: &[Subject],
    ) -> TreeRow {
        let workbook = self.analysis.lineage.workbook(kept.usage.workbook);
        let it = &workbook.dashboards[at.dashboard];
        let id = self.ids.take(ids::of_dashboard(within, it));
        let subject = Subject {
            workbook: kept.usage.workbook,
            dashboard: Some(at.dashboard),
        };
        let mut row = TreeRow::new(id, RowKind::Dashboard, &it.name);
        row.is_direct = at.distance == 0;
        row.url = it.url.as_deref().and_then(safe_url).map(str::to_owned);
        row.views = it.views.map(shown_views);
        row.exposure = declared(self, subject);
        let is_open = open.contains(&subject);
        let can_write = is_open.then(|| self.plan(subject));
        row.write = can_write
            .as_ref()
            .and_then(|it| it.is_ok().then_some(subject));
        // Of a workbook that is no nearer its own row says it.
        let is_further = at.distance > 0 && kept.usage.is_direct();
        row.description = words_beside(it, is_further, is_open);
        row.tooltip.extend(self.way_to(&kept.usage, at));
        let is_its_own = row.exposure.is_some();
        let is_wanted = self.analysis.options.exposures.grain == Grain::Dashboard;
        if is_its_own || (is_wanted && is_open) {
            row.tooltip
                .extend(self.about_exposure(row.exposure, subject));
        }
        row.tooltip.extend(can_write.and_then(Result::err));
        row
    }

    /// How a dashboard comes to the node, where it does not read it itself. Only of the
    /// workbook's nearest way the nodes between are known.
    fn way_to(&self, usage: &WorkbookUsage, at: DashboardUsage) -> Option<String> {
        let asked = usage.via.first().filter(|_| at.distance > 0)?;
        let asked = self.label(*asked);
        Some(format!(
            "Reads what is built from {asked}, not {asked} itself"
        ))
    }

    fn sheet(&mut self, kept: &KeptWorkbook, within: &str, ix: usize) -> TreeRow {
        let workbook = self.analysis.lineage.workbook(kept.usage.workbook);
        let it = &workbook.sheets[ix];
        let id = self.ids.take(ids::of_sheet(within, it));
        let mut row = TreeRow::new(id, RowKind::Sheet, &it.name);
        row.is_direct = kept.usage.is_direct();
        row.url = it.url.as_deref().and_then(safe_url).map(str::to_owned);
        row.views = it.views.map(shown_views);
        let hidden = it.hidden.then(|| "hidden".to_owned());
        row.description = joined(
            ["sheet".to_owned()]
                .into_iter()
                .chain(hidden)
                .chain(it.views.map(views)),
        );
        row
    }

    pub(super) fn datasource(&mut self, ix: PublishedIx, within: &str) -> TreeRow {
        let it = self.analysis.lineage.published(ix);
        let site = ids::of_site(&self.analysis.lineage.contents()[ix.content]);
        let id = below(within, &ids::of_datasource(&site, it));
        let mut row = TreeRow::new(self.ids.take(id), RowKind::Datasource, &it.name);
        row.is_direct = true;
        row.url = it.url.as_deref().and_then(safe_url).map(str::to_owned);
        row.description = Some("published datasource, no known workbook uses it".to_owned());
        let facts = UsageFacts {
            certified: it.certified,
            warnings: it.warnings.iter().map(String::as_str).collect(),
            ..UsageFacts::default()
        };
        let lines = [
            path_of(&it.project_path).map(|it| line("Project", &it)),
            it.owner.name.as_deref().map(|it| line("Owner", &plain(it))),
        ];
        row.tooltip.extend(lines.into_iter().flatten());
        row.tooltip.extend(standing(&facts));
        row.tooltip
            .extend(it.file.as_deref().map(|it| line("File", it)));
        row
    }

    /// `Exposure: sales`, or that there is none, and which one has the same label.
    fn about_exposure(&self, exposure: Option<usize>, subject: Subject) -> Vec<String> {
        let lineage = &self.analysis.lineage;
        if let Some(it) = exposure.map(|ix| &lineage.exposures()[ix]) {
            let disabled = if it.enabled { "" } else { " (disabled)" };
            return vec![line("Exposure", &format!("{}{disabled}", it.name))];
        }
        let mut lines = vec!["No exposure".to_owned()];
        let namesake = exposure_plan::namesake(self.analysis, subject);
        lines
            .extend(namesake.map(|it| plain_message(&format!("`{}` has the same label", it.name))));
        lines
    }

    fn label(&self, node: NodeIx) -> String {
        plain(&self.analysis.lineage.nodes().get(node).label())
    }
}

/// The exposure that stands for a workbook, or for a dashboard by itself, by a sign that is
/// no guess.
fn declared(drawing: &Drawing<'_>, subject: Subject) -> Option<usize> {
    let lineage = &drawing.analysis.lineage;
    let same = match subject.dashboard {
        None => lineage.exposure_of(subject.workbook),
        Some(_) => lineage
            .exposure_of_dashboard(subject)
            .filter(|it| it.subject.dashboard.is_some()),
    };
    same.filter(|it| it.by != Identity::Label).map(|it| it.ix)
}

/// `story · +20 views/7 d · further downstream · no exposure`
fn words_beside(it: &Dashboard, is_further: bool, is_open: bool) -> Option<String> {
    let parts = [
        it.story.then(|| "story".to_owned()),
        it.views.map(views),
        is_further.then(|| "further downstream".to_owned()),
        is_open.then(|| "no exposure".to_owned()),
    ];
    joined(parts.into_iter().flatten())
}

/// `exact match`, or why that is only probable.
fn how_sure(usage: &WorkbookUsage) -> String {
    match usage.kind.is_probable() {
        true => how_probable(usage.kind).to_owned(),
        false => format!("{} match", usage.kind.as_str()),
    }
}

/// Warnings, which weigh more, or that somebody vouches for what is read.
fn standing(facts: &UsageFacts<'_>) -> Vec<String> {
    let warnings = facts.warnings.iter().take(MAX_WARNINGS);
    let mut lines: Vec<String> = warnings.map(|it| line("Warning", it)).collect();
    let n_more = facts.warnings.len().saturating_sub(MAX_WARNINGS);
    lines.extend((n_more > 0).then(|| format!("{n_more} more warnings")));
    lines.extend(facts.certified.then(|| "Certified".to_owned()));
    lines
}

/// The workbook's page, else that of the first dashboard that is reached, as in the hover.
fn page_of(workbook: &Workbook, usage: &WorkbookUsage) -> Option<String> {
    let dashboards = usage.dashboards.iter();
    let dashboards = dashboards.map(|it| workbook.dashboards[it.dashboard].url.as_deref());
    let mut pages = [workbook.url.as_deref()].into_iter().chain(dashboards);
    let page = pages.find_map(|it| it.and_then(safe_url));
    page.map(str::to_owned)
}

/// `Finance / Exec`
fn path_of(path: &[String]) -> Option<String> {
    let names: Vec<String> = path.iter().map(|it| plain(it)).collect();
    (!names.is_empty()).then(|| plain_message(&names.join(" / ")))
}

/// As a number to sort and compare by.
fn shown_views(count: ViewCount) -> u64 {
    count.recent.map_or(count.total, |it| it.count)
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn line(what: &str, text: &str) -> String {
    plain_message(&format!("{what}: {text}"))
}
