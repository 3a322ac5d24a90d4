//! A site laid out in a JSON file, for programs that are not ours to write in Rust.
//!
//! ```json
//! {"workbooks": [{
//!     "name": "Sales", "luid": "…", "number": 7, "project": "Finance/Exec",
//!     "description": "…", "owner": "Ana Ruiz", "email": "ana@example.com",
//!     "connection": "snowflake", "tables": ["SHOP.MARTS.ORDERS"]
//! }]}
//! ```
//!
//! Names are any text. What is left out is as [`Workbook::new`] has it; each workbook has one
//! dashboard with one sheet, over all of its tables.

use std::path::Path;

use serde::Deserialize;

use super::datasource::{Datasource, Table};
use super::luid::luid;
use super::site::Site;
use super::workbook::Workbook;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    workbooks: Vec<WrittenWorkbook>,
}

/// A workbook on it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWorkbook {
    name: String,
    luid: Option<String>,
    number: Option<u32>,
    project: Option<String>,
    description: Option<String>,
    /// The owner's full name.
    owner: Option<String>,
    email: Option<String>,
    connection: String,
    tables: Vec<String>,
}

/// The site that this file lays out.
pub(crate) fn site(file: &Path) -> std::io::Result<Site> {
    let text = std::fs::read(file)?;
    let written: Written = serde_json::from_slice(&text)?;
    let mut site = Site::new("acme");
    for workbook in &written.workbooks {
        site = add(site, workbook);
    }
    Ok(site)
}

fn add(mut site: Site, written: &WrittenWorkbook) -> Site {
    let mut workbook = Workbook::new(&written.name)
        .project(written.project.as_deref().unwrap_or("Default"))
        .datasource(datasource(written))
        .sheet("Sheet", &["Data"])
        .dashboard("Board", &["Sheet"]);
    workbook.description.clone_from(&written.description);
    if let Some(full_name) = &written.owner {
        let name = luid(&["owner", full_name]);
        if site.users.iter().all(|it| it.name != name) {
            site = site.user(&name, full_name, written.email.as_deref());
        }
        workbook = workbook.owner(&name);
    }
    site.add_workbook(workbook);
    if let Some(workbook) = site.workbooks.last_mut() {
        keep_ids(workbook, written);
    }
    site
}

/// The site has given it ids; the file may know such that last.
fn keep_ids(workbook: &mut Workbook, written: &WrittenWorkbook) {
    if let Some(luid) = &written.luid {
        workbook.luid.clone_from(luid);
    }
    workbook.number = written.number.unwrap_or(workbook.number);
}

fn datasource(written: &WrittenWorkbook) -> Datasource {
    let tables = written.tables.iter();
    tables.fold(Datasource::new("Data"), |datasource, path| {
        datasource.table(Table::new(&written.connection, path))
    })
}
