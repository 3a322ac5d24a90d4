//! Analyses from fixtures, for this crate's tests.
//!
//! Beside files a fixture may hold `nodes`, `tableau` and `exposures`, in the
//! words of [`lineage::testing`], `disabled` nodes, and a line in `skipped` for each
//! definition of the manifest that could not be read, in `unread` for each such file.

use std::sync::Arc;

use fixture::Fixture;
use lineage::DisabledNode;

use crate::analysis::{Analysis, File, Options, ProjectFacts};

/// The analysis of a fixture, for a project `shop` on Snowflake.
pub(crate) fn analysis(fixture: &Fixture) -> Analysis {
    let text = |name| fixture.file(name);
    let lineage = lineage::testing::lineage(
        "snowflake",
        text("nodes"),
        text("exposures"),
        text("tableau"),
    );
    Analysis {
        lineage: Arc::new(lineage),
        disabled: text("disabled").lines().map(disabled).collect(),
        pending: Arc::from([]),
        proposal: None,
        project: ProjectFacts {
            name: "shop".to_owned(),
            engine: dbt::Engine::Core {
                major: 1,
                minor: 11,
            },
            model_paths: vec!["models".to_owned()],
            resource_paths: vec!["models".to_owned(), "analyses".to_owned()],
            unread_files: text("unread").lines().map(str::to_owned).collect(),
            unread_code: Vec::new(),
            differing: Vec::new(),
            has_manifest: true,
            n_skipped: text("skipped").lines().count(),
        },
        options: Options::default(),
    }
}

/// `model.shop.x models/old/x.sql`
fn disabled(line: &str) -> DisabledNode {
    let (id, path) = line.split_once(' ').expect("id and path");
    DisabledNode {
        id: lineage::UniqueId::new(id),
        name: id.rsplit('.').next().unwrap_or_default().to_owned(),
        path: path.to_owned(),
        package: "shop".to_owned(),
    }
}

/// A file of the fixture's project.
pub(crate) fn file<'a>(fixture: &'a Fixture, path: &'a str) -> File<'a> {
    File {
        package: "shop",
        path,
        text: fixture.file(path),
    }
}

/// A project with a bit of everything: two marts on a staging model, a source, and
/// three workbooks.
pub(crate) const SHOP: &str = "\
#- nodes
source.shop.crm.accounts RAW.CRM.ACCOUNTS path=models/sources.yml
model.shop.stg_orders DB.STAGING.stg_orders path=models/stg_orders.sql <- source.shop.crm.accounts
model.shop.fct_orders DB.MARTS.fct_orders path=models/fct_orders.sql yml=models/marts.yml <- model.shop.stg_orders
model.shop.fct_returns DB.MARTS.fct_returns path=models/fct_returns.sql yml=models/marts.yml <- model.shop.stg_orders
model.shop.dim_vendors DB.MARTS.dim_vendors path=models/dim_vendors.sql
#- exposures
sales tableau.file=tableau/Sales.twb
#- tableau
workbook Sales file=tableau/Sales.twb
datasource Orders snowflake
[DB].[MARTS].[FCT_ORDERS]
sheet By day: Orders
sheet By week: Orders
dashboard Overview: By day, By week
dashboard Detail: By day
workbook Weekly Ops file=tableau/Weekly_Ops.twb
datasource Ops snowflake
sql db.marts.fct_orders, db.marts.fct_returns
workbook Leads site=acme content_url=Leads url=https://t.example/#/site/acme/workbooks/7
datasource CRM snowflake
[RAW].[CRM].[ACCOUNTS]
";
