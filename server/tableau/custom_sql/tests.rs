//! What queries read, dialect by dialect.

use expect_test::{Expect, expect};
use lineage::{Identifier, Relation, Warehouse};

use super::*;

fn show(relation: &Relation) -> String {
    let part = |it: &Identifier| match it.quoted {
        true => format!("\"{}\"", it.text),
        false => it.text.clone(),
    };
    relation.parts().map(part).collect::<Vec<_>>().join(".")
}

fn tables(warehouse: Warehouse, query: &str) -> String {
    match tables_of_query(query, &warehouse) {
        Ok(tables) => tables.iter().map(show).collect::<Vec<_>>().join(", "),
        Err(Error::OpaqueQuery(why)) => format!("opaque: {why}"),
        Err(Error::ParseQuery(why)) => format!("error: {why}"),
        Err(err) => format!("error: {err}"),
    }
}

fn check(warehouse: Warehouse, query: &str, expect: Expect) {
    expect.assert_eq(&tables(warehouse, query));
}

use Warehouse::{
    BigQuery, ClickHouse, Databricks, DuckDb, Generic, MySql, Oracle, Postgres, Redshift,
    Snowflake, SqlServer, Teradata, Trino,
};

#[test]
fn excludes_expressions_and_comments() {
    check(
        Snowflake,
        "with x as (select * from ANALYTICS.MARTS.ORDERS) select * from x \
         join \"marts\".\"customers\" c on true -- from dead.table",
        expect![[r#"ANALYTICS.MARTS.ORDERS, "marts"."customers""#]],
    );
    check(
        Postgres,
        "/* from a */ select 1 from b /* join c */ where 'from d' = x",
        expect!["b"],
    );
    check(
        Postgres,
        "-- select * from a\r\nselect * from b;\r\n",
        expect!["b"],
    );
}

#[test]
fn sees_expressions_only_in_their_scope() {
    // The inner name is the table, the outer one the expression.
    check(
        Postgres,
        "with orders as (select * from orders) select * from orders",
        expect!["orders"],
    );
    check(
        Postgres,
        "with a as (select * from b), b as (select * from c) select * from a, b",
        expect!["b, c"],
    );
    check(
        Postgres,
        "with recursive t as (select 1 union all select * from t) select * from t",
        expect![""],
    );
    check(
        SqlServer,
        "with t as (select 1 x union all select x from t) select * from t",
        expect![""],
    );
    check(
        Postgres,
        "with recursive a as (select * from b), b as (select * from c) select * from a",
        expect!["b, c"],
    );
    check(
        Postgres,
        "select * from (with x as (select * from a) select * from x) q, x",
        expect!["a, x"],
    );
    check(
        Postgres,
        "with x as (select * from a) select * from (select * from (select * from x) p) q",
        expect!["a"],
    );
    check(
        Postgres,
        "with x as (select * from a) select * from s.x",
        expect!["a, s.x"],
    );
    check(
        Postgres,
        "with x as (with y as (select * from a) select * from y) select * from x, y",
        expect!["a, y"],
    );
    check(
        Postgres,
        "with x as (select * from a), z as (with x as (select * from b) select * from x) select * from x, z",
        expect!["a, b"],
    );
}

#[test]
fn takes_unions_as_recursive_where_the_warehouse_does() {
    let query = "with t as (select 1 a union all select a from t) select * from t";
    check(SqlServer, query, expect![""]);
    check(Snowflake, query, expect![""]);
    check(Postgres, query, expect!["t"]);
    check(Databricks, query, expect!["t"]);
    check(
        SqlServer,
        "select * from a cross apply a.doc.nodes('/x') as n(x)",
        expect!["a"],
    );
}

#[test]
fn compares_expression_names_as_the_warehouse_does() {
    check(
        Snowflake,
        "with X as (select 1) select * from x, \"X\", \"x\"",
        expect![[r#""x""#]],
    );
    check(
        Postgres,
        "with X as (select 1) select * from x, \"x\", \"X\"",
        expect![[r#""X""#]],
    );
    check(
        BigQuery,
        "with X as (select 1) select * from x, `X`, `x`",
        expect![""],
    );
    check(
        SqlServer,
        "with X as (select 1 a) select * from x, [X]",
        expect![""],
    );
}

#[test]
fn walks_everything_that_holds_a_query() {
    check(
        Postgres,
        "select (select max(x) from a) from b where exists (select 1 from c) and y in (select z from d) union select * from e except (select * from f) order by (select 1 from g)",
        expect!["a, b, c, d, e, f, g"],
    );
    check(
        Postgres,
        "select * from a left join (b cross join c) on true, lateral (select * from d) q",
        expect!["a, b, c, d"],
    );
    check(
        Postgres,
        "select * from a join a b on true join A c on true join \"a\" d on true",
        expect!["a"],
    );
    check(Postgres, "values (1), (2)", expect![""]);
    check(
        Postgres,
        "(select * from a) union all (select * from b)",
        expect!["a, b"],
    );
    check(
        Postgres,
        "select case when x in (select y from a) then 1 end, sum((select 1 from b)) over (partition by (select 1 from c)) from d having 1 > (select 1 from e)",
        expect!["a, b, c, d, e"],
    );
}

#[test]
fn a_function_that_is_not_the_warehouses_own_may_read_any_table() {
    let opaque = || expect!["opaque: it reads through a function"];
    for (warehouse, query) in [
        (Snowflake, "select * from table(my_udtf(1))"),
        (Snowflake, "select * from a, table(orders_of(a.id))"),
        (Snowflake, "select * from a, lateral orders_of(a.id)"),
        (Postgres, "select * from orders_of(1)"),
        (
            Postgres,
            "select * from crosstab('select * from b') as t (x int)",
        ),
        (Oracle, "select * from table(cast(orders_of(1) as t))"),
        (SqlServer, "select * from fn_orders(1)"),
        (BigQuery, "select * from orders_of('x')"),
        (
            BigQuery,
            "select * from external_query('c', 'select * from t')",
        ),
        (ClickHouse, "select * from merge('db', '^orders')"),
        (Databricks, "select * from table_changes('orders', 2)"),
    ] {
        check(warehouse, query, opaque());
    }
    for (warehouse, query) in [
        (
            Postgres,
            "select * from a, jsonb_each(a.x), json_each_text(a.y)",
        ),
        (
            Postgres,
            "select * from a, GENERATE_SERIES(1, 2), pg_catalog.now()",
        ),
        (
            MySql,
            "select * from a, json_table(a.x, '$[*]' columns (i int path '$')) j",
        ),
        (
            SqlServer,
            "select * from a cross apply string_split(a.x, ',') s",
        ),
        (SqlServer, "select * from a cross apply openjson(a.x) j"),
        (
            Snowflake,
            "select * from a, table(split_to_table(a.x, ','))",
        ),
        (
            DuckDb,
            "select * from a, read_parquet('x.parquet'), range(3)",
        ),
        (ClickHouse, "select * from a, numbers(10)"),
    ] {
        check(warehouse, query, expect!["a"]);
    }
}

#[test]
fn hints_behind_a_table_are_no_arguments() {
    check(
        SqlServer,
        "select * from dbo.orders (NOLOCK) join b (nolock, readpast) on 1 = 1",
        expect!["dbo.orders, b"],
    );
}

#[test]
fn leaves_out_table_functions() {
    check(
        Postgres,
        "select * from generate_series(1, 10) g, unnest(array[1]) u, a",
        expect!["a"],
    );
    check(
        Snowflake,
        "select * from table(generator(rowcount => 5)), table(flatten(input => x)), a",
        expect!["a"],
    );
    check(
        Snowflake,
        "select f.value from a, lateral flatten(input => a.items) f",
        expect!["a"],
    );
    check(
        Snowflake,
        "select * from identifier('A.B.C')",
        expect!["opaque: the name of a table is computed"],
    );
    for query in [
        "select * from table('A.B.C')",
        "select * from table(result_scan('01a'))",
        "select * from table(result_scan(last_query_id()))",
    ] {
        check(
            Snowflake,
            query,
            expect!["opaque: the name of a table is computed"],
        );
    }
    check(
        Snowflake,
        "select * from table(util.orders_of(1))",
        expect!["opaque: it reads through a function"],
    );
    check(
        SqlServer,
        "select * from dbo.fn_orders(1) f cross apply string_split(f.x, ',') s",
        expect!["opaque: it reads through a function"],
    );
    check(
        SqlServer,
        "select * from a cross apply (select top 1 * from b where b.id = a.id) x",
        expect!["a, b"],
    );
    check(
        SqlServer,
        "select * from openjson(@x) with (id int '$.id') j",
        expect![""],
    );
    check(
        Trino,
        "select * from a cross join unnest(a.items) as t (item)",
        expect!["a"],
    );
    check(
        Databricks,
        "select * from a lateral view explode(items) t as item",
        expect!["a"],
    );
    check(ClickHouse, "select * from a array join items", expect!["a"]);
    check(Oracle, "select * from dual", expect![""]);
}

#[test]
fn reads_snowflake() {
    check(
        Snowflake,
        "select a:b.c::string from DB.S.T qualify row_number() over (partition by x order by y) = 1",
        expect!["DB.S.T"],
    );
    check(
        Snowflake,
        "select * from t pivot(sum(x) for m in ('a', 'b')) as p",
        expect!["t"],
    );
    check(
        Snowflake,
        "select * from t unpivot(x for m in (a, b))",
        expect!["t"],
    );
    check(Snowflake, "select * from t sample (10)", expect!["t"]);
    check(
        Snowflake,
        "select * from t at(offset => -60*5)",
        expect!["t"],
    );
    check(Snowflake, "select * from db..t", expect!["db.t"]);
    check(Snowflake, "select * from @stage/path", expect![""]);
    check(Snowflake, "select $1 from values (1)", expect![""]);
    check(
        Snowflake,
        "select * exclude (a) rename (b as c) from t",
        expect!["t"],
    );
    check(
        Snowflake,
        "select * from \"a.b\".\"c d\".\"e\"\"f\"",
        expect![[r#""a.b"."c d"."e"f""#]],
    );
}

#[test]
fn reads_bigquery() {
    check(
        BigQuery,
        "select * from `p-1.d.t`",
        expect![[r#""p-1"."d"."t""#]],
    );
    check(
        BigQuery,
        "select * from `p-1`.d.`t`",
        expect![[r#""p-1".d."t""#]],
    );
    check(BigQuery, "select * from p-1.d.t", expect!["p-1.d.t"]);
    check(
        BigQuery,
        "select * from d.t, unnest(t.items) i",
        expect!["d.t"],
    );
    check(
        BigQuery,
        "select * from d.t as o, o.items, o.items.parts",
        expect!["d.t"],
    );
    check(
        BigQuery,
        "select (select count(*) from o.items) from d.orders o",
        expect!["d.orders"],
    );
    check(
        BigQuery,
        "select * from `p.d.events_*` where _table_suffix between '1' and '2'",
        expect![[r#""p"."d"."events_*""#]],
    );
    check(
        BigQuery,
        "select * from `p`.`region-us`.INFORMATION_SCHEMA.JOBS",
        expect![[r#""p"."region-us".INFORMATION_SCHEMA.JOBS"#]],
    );
    check(BigQuery, "select * except (a) from d.t", expect!["d.t"]);
    check(
        BigQuery,
        "select * from [p:d.t]",
        expect![[r#""p"."d"."t""#]],
    );
    check(
        BigQuery,
        "select * from [acme.com:p:d.t] where a = \"x\"",
        expect![[r#""acme.com:p"."d"."t""#]],
    );
    check(
        BigQuery,
        "select * from TABLE_DATE_RANGE([p:d.t_], TIMESTAMP('2020-01-01'), CURRENT_TIMESTAMP())",
        expect!["opaque: the name of a table is computed"],
    );
    check(
        BigQuery,
        "select struct(1 as a), array(select x from d.u) from d.t",
        expect!["d.u, d.t"],
    );
    check(
        BigQuery,
        "declare x int64 default 1; select * from d.t where a = x",
        expect!["d.t"],
    );
    check(
        BigQuery,
        "from d.t |> where a > 1 |> join d.u using (id)",
        expect!["d.t, d.u"],
    );
}

#[test]
fn reads_sql_server() {
    check(
        SqlServer,
        "select * from [db].[dbo].[My Orders] o with (nolock) join dbo.b with (index(ix)) on 1 = 1",
        expect![[r#""db"."dbo"."My Orders", dbo.b"#]],
    );
    check(
        SqlServer,
        "select top 10 * from srv.db.dbo.t option (recompile)",
        expect!["db.dbo.t"],
    );
    check(
        SqlServer,
        "set nocount on; declare @x int = 1; select * from t where a = @x",
        expect!["t"],
    );
    check(
        SqlServer,
        "select a into #t from b; select * from #t join c on 1 = 1",
        expect!["b, c"],
    );
    check(
        SqlServer,
        "declare @t table (id int); insert into @t select id from a; select * from @t",
        expect!["a"],
    );
    check(
        SqlServer,
        "declare @x int\nset @x = 1\nselect * from t",
        expect!["t"],
    );
    check(
        SqlServer,
        "exec dbo.usp_sales @year = 2024",
        expect!["opaque: it calls a procedure"],
    );
    check(SqlServer, "select * from a for xml path('x')", expect!["a"]);
    check(
        SqlServer,
        "select [a]]b] from [x]]y]",
        expect![[r#""x]y""#]],
    );
}

#[test]
fn reads_other_dialects() {
    check(
        MySql,
        "select `a` from `db`.`t` where b = \"x\" limit 5, 10",
        expect![[r#""db"."t""#]],
    );
    check(Oracle, "select * from s.t@remote", expect!["s.t@remote"]);
    check(
        Oracle,
        "select * from a, b where a.id = b.id(+)",
        expect!["a, b"],
    );
    check(
        Oracle,
        "select level from a start with x = 1 connect by prior id = parent",
        expect!["a"],
    );
    check(
        Teradata,
        "sel a from db.t qualify rank() over (order by b) = 1",
        expect!["db.t"],
    );
    check(
        Teradata,
        "select top 5 * from db.t sample 10",
        expect!["db.t"],
    );
    check(
        Redshift,
        "select a.b from s.t as t, t.items as i where x ~ 'y'",
        expect!["s.t"],
    );
    check(
        Databricks,
        "select * from `main`.`sales`.`orders` version as of 3",
        expect![[r#""main"."sales"."orders""#]],
    );
    check(
        Databricks,
        "select * from delta.`/mnt/x`",
        expect![[r#"delta."/mnt/x""#]],
    );
    check(DuckDb, "from main.orders select a", expect!["main.orders"]);
    check(
        DuckDb,
        "select * from 'file.parquet', read_csv('x.csv')",
        expect![""],
    );
    check(
        ClickHouse,
        "select * from db.t final prewhere a = 1 settings x = 1",
        expect!["db.t"],
    );
    check(Generic, "select * from [a].[b]", expect![[r#""a"."b""#]]);
    check(
        Generic,
        "select * from `p.d.t`",
        expect![[r#""p"."d"."t""#]],
    );
    check(
        Warehouse::Other("saphana".into()),
        "select * from \"_SYS_BIC\".\"pkg/VIEW\"",
        expect![[r#""_SYS_BIC"."pkg/VIEW""#]],
    );
}

#[test]
fn undoes_what_tableau_does() {
    check(
        Postgres,
        "select * from a where b <<= 5 and c >> 3 and d <<>> 4",
        expect!["a"],
    );
    check(
        Postgres,
        "select * from a where b = <[Parameters].[Parameter 1]> and c = '<Parameters.Old One>'",
        expect!["a"],
    );
    check(
        Postgres,
        "select * from a where b >>= <[Parameters].[P]> -- <<[Parameters.x]>>",
        expect!["a"],
    );
    check(
        Postgres,
        "select * from a where b < 5 and c <> 4 and d >= 1",
        expect!["a"],
    );
    check(
        SqlServer,
        "select * from a where b<[c] and d>[e]",
        expect!["a"],
    );
    check(
        Postgres,
        "select * from a where b &lt;&lt;= 5 and c = &quot;d&quot;",
        expect!["a"],
    );
    check(Postgres, "select * from a where b = '&lt;'", expect!["a"]);
    check(
        Postgres,
        "select * from a where b &lt; 5 and c = &#39;x&#39;",
        expect!["a"],
    );
}

#[test]
fn tells_what_it_cannot_read() {
    check(Postgres, "", expect!["opaque: it is empty"]);
    check(Postgres, "   ;; -- nothing", expect!["opaque: it is empty"]);
    check(
        Postgres,
        "selec * from a",
        expect!["error: Expected: an SQL statement, found: selec at Line: 1, Column: 1"],
    );
    check(
        Postgres,
        "select * from a where (",
        expect!["error: Expected: an expression, found: EOF"],
    );
    check(
        Postgres,
        "insert into a select * from b",
        expect!["opaque: it has no SELECT"],
    );
    check(
        Postgres,
        "update a set b = 1",
        expect!["opaque: it has no SELECT"],
    );
    check(
        Postgres,
        "delete from a",
        expect!["opaque: it has no SELECT"],
    );
    check(
        Snowflake,
        "call my_proc()",
        expect!["opaque: it calls a procedure"],
    );
    check(
        Snowflake,
        "use schema x; select * from a",
        expect!["opaque: it changes the schema in use"],
    );
    check(
        Postgres,
        "Orders!",
        expect!["error: Expected: an SQL statement, found: Orders at Line: 1, Column: 1"],
    );
    check(
        Postgres,
        "{{ ref('orders') }}",
        expect!["error: Expected: an SQL statement, found: { at Line: 1, Column: 1"],
    );
}

#[test]
fn follows_scripts() {
    check(
        Postgres,
        "create temp table t as select * from a; select * from t, b",
        expect!["a, b"],
    );
    check(Postgres, "select * from a; select * from b", expect!["b"]);
    check(
        Snowflake,
        "create or replace temporary table t as select * from a; insert into t select * from c; select * from t",
        expect!["a, c"],
    );
    check(
        Postgres,
        "with x as (insert into a select * from b returning *) select * from x",
        expect!["b"],
    );
    check(Postgres, "select * from a; analyze b", expect!["a"]);
}

#[test]
fn looks_into_what_scripts_make() {
    // What is not read in the end does not count.
    check(
        SqlServer,
        "select * into #a from x; select * into #b from y; select * from #b",
        expect!["y"],
    );
    check(
        SqlServer,
        "select * into #a from x; select * into #b from #a join y on 1 = 1; select * from #b",
        expect!["x, y"],
    );
    check(
        SqlServer,
        "insert into dbo.log select * from x; select * from dbo.log",
        expect!["dbo.log"],
    );
    check(
        SqlServer,
        "insert into #a select * from x; insert into #a select * from y; select * from #a",
        expect!["x, y"],
    );
    check(
        SqlServer,
        "select * into #a from x union all select * from y; select * from #a",
        expect!["x, y"],
    );
    check(
        SqlServer,
        "select * from #a, b",
        expect!["opaque: it reads a temporary table that it does not make"],
    );
    check(SqlServer, "select * from x where #a = 1", expect!["x"]);
    check(
        SqlServer,
        "insert into #a exec dbo.sales; select * from #a",
        expect![
            "error: Expected: SELECT, VALUES, or a subquery in the query body, found: exec at Line: 1, Column: 16"
        ],
    );
    check(
        Snowflake,
        "create temp table S.T as select * from x; select * from s.t, t",
        expect!["x, t"],
    );
    check(
        Snowflake,
        "use warehouse big; use role reader; select * from t",
        expect!["t"],
    );
    check(
        Postgres,
        "set search_path to marts; select * from t",
        expect!["opaque: it changes the schema in use"],
    );
    check(
        Postgres,
        "create temp table t as select * from t; create temp table u as select * from t, t, s; select * from u, u",
        expect!["t, s"],
    );
}

#[test]
fn reads_what_initial_sql_made() {
    let check = |initial_sql: &str, text: &str, expect: Expect| {
        let initial_sql = Some(initial_sql);
        let query = Query {
            text,
            initial_sql,
            warehouse: &Postgres,
            max_len: 1000,
        };
        let found = read(&query).unwrap();
        let tables: Vec<String> = found.tables.iter().map(|it| show(&it.relation)).collect();
        let moved = if found.moved { " moved" } else { "" };
        expect.assert_eq(&format!("{}{moved}", tables.join(", ")));
    };
    check(
        "create temp table t as select * from a",
        "select * from t, b",
        expect!["a, b"],
    );
    check(
        "create temp table t as select * from a",
        "select * from b",
        expect!["b"],
    );
    check(
        "set search_path to marts",
        "select * from b",
        expect!["b moved"],
    );
    check("set nonsense; selec", "select * from b", expect!["b"]);
    check(
        "select set_config('x', [TableauServerUser], false)",
        "select * from b",
        expect!["b"],
    );
    check(
        "set statement_timeout = 0;",
        "select * from b",
        expect!["b"],
    );
}

#[test]
fn refuses_hostile_queries_and_survives() {
    check_refused(&format!(
        "select * from a where {}1{}",
        "(".repeat(20_000),
        ")".repeat(20_000)
    ));
    check_refused(&format!(
        "{}a{}",
        "select * from (".repeat(5_000),
        ")".repeat(5_000)
    ));
    check_refused(&format!("select {}1 from a", "case when ".repeat(5_000)));
    check_refused(&format!("select {}1 from a", "not ".repeat(9_000)));
    check_refused(&format!("select {} from a", "f(".repeat(9_000)));
    check_refused(&format!("select * from {} a", "(".repeat(9_000)));
    check_refused(&format!("select '{}", "'' ".repeat(9_000)));
    check_refused(&format!("/*{}", "/*".repeat(9_000)));
    check_refused(&format!("select {} from a", "1+".repeat(300_000)));
    check_refused(&format!("select {}1 from a", "1+".repeat(50_000)));
    check_refused(&format!("select cast(a as {} 1", "array<".repeat(9_000)));
}

fn check_refused(query: &str) {
    for warehouse in [Postgres, BigQuery, SqlServer] {
        let found = tables(warehouse, query);
        let start: String = query.chars().take(40).collect();
        assert!(found.starts_with("error: "), "{start}: {found}");
    }
}

#[test]
fn reads_long_queries() {
    let chain = |link: &str, n: usize| vec!["x"; n].join(link);
    check(
        Postgres,
        &format!("select {} from a", chain(" + ", 19_000)),
        expect!["a"],
    );
    check(
        Postgres,
        &format!("select {} from a", chain(" || ", 19_000)),
        expect!["a"],
    );
    check(
        Postgres,
        &format!("select * from a where {}", chain(" or ", 19_000)),
        expect!["a"],
    );
    check(
        Postgres,
        &format!("select x{} from a", "::x".repeat(19_000)),
        expect!["a"],
    );
    check(
        Postgres,
        &format!("select x{} from a", " is null".repeat(9_000)),
        expect!["a"],
    );
    check(
        Postgres,
        &format!("select * from a where x in ({})", chain(", ", 90_000)),
        expect!["a"],
    );
    check(
        Postgres,
        &vec!["select * from a"; 4_000].join(" union all "),
        expect!["a"],
    );
    check(
        Postgres,
        &format!("select * from a{}", ", b".repeat(50_000)),
        expect!["a, b"],
    );
    check(
        Postgres,
        &format!("select * from a{}", " join b on true".repeat(4_000)),
        expect!["a, b"],
    );
}
