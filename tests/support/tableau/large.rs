//! Sites of any size, for benchmarks; the same in every run.

use super::datasource::{CustomSql, Datasource, Table};
use super::site::Site;
use super::workbook::Workbook;

/// How large a site is, and what it reads.
#[derive(Clone, Debug)]
pub(crate) struct Large {
    pub(crate) n_workbooks: usize,
    /// Of each workbook; one in six is published, one in six is custom SQL.
    pub(crate) n_datasources: usize,
    pub(crate) n_sheets: usize,
    pub(crate) n_dashboards: usize,
    /// The tables that datasources read in turn.
    pub(crate) tables: Vec<Table>,
}

/// This many workbooks share a published datasource.
const PER_PUBLISHED: usize = 25;

impl Large {
    /// A site over tables of its own.
    pub(crate) fn new(
        n_workbooks: usize,
        n_datasources: usize,
        n_sheets: usize,
        n_dashboards: usize,
    ) -> Self {
        let path = |nth: usize| format!("SHOP.MARTS.TABLE_{nth:04}");
        Self {
            n_workbooks,
            n_datasources,
            n_sheets,
            n_dashboards,
            tables: (0..500)
                .map(|nth| Table::from(path(nth).as_str()))
                .collect(),
        }
    }

    /// Over these tables, such as the relations of a dbt project.
    pub(crate) fn over(mut self, tables: Vec<Table>) -> Self {
        self.tables = tables;
        self
    }

    /// Makes the site.
    pub(crate) fn site(&self) -> Site {
        let mut site = Site::new("acme");
        for nth in 0..20 {
            let email = format!("owner{nth}@example.com");
            site = site.user(
                &format!("owner{nth}"),
                &format!("Owner {nth}"),
                Some(&email),
            );
        }
        for nth in 0..self.n_workbooks.div_ceil(PER_PUBLISHED) {
            let name = format!("Published {nth}");
            let datasource = Datasource::new(&name).project("Shared");
            site.add_datasource(datasource.table(self.table(nth)).table(self.table(nth + 1)));
        }
        for nth in 0..self.n_workbooks {
            site.add_workbook(self.workbook(nth));
        }
        site
    }

    fn table(&self, nth: usize) -> Table {
        self.tables[nth % self.tables.len()].clone()
    }

    fn workbook(&self, nth: usize) -> Workbook {
        let mut workbook = Workbook::new(&format!("Workbook {nth:05}"))
            .project(&format!("Department {}/Team {}", nth % 7, nth % 31))
            .owner(&format!("owner{}", nth % 20));
        for inner in 0..self.n_datasources {
            workbook = workbook.datasource(self.datasource(nth, inner));
        }
        let names: Vec<String> = workbook
            .datasources
            .iter()
            .map(|it| it.name.clone())
            .collect();
        for inner in 0..self.n_sheets {
            let of_sheet = names.get(inner % names.len().max(1)).map(String::as_str);
            let of_sheet: Vec<&str> = of_sheet.into_iter().collect();
            workbook = workbook.sheet(&format!("Sheet {inner}"), &of_sheet);
        }
        for inner in 0..self.n_dashboards {
            let shown: Vec<String> = (0..self.n_sheets)
                .filter(|sheet| sheet % self.n_dashboards == inner)
                .map(|sheet| format!("Sheet {sheet}"))
                .collect();
            let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
            let name = format!("Dashboard {inner}");
            let n_opened = (nth * 13 + inner * 7) % 1000;
            workbook = workbook
                .dashboard(&name, &shown)
                .opened(&name, n_opened as u64);
        }
        workbook
    }

    fn datasource(&self, workbook: usize, inner: usize) -> Datasource {
        let nth = workbook * 7 + inner;
        match inner % 6 {
            4 => {
                let table = self.table(nth);
                let from = format!("{}.{}", table.schema, table.name);
                let query = format!("select * from {from} where id > {nth}");
                let sql = CustomSql::new(&table.connection_type, &table.database, &query);
                Datasource::new(&format!("Query {inner}")).custom_sql(sql)
            }
            5 => {
                let name = format!("Published {}", workbook / PER_PUBLISHED);
                Datasource::new(&name).published(&name)
            }
            _ => {
                let datasource = Datasource::new(&format!("Datasource {inner}"));
                datasource.table(self.table(nth)).table(self.table(nth + 1))
            }
        }
    }
}

/// Changes so many workbooks, at this time: another table, another name of a dashboard.
pub(crate) fn touch(site: &mut Site, n_workbooks: usize, time: &str) {
    let n_all = site.workbooks.len();
    let step = (n_all / n_workbooks.max(1)).max(1);
    let touched = site.workbooks.iter_mut().step_by(step).take(n_workbooks);
    for workbook in touched {
        time.clone_into(&mut workbook.updated_at);
        if let Some(dashboard) = workbook.dashboards.first_mut() {
            dashboard.name = format!("{} (changed)", dashboard.name);
        }
        if let Some(datasource) = workbook.datasources.first_mut() {
            datasource.upstream.tables.reverse();
            datasource.upstream.tables.truncate(1);
        }
    }
}
