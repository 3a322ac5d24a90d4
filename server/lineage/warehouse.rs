//! Warehouse classes, as dbt's adapters and Tableau's connections name them.
//!
//! Responsible for telling whether a connection can hold a dbt project's
//! relations at all, and how that warehouse compares names. What two names look
//! like is [`crate::relation`]'s business.

/// A class of warehouse, known by dbt's `adapter_type` and by Tableau's
/// connection `class` under different names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Warehouse {
    /// Snowflake.
    Snowflake,
    /// Google BigQuery (`bigquery`, `googlebigquery`).
    BigQuery,
    /// Databricks and Spark, which share a metastore.
    Databricks,
    /// Amazon Redshift.
    Redshift,
    /// PostgreSQL and what speaks its protocol under dbt's `postgres` adapter.
    Postgres,
    /// DuckDB and MotherDuck.
    DuckDb,
    /// Trino, Presto, Starburst.
    Trino,
    /// Amazon Athena.
    Athena,
    /// SQL Server, Azure SQL, Synapse, Fabric.
    SqlServer,
    /// MySQL, MariaDB.
    MySql,
    /// ClickHouse.
    ClickHouse,
    /// Oracle.
    Oracle,
    /// Teradata.
    Teradata,
    /// Another warehouse, by its lower-case name (`vertica`, `saphana`).
    Other(String),
    /// Something that may be any warehouse: generic JDBC or ODBC, or not named.
    Generic,
    /// A file, an extract or a web connector: nothing dbt builds.
    NotAWarehouse,
}

/// How a warehouse compares identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Unquoted names are stored in upper case; comparison is exact.
    FoldUp,
    /// Unquoted names are stored in lower case; comparison is exact.
    FoldDown,
    /// Names are compared without regard to case.
    Insensitive,
    /// Names are compared as written.
    Sensitive,
}

impl Warehouse {
    /// Reads dbt's `metadata.adapter_type`. An empty one is [`Warehouse::Generic`].
    pub fn from_adapter(adapter_type: &str) -> Warehouse {
        let name = adapter_type.trim().to_ascii_lowercase();
        match name.as_str() {
            "" => Warehouse::Generic,
            "materialize" | "alloydb" | "risingwave" | "greenplum" | "cratedb" => {
                Warehouse::Postgres
            }
            "fabric" | "synapse" => Warehouse::SqlServer,
            "starburst" => Warehouse::Trino,
            // They speak MySQL's protocol, and Tableau reaches them as MySQL.
            "mysql5" | "tidb" | "doris" | "starrocks" => Warehouse::MySql,
            // AWS Glue is a catalog; what it lists is queried through Athena.
            "glue" => Warehouse::Athena,
            _ => Warehouse::by_name(&name).unwrap_or(Warehouse::Other(name)),
        }
    }

    /// Reads the `class` of a Tableau connection, or the Metadata API's `connectionType`.
    pub fn from_connection_class(class: &str) -> Warehouse {
        let name = class.trim().to_ascii_lowercase();
        let stem = ["_jdbc", "_odbc", "-jdbc", "-odbc"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(&name);
        let says_nothing = ["", "federated", "publishedconnection", "sqlproxy"].contains(&stem);
        if says_nothing || stem.starts_with("generic") {
            return Warehouse::Generic;
        }
        if is_file_class(stem) {
            return Warehouse::NotAWarehouse;
        }
        Warehouse::by_name(stem).unwrap_or_else(|| Warehouse::Other(stem.to_owned()))
    }

    fn by_name(name: &str) -> Option<Warehouse> {
        Some(match name {
            "snowflake" => Warehouse::Snowflake,
            "bigquery" | "googlebigquery" | "google-bigquery" => Warehouse::BigQuery,
            "databricks" | "spark" | "sparksql" | "spark-sql" | "simba-spark" => {
                Warehouse::Databricks
            }
            "redshift" => Warehouse::Redshift,
            "postgres" | "postgresql" => Warehouse::Postgres,
            "duckdb" | "motherduck" => Warehouse::DuckDb,
            "trino" | "presto" | "starburst" => Warehouse::Trino,
            "athena" | "awsathena" | "amazonathena" => Warehouse::Athena,
            "sqlserver" | "azure_sqldb" | "azure_sql_dw" | "azure_sql_synapse" | "mssql" => {
                Warehouse::SqlServer
            }
            "mysql" | "mariadb" => Warehouse::MySql,
            "clickhouse" => Warehouse::ClickHouse,
            "oracle" => Warehouse::Oracle,
            "teradata" => Warehouse::Teradata,
            // One name for what dbt and Tableau spell differently.
            "hive" | "hadoophive" | "hadoop-hive" => Warehouse::Other("hive".to_owned()),
            "netezza" | "ibm_netezza" => Warehouse::Other("netezza".to_owned()),
            "db2" | "ibmdb2" | "ibm_db2" => Warehouse::Other("db2".to_owned()),
            "saphana" | "hana" | "sap_hana" => Warehouse::Other("saphana".to_owned()),
            "singlestore" | "memsql" => Warehouse::Other("singlestore".to_owned()),
            _ => return None,
        })
    }

    /// Whether a table behind `connection` may be one that this project's adapter builds.
    /// Unknown on either side is a "may be"; two known, different classes are a "no".
    pub fn may_hold(&self, connection: &Warehouse) -> bool {
        match (self, connection) {
            (_, Warehouse::NotAWarehouse) => false,
            (Warehouse::Generic, _) | (_, Warehouse::Generic) => true,
            (adapter, class) if adapter == class => true,
            // dbt has adapters that we know nothing of: such a warehouse may be reached
            // through the connector of the one whose protocol it speaks.
            (Warehouse::Other(adapter), _) if !is_known_foreign_class(adapter) => true,
            (Warehouse::Other(adapter), Warehouse::MySql) => adapter == "singlestore",
            // A connector that is not in our list may be a plug-in for any warehouse.
            (_, Warehouse::Other(class)) => !is_known_foreign_class(class),
            _ => false,
        }
    }

    /// How this warehouse compares names.
    ///
    /// Source: the vendors' identifier rules; dbt's quoting defaults are in the
    /// manifest and need no rule here. Where the rule varies by machine (MySQL) or is
    /// not known, names that differ in case are two, to be matched with a mark only.
    pub fn case(&self) -> Case {
        match self {
            Warehouse::Snowflake | Warehouse::Oracle => Case::FoldUp,
            Warehouse::Postgres => Case::FoldDown,
            Warehouse::BigQuery | Warehouse::ClickHouse | Warehouse::MySql | Warehouse::Generic => {
                Case::Sensitive
            }
            Warehouse::Other(name) if name == "saphana" || name == "exasol" => Case::FoldUp,
            _ => Case::Insensitive,
        }
    }

    /// Whether relations have a database above the schema. Two-level warehouses
    /// call that one level "database" in Tableau and "schema" in dbt.
    pub fn has_database_level(&self) -> bool {
        !matches!(
            self,
            Warehouse::ClickHouse | Warehouse::MySql | Warehouse::Teradata
        )
    }
}

/// Connectors of files, extracts and web pages, which no dbt project builds.
fn is_file_class(class: &str) -> bool {
    matches!(
        class,
        "hyper"
            | "dataengine"
            | "textscan"
            | "textclean"
            | "excel"
            | "excel-direct"
            | "msaccess"
            | "ogrdirect"
            | "semistructpassivestore-direct"
            | "google-sheets"
            | "cloudfile"
            | "pdf-direct"
            | "sas-direct"
            | "stat-direct"
            | "json"
    ) || class.starts_with("webdata-direct")
        || class.starts_with("cloudfile")
}

/// Warehouses that Tableau names and none of the adapters above can be.
fn is_known_foreign_class(class: &str) -> bool {
    matches!(
        class,
        "saphana"
            | "sapbw"
            | "vertica"
            | "exasol"
            | "db2"
            | "netezza"
            | "singlestore"
            | "dremio"
            | "essbase"
            | "msolap"
            | "salesforce"
            | "splunk"
            | "hive"
            | "hadoophive"
            | "impala"
            | "cloudera"
            | "sybase"
            | "informix"
            | "denodo"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_holds_what_its_own_connectors_read() {
        for (adapter, class, may_hold) in [
            ("snowflake", "snowflake", true),
            ("snowflake", "redshift", false),
            ("snowflake", "hyper", false),
            ("snowflake", "webdata-direct:servicenowitsm", false),
            ("snowflake", "cloudfile:onedrive", false),
            ("snowflake", "genericodbc", true),
            ("snowflake", "", true),
            ("snowflake", "vertica", false),
            ("bigquery", "googlebigquery", true),
            ("bigquery", "bigquery", true),
            ("databricks", "spark", true),
            ("spark", "databricks", true),
            ("clickhouse", "clickhouse_jdbc", true),
            ("postgres", "postgres_jdbc", true),
            ("duckdb", "motherduck_jdbc", true),
            ("fabric", "azure_sqldb", true),
            ("starrocks", "mysql", true),
            ("glue", "athena", true),
            ("vertica", "vertica", true),
            ("vertica", "exasol", false),
            ("vertica", "vertica_plugin", true),
            ("vertica", "snowflake", false),
            ("", "snowflake", true),
            ("", "hyper", false),
            ("ibm_netezza", "netezza", true),
            ("hive", "hadoophive", true),
            ("saphana", "saphana", true),
            ("singlestore", "mysql", true),
            ("singlestore", "postgres", false),
            // Unknown to us, and each speaks another's protocol.
            ("hologres", "postgres", true),
            ("firebolt", "genericjdbc", true),
            ("firebolt", "firebolt_jdbc", true),
            ("firebolt", "excel-direct", false),
        ] {
            let class_of = Warehouse::from_connection_class(class);
            let found = Warehouse::from_adapter(adapter).may_hold(&class_of);
            assert_eq!(found, may_hold, "{adapter} / {class}");
        }
    }
}
