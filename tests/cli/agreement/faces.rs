//! What each face says of a node and of a project, held against the JSON answer.

use std::collections::{BTreeMap, BTreeSet};

use ide::{Analysis, PlanAction, PlanRequest, RowKind, TreeAbout, TreeOrder, TreeRequest, TreeRow};
use lineage::{NodeIx, Timestamp, WorkbookIx};
use serde_json::Value;

/// What the JSON answer tells of a node, counted.
struct Told {
    n_workbooks: usize,
    /// Those that read the node itself, and the dashboards that do.
    n_direct: usize,
    n_direct_dashboards: usize,
    n_dashboards: usize,
    n_probable: usize,
    /// Whether there is something that is not known.
    is_complete: bool,
}

impl Told {
    fn of(node: &Value) -> Told {
        let workbooks = list(&node["workbooks"]);
        let is_direct = |it: &&Value| it["distance"] == 0;
        let direct = || workbooks.iter().filter(is_direct);
        let dashboards = || workbooks.iter().flat_map(|it| list(&it["dashboards"]));
        let is_probable = |it: &&Value| it["match"] == "name" || it["match"] == "proposed";
        Told {
            n_workbooks: workbooks.len(),
            n_direct: direct().count(),
            n_direct_dashboards: dashboards().filter(is_direct).count(),
            n_dashboards: dashboards().count(),
            n_probable: workbooks.iter().filter(is_probable).count(),
            is_complete: node["complete"] == true,
        }
    }

    fn is_unknown(&self) -> bool {
        self.n_workbooks == 0 && !self.is_complete
    }
}

pub(super) fn check_node(analysis: &Analysis, node: &Value) {
    let id = node["unique_id"].as_str().expect("an id");
    let ix = analysis.node(id).expect("a node");
    let told = Told::of(node);
    check_words(analysis, ix, &told, id);
    check_tree(analysis, ix, &told, id);
    check_graph(analysis, ix, &told, id);
    check_lists(analysis, ix, &told, id);
}

/// The lens, and the hover behind it.
fn check_words(analysis: &Analysis, ix: NodeIx, told: &Told, id: &str) {
    let lens = analysis.words(ix);
    let hover = analysis.describe(ix, Timestamp::UNIX_EPOCH);
    let first = hover.lines().next().unwrap_or_default();
    let said = format!("{id}: {lens}\n{hover}");
    assert_eq!(lens.contains("use unknown"), told.is_unknown(), "{said}");
    assert_eq!(
        hover.contains("This is not a zero"),
        told.is_unknown(),
        "{said}"
    );
    assert_eq!(hover.contains("· incomplete"), !told.is_complete, "{said}");
    let probably = (lens.contains("probably"), first.contains("probably"));
    assert_eq!(probably.0, probably.1, "{said}");
    let (n_near, n_workbooks) = match told.n_direct {
        0 => (told.n_dashboards, told.n_workbooks),
        n => (told.n_direct_dashboards, n),
    };
    // Where nothing shows a dashboard, the sheets are counted.
    if n_near > 0 {
        assert_eq!(number(&lens, "dashboard"), n_near, "{said}");
        assert_eq!(number(first, "dashboard"), n_near, "{said}");
    }
    if told.n_workbooks > 0 {
        assert_eq!(number(first, "workbook"), n_workbooks, "{said}");
    }
    let n_further = match told.n_direct {
        0 => 0,
        _ => told.n_dashboards - told.n_direct_dashboards,
    };
    assert_eq!(number(&lens, "more downstream"), n_further, "{said}");
}

fn check_tree(analysis: &Analysis, ix: NodeIx, told: &Told, id: &str) {
    for order in [TreeOrder::Name, TreeOrder::Views] {
        let tree = tree(analysis, TreeAbout::Nodes(&[ix]), order);
        let rows = |kind| of_kind(&tree.rows, kind);
        let n_direct = |kind| rows(kind).iter().filter(|it| it.is_direct).count();
        assert_eq!(tree.headline, analysis.words(ix), "{id}");
        assert_eq!(tree.missing.is_empty(), told.is_complete, "{id}");
        assert_eq!(rows(RowKind::Workbook).len(), told.n_workbooks, "{id}");
        assert_eq!(n_direct(RowKind::Workbook), told.n_direct, "{id}");
        assert_eq!(rows(RowKind::Dashboard).len(), told.n_dashboards, "{id}");
        assert_eq!(
            n_direct(RowKind::Dashboard),
            told.n_direct_dashboards,
            "{id}"
        );
    }
}

/// It is bounded: what it does not draw is counted.
fn check_graph(analysis: &Analysis, ix: NodeIx, told: &Told, id: &str) {
    let graph = analysis.neighbourhood(ix, &[]);
    let of_kind = |kind: &'static str| {
        let all = graph.neighbours.iter();
        all.filter(move |it| it.kind.as_str() == kind)
    };
    let n_workbooks = of_kind("workbook").count();
    let n_left_out: usize = graph.neighbours.iter().map(|it| it.more_downstream).sum();
    assert!(n_workbooks <= told.n_workbooks, "{id}");
    assert!(of_kind("dashboard").count() <= told.n_dashboards, "{id}");
    if n_left_out == 0 {
        assert_eq!(n_workbooks, told.n_workbooks, "{id}");
        assert_eq!(of_kind("dashboard").count(), told.n_dashboards, "{id}");
        let n_probable = of_kind("workbook").filter(|it| it.is_probable).count();
        assert_eq!(n_probable, told.n_probable, "{id}");
    }
}

/// The list behind the lens, and `explain`.
fn check_lists(analysis: &Analysis, ix: NodeIx, told: &Told, id: &str) {
    let listed = analysis.dashboards(ix);
    let is_further = |it: &&ide::Listed| {
        it.detail.contains("through ") || it.detail.contains("further downstream")
    };
    let usages = analysis.lineage.downstream_of(ix);
    let n_sheets = usages.iter().filter(|it| it.dashboards.is_empty());
    let n_sheets: usize = n_sheets.map(|it| it.sheets.len()).sum();
    assert_eq!(listed.len(), told.n_dashboards + n_sheets, "{id}");
    if n_sheets == 0 {
        let n_further = listed.iter().filter(is_further).count();
        assert_eq!(
            n_further,
            told.n_dashboards - told.n_direct_dashboards,
            "{id}"
        );
    }
    let explained = analysis.explain_node(ix);
    let matched: BTreeSet<WorkbookIx> = explained.matched.iter().map(|it| it.workbook).collect();
    assert_eq!(matched.len(), told.n_direct, "{id}");
    assert_eq!(
        matched.len() + explained.downstream.len(),
        told.n_workbooks,
        "{id}"
    );
    assert_eq!(explained.missing.is_empty(), told.is_complete, "{id}");
}

/// The project's tree holds what all nodes have together, and what is not known of any.
pub(super) fn check_project(analysis: &Analysis, nodes: &[Value]) {
    let mut dashboards: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut without: BTreeSet<&str> = BTreeSet::new();
    for it in nodes.iter().flat_map(|it| list(&it["workbooks"])) {
        let key = format!("{} {} {}", it["name"], it["file"], it["luid"]);
        let shown = dashboards.entry(key).or_default();
        shown.extend(
            list(&it["dashboards"])
                .iter()
                .map(|it| it["name"].to_string()),
        );
        without.extend(it["name"].as_str().filter(|_| it["exposure"].is_null()));
    }
    let n_dashboards: usize = dashboards.values().map(BTreeSet::len).sum();
    let tree = tree(analysis, TreeAbout::Project, TreeOrder::Name);
    let rows = |kind| of_kind(&tree.rows, kind).len();
    let said = format!("{}: {:?}", tree.headline, tree.missing);
    assert_eq!(
        rows(RowKind::Workbook) + tree.n_left_out,
        dashboards.len(),
        "{said}"
    );
    assert_eq!(rows(RowKind::Dashboard), n_dashboards, "{said}");
    if n_dashboards > 0 {
        assert_eq!(number(&tree.headline, "dashboard"), n_dashboards, "{said}");
    }
    let is_known = nodes.iter().all(|it| it["complete"] == true);
    assert_eq!(tree.missing.is_empty(), analysis.is_complete(), "{said}");
    assert!(is_known || !analysis.is_complete(), "{said}");
    let is_unknown = dashboards.is_empty() && !analysis.is_complete();
    assert_eq!(tree.headline.contains("use unknown"), is_unknown, "{said}");
    let plan = analysis.plan_exposures(&PlanRequest::default(), &|_| Ok(None));
    let lacks =
        |it: &&ide::PlannedChange| matches!(it.action, PlanAction::Create | PlanAction::Refused);
    let planned = plan.changes.iter().filter(lacks);
    let planned: BTreeSet<&str> = planned.filter_map(|it| it.workbook.as_deref()).collect();
    assert!(without.is_subset(&planned), "{without:?} {planned:?}");
}

fn tree(analysis: &Analysis, about: TreeAbout<'_>, order: TreeOrder) -> ide::Tree {
    analysis.tree(&TreeRequest {
        about,
        order,
        filter: None,
        now: Timestamp::UNIX_EPOCH,
    })
}

fn of_kind(rows: &[TreeRow], kind: RowKind) -> Vec<&TreeRow> {
    let mut open: Vec<&TreeRow> = rows.iter().collect();
    let mut found = Vec::new();
    while let Some(row) = open.pop() {
        open.extend(&row.children);
        found.extend((row.kind == kind).then_some(row));
    }
    found
}

/// The number before the first `what` of a text; 0 where there is none.
fn number(text: &str, what: &str) -> usize {
    let Some(at) = text.find(&format!(" {what}")) else {
        return 0;
    };
    let digits = text[..at].rsplit(|it: char| !it.is_ascii_digit()).next();
    digits.and_then(|it| it.parse().ok()).unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
