//! Which exposure a workbook should have, and where it goes.
//!
//! Identity is [`lineage::identity`]'s business and the YAML edit the `dbt`
//! crate's; here a workbook becomes a [`dbt::NewExposure`]: a stable name, the
//! page, the owner, and a `ref()` for every node the workbook reads itself.

use std::collections::BTreeSet;

use lineage::{
    Exposure, ExposureName, Identity, MatchKind, Node, NodeIx, Owner, Workbook, WorkbookIx,
};

use dbt::{NewExposure, RefTarget, TextEdit};

use crate::analysis::Analysis;
use crate::text::{plain, safe_url};

/// An exposure to be written, and its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposurePlan {
    /// The workbook it stands for.
    pub workbook: WorkbookIx,
    /// What is written.
    pub exposure: NewExposure,
    /// The file, relative to the project's root, with forward slashes.
    pub path: String,
}

/// An edit of one file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdit {
    /// The file, relative to the project's root, with forward slashes.
    pub path: String,
    /// Whether the file has to be made first.
    pub creates: bool,
    /// The edit.
    pub edit: TextEdit,
}

/// The exposure that stands for a workbook already. An equal label alone is no such sign.
pub(crate) fn declared(analysis: &Analysis, workbook: WorkbookIx) -> Option<&Exposure> {
    let same = analysis.lineage.exposure_of(workbook)?;
    (same.by != Identity::Label).then_some(same.exposure)
}

pub(crate) fn plan(analysis: &Analysis, workbook: WorkbookIx) -> Result<ExposurePlan, String> {
    if let Some(exposure) = declared(analysis, workbook) {
        let disabled = if exposure.enabled { "" } else { "disabled " };
        let name = &exposure.name;
        return Err(format!("{disabled}exposure `{name}` stands for it already"));
    }
    let it = analysis.lineage.workbook(workbook);
    let depends_on = dependencies(analysis, workbook)?;
    let options = &analysis.options.exposures;
    let exposure = NewExposure {
        name: unique_name(analysis, workbook),
        label: it.name.clone(),
        url: page(it).map(str::to_owned),
        description: it
            .description
            .clone()
            .filter(|text| !text.trim().is_empty()),
        owner: owner(analysis, it),
        depends_on,
        tags: options.tags.clone(),
        meta_tableau: identity(it),
    };
    let path = path(analysis, it);
    Ok(ExposurePlan {
        workbook,
        exposure,
        path,
    })
}

pub(crate) fn write(
    analysis: &Analysis,
    plan: &ExposurePlan,
    existing: Option<&str>,
) -> Result<FileEdit, String> {
    let edit = dbt::declare(existing, &plan.exposure, &analysis.project.engine)
        .map_err(|error| format!("{} is left as it is: {error}", plan.path))?;
    Ok(FileEdit {
        path: plan.path.clone(),
        creates: existing.is_none(),
        edit,
    })
}

/// What the workbook reads itself, each once; what lies upstream follows from
/// dbt's own graph. A node that dbt would refuse stops the whole plan: a list
/// that silently lacks one would be wrong.
fn dependencies(analysis: &Analysis, workbook: WorkbookIx) -> Result<Vec<RefTarget>, String> {
    let nodes: BTreeSet<NodeIx> = analysis
        .lineage
        .usages()
        .iter()
        .filter(|it| it.workbook == workbook && it.alias_of.is_none())
        .map(|it| it.node)
        .collect();
    let mut targets = Vec::new();
    for ix in nodes {
        let node = analysis.lineage.nodes().get(ix);
        if let Some(reason) = refusal(analysis, node) {
            return Err(reason);
        }
        targets.push(target(analysis, node));
    }
    if targets.is_empty() {
        return Err("it reads no node of this project itself".to_owned());
    }
    targets.sort_by_key(|it| match it {
        RefTarget::Ref {
            package,
            name,
            version,
        } => (0, name.clone(), package.clone(), version.clone()),
        RefTarget::Source { source, table } => (1, source.clone(), Some(table.clone()), None),
    });
    Ok(targets)
}

/// Why dbt would refuse an exposure on this node.
fn refusal(analysis: &Analysis, node: &Node) -> Option<String> {
    let is_private = node.access == Some(lineage::Access::Private);
    let engine = &analysis.project.engine;
    (is_private && engine.refuses_private(node.group.is_some())).then(|| {
        format!(
            "`{}` has `access: private`, and {engine} refuses an exposure on it",
            node.label()
        )
    })
}

/// The `ref()` or `source()` that means exactly this node when it stands in the root project.
fn target(analysis: &Analysis, node: &Node) -> RefTarget {
    if let Some(source) = &node.source_name {
        return RefTarget::Source {
            source: source.clone(),
            table: node.name.clone(),
        };
    }
    let root = analysis.lineage.nodes().root_package();
    let version = node.version.clone().filter(|_| !node.is_latest());
    let package = (node.package != root).then(|| node.package.clone());
    RefTarget::Ref {
        package,
        name: node.name.clone(),
        version,
    }
}

/// Unique among the exposures of the project and stable: never by listing order.
fn unique_name(analysis: &Analysis, workbook: WorkbookIx) -> ExposureName {
    let it = analysis.lineage.workbook(workbook);
    let key = stable_key(it);
    let base = ExposureName::from_title(&it.name)
        .unwrap_or_else(|| ExposureName::new(format!("tableau_{key}")));
    let root = analysis.lineage.nodes().root_package();
    let taken = |name: &str| {
        analysis
            .lineage
            .exposures()
            .iter()
            .any(|it| it.package == root && it.name.as_str() == name)
    };
    let clashes = |name: &str| {
        let same = |it: &Workbook| {
            ExposureName::from_title(&it.name).is_some_and(|own| own.as_str() == name)
        };
        taken(name)
            || analysis
                .lineage
                .workbooks()
                .filter(|(_, it)| same(it))
                .count()
                > 1
    };
    if !clashes(base.as_str()) {
        return base;
    }
    let folder = it
        .project_path
        .last()
        .and_then(|folder| ExposureName::from_title(folder));
    let with_folder = folder.map(|folder| format!("{base}_{folder}"));
    match with_folder.filter(|name| !clashes(name)) {
        Some(name) if is_only_one_there(analysis, workbook) => ExposureName::new(name),
        _ => ExposureName::new(format!("{base}_{key}")),
    }
}

fn is_only_one_there(analysis: &Analysis, workbook: WorkbookIx) -> bool {
    let it = analysis.lineage.workbook(workbook);
    let same = |other: &Workbook| {
        other.name == it.name && other.project_path.last() == it.project_path.last()
    };
    analysis
        .lineage
        .workbooks()
        .filter(|(_, other)| same(other))
        .count()
        == 1
}

/// Eight characters that stay the same for a workbook: of its LUID, else of what
/// else identifies it.
fn stable_key(workbook: &Workbook) -> String {
    if let Some(luid) = &workbook.luid {
        return luid
            .0
            .chars()
            .filter(char::is_ascii_hexdigit)
            .take(8)
            .collect();
    }
    let identity = [&workbook.site, &workbook.content_url, &workbook.file];
    let parts: Vec<&str> = identity.into_iter().flatten().map(String::as_str).collect();
    dbt::checksum(&parts.join("/")).chars().take(8).collect()
}

/// The workbook's page, else its first dashboard's.
fn page(workbook: &Workbook) -> Option<&str> {
    let dashboards = workbook
        .dashboards
        .iter()
        .filter_map(|it| it.url.as_deref());
    workbook
        .url
        .as_deref()
        .into_iter()
        .chain(dashboards)
        .find_map(safe_url)
}

fn owner(analysis: &Analysis, workbook: &Workbook) -> Owner {
    let options = &analysis.options.exposures;
    let name = workbook
        .owner
        .name
        .as_deref()
        .map(plain)
        .filter(|name| !name.is_empty());
    let email = workbook.owner.email.clone().filter(|_| options.owner_email);
    if name.is_none() && email.is_none() {
        let unknown = || Some("unknown".to_owned());
        let name = options.owner.name.clone().or_else(unknown);
        return Owner {
            name,
            email: options.owner.email.clone(),
        };
    }
    Owner { name, email }
}

/// What finds the workbook again, under `config.meta.tableau`.
fn identity(workbook: &Workbook) -> Vec<(String, String)> {
    let mut meta = Vec::new();
    let mut put = |key: &str, value: Option<&String>| {
        meta.extend(
            value
                .filter(|it| !it.is_empty())
                .map(|it| (key.to_owned(), it.clone())),
        );
    };
    put("site", workbook.site.as_ref());
    put("luid", workbook.luid.as_ref().map(|luid| &luid.0));
    put("content_url", workbook.content_url.as_ref());
    if workbook.luid.is_none() && workbook.content_url.is_none() {
        put("file", workbook.file.as_ref());
    }
    meta
}

fn path(analysis: &Analysis, workbook: &Workbook) -> String {
    let slug = |text: Option<&String>, otherwise: &str| {
        let name = text.and_then(|text| ExposureName::from_title(text));
        name.map_or_else(|| otherwise.to_owned(), |name| name.as_str().to_owned())
    };
    match &analysis.options.exposures.path {
        Some(path) => path
            .replace("{project}", &slug(workbook.project_path.last(), "tableau"))
            .replace(
                "{workbook}",
                &slug(Some(&workbook.name), &stable_key(workbook)),
            ),
        None => {
            let models = analysis
                .project
                .model_paths
                .first()
                .map_or("models", String::as_str);
            format!("{}/exposures/tableau.yml", models.trim_end_matches('/'))
        }
    }
}

impl ExposurePlan {
    /// Whether one of its nodes was matched by its name alone.
    pub fn is_probable(&self, analysis: &Analysis) -> bool {
        let mut usages = analysis.lineage.usages().iter();
        usages.any(|it| it.workbook == self.workbook && it.kind == MatchKind::Name)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use fixture::Fixture;

    use crate::testing::{SHOP, analysis};

    /// Each workbook's plan, or why there is none.
    #[track_caller]
    fn check(project: &str, expect: Expect) {
        let fixture = Fixture::parse(project);
        let analysis = analysis(&fixture);
        let mut lines = Vec::new();
        for (ix, workbook) in analysis.lineage.workbooks() {
            lines.push(match analysis.plan_exposure(ix) {
                Ok(plan) => {
                    let it = plan.exposure;
                    let url = it.url.unwrap_or_default();
                    let refs: Vec<String> =
                        it.depends_on.iter().map(|it| format!("{it:?}")).collect();
                    let meta: Vec<String> = it
                        .meta_tableau
                        .iter()
                        .map(|(key, value)| format!("{key}={value}"))
                        .collect();
                    format!(
                        "{} {url} [{}] [{}]",
                        it.name,
                        refs.join(", "),
                        meta.join(", ")
                    )
                }
                Err(reason) => format!("{}: {reason}", workbook.name),
            });
        }
        expect.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_plan_depends_on_what_the_workbook_reads_itself() {
        check(
            SHOP,
            expect![[r#"
                Sales: exposure `sales` stands for it already
                weekly_ops  [Ref { package: None, name: "fct_orders", version: None }, Ref { package: None, name: "fct_returns", version: None }] [file=tableau/Weekly_Ops.twb]
                leads https://t.example/#/site/acme/workbooks/7 [Source { source: "crm", table: "accounts" }] [site=acme, content_url=Leads]"#]],
        );
    }

    #[test]
    fn versions_packages_and_sources_are_named_as_dbt_needs_them() {
        check(
            "#- nodes\nmodel.shop.dim.v1 DB.S.dim_v1 latest=1\nmodel.shop.dim.v2 DB.S.dim_v2 latest=1\nmodel.pkg.orders DB.PKG.orders\nmodel.shop.orders DB.S.orders\nsource.shop.raw.t DB.S.t\n#- tableau\nworkbook W\ndatasource D snowflake\n[DB].[S].[DIM_V1]\n[DB].[S].[DIM_V2]\n[DB].[PKG].[ORDERS]\n[DB].[S].[ORDERS]\n[DB].[S].[T]\n",
            expect![[
                r#"w  [Ref { package: None, name: "dim", version: None }, Ref { package: None, name: "dim", version: Some("2") }, Ref { package: None, name: "orders", version: None }, Ref { package: Some("pkg"), name: "orders", version: None }, Source { source: "raw", table: "t" }] []"#
            ]],
        );
    }

    #[test]
    fn a_sites_workbook_is_found_again_by_its_luid_and_leads_to_its_page() {
        let site =
            "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\ncontent site acme host=acme.example\n";
        let reads = "datasource D snowflake\n[DB].[S].[A]\n";
        check(
            &format!(
                "{site}workbook Sales luid=11111111-1111-1111-1111-111111111111 site=acme content_url=Sales file=Sales.twbx url=https://acme.example/#/site/acme/workbooks/7\n{reads}\
                 workbook Ops luid=w2 site= content_url=Ops\n{reads}\
                 facts Overview: url=https://acme.example/#/views/Ops/Overview\n"
            ),
            expect![[r#"
                sales https://acme.example/#/site/acme/workbooks/7 [Ref { package: None, name: "a", version: None }] [site=acme, luid=11111111-1111-1111-1111-111111111111, content_url=Sales]
                ops https://acme.example/#/views/Ops/Overview [Ref { package: None, name: "a", version: None }] [luid=w2, content_url=Ops]"#]],
        );
        check(
            &format!(
                "#- exposures\nold tableau.luid=11111111-1111-1111-1111-111111111111\nby_page url=https://acme.example/#/views/Ops/Other\n{site}workbook Renamed luid=11111111-1111-1111-1111-111111111111\n{reads}\
                 workbook Ops luid=w2 site= content_url=Ops\n{reads}\
                 facts Overview: url=https://acme.example/#/views/Ops/Overview\n"
            ),
            expect![[r#"
                Renamed: exposure `old` stands for it already
                Ops: exposure `by_page` stands for it already"#]],
        );
    }

    #[test]
    fn owners_are_named_and_their_address_stays_out_of_git() {
        let project = "#- nodes\nmodel.shop.a DB.S.a\n#- tableau\ncontent site acme\n\
            workbook W luid=w1 owner=\"Ana Ruiz\" email=ana@acme.example\n\
            datasource D snowflake\n[DB].[S].[A]\n";
        let mut analysis = analysis(&Fixture::parse(project));
        let owner = |analysis: &crate::Analysis| {
            let (ix, _) = analysis.lineage.workbooks().next().expect("a workbook");
            analysis.plan_exposure(ix).expect("a plan").exposure.owner
        };
        assert_eq!(owner(&analysis).name.as_deref(), Some("Ana Ruiz"));
        assert_eq!(owner(&analysis).email, None);
        analysis.options.exposures.owner_email = true;
        let email = owner(&analysis).email;
        assert_eq!(email.as_deref(), Some("ana@acme.example"));
    }

    #[test]
    fn names_are_unique_and_do_not_depend_on_order() {
        let nodes = "#- nodes\nmodel.shop.a DB.S.a\n#- exposures\nplan\n";
        let sales = "workbook Sales file=a/Sales.twb\ndatasource D snowflake\n[DB].[S].[A]\n";
        let other = "workbook Sales file=b/Sales.twb\ndatasource D snowflake\n[DB].[S].[A]\n";
        let rest = "workbook Plan file=Plan.twb\ndatasource D snowflake\n[DB].[S].[A]\nworkbook 🚀 file=r.twb\ndatasource D snowflake\n[DB].[S].[A]\n";
        check(
            &format!("{nodes}#- tableau\n{sales}{other}{rest}"),
            expect![[r#"
            sales_3f9c4c3c  [Ref { package: None, name: "a", version: None }] [file=a/Sales.twb]
            sales_900e8680  [Ref { package: None, name: "a", version: None }] [file=b/Sales.twb]
            plan_af86e15d  [Ref { package: None, name: "a", version: None }] [file=Plan.twb]
            tableau_fd040cfc  [Ref { package: None, name: "a", version: None }] [file=r.twb]"#]],
        );
        check(
            &format!("{nodes}#- tableau\n{other}{sales}"),
            expect![[r#"
            sales_900e8680  [Ref { package: None, name: "a", version: None }] [file=b/Sales.twb]
            sales_3f9c4c3c  [Ref { package: None, name: "a", version: None }] [file=a/Sales.twb]"#]],
        );
    }
}
