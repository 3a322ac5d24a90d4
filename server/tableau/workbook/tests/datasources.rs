//! Datasources: connections, relations in all their nestings, completion, gaps.

use expect_test::{Expect, expect};

use super::dump::dump;

/// Reads a workbook with one datasource of this content.
fn check(inside: &str, expect: Expect) {
    let xml = format!(
        "<?xml version='1.0' encoding='utf-8' ?><workbook><datasources>\
         <datasource name='federated.1' caption='Orders'>{inside}</datasource>\
         </datasources></workbook>"
    );
    let found = dump(&xml);
    expect.assert_eq(found.strip_prefix("workbook Sales\n").unwrap_or(&found));
}

/// The same with one named connection, `c`, with these attributes.
fn check_federated(connection: &str, relations: &str, expect: Expect) {
    let inside = format!(
        "<connection class='federated'><named-connections><named-connection name='c'>\
         <connection {connection}/></named-connection></named-connections>{relations}</connection>"
    );
    check(&inside, expect);
}

const SNOWFLAKE: &str =
    "class='snowflake' dbname='PROD' schema='MARTS' server='x.snowflakecomputing.com'";
const POSTGRES: &str = "class='postgres' dbname='shop' server='db'";

#[test]
fn reads_a_legacy_connection() {
    check(
        "<connection class='postgres' dbname='shop' server='db'>\
         <relation name='orders' table='[public].[orders]' type='table'/></connection>",
        expect![[r#"
            datasource "federated.1" Orders (postgres)
              connection "" postgres shop.-
              table [public].[orders] -> "shop"."public"."orders"
        "#]],
    );
    check(
        "<connection class='sqlserver' dbname='shop'><relation type='join' join='inner'>\
         <clause type='join'/><relation name='a' table='[dbo].[a]' type='table'/>\
         <relation name='b' table='[dbo].[b]' type='table'/></relation></connection>",
        expect![[r#"
            datasource "federated.1" Orders (sqlserver)
              connection "" sqlserver shop.-
              table [dbo].[a] -> "shop"."dbo"."a"
              table [dbo].[b] -> "shop"."dbo"."b"
        "#]],
    );
}

#[test]
fn reads_named_connections() {
    check(
        "<connection class='federated'><named-connections>\
         <named-connection name='sf'><connection class='snowflake' dbname='PROD' schema='X'/></named-connection>\
         <named-connection name='pg'><connection class='postgres' dbname='shop'/></named-connection>\
         </named-connections><relation type='collection'>\
         <relation connection='sf' name='A' table='[PROD].[MARTS].[A]' type='table'/>\
         <relation connection='pg' name='a' table='[public].[a]' type='table'/>\
         <relation connection='pg' name='a1' table='[public].[a]' type='table'/>\
         <relation connection='gone' name='b' table='[public].[b]' type='table'/>\
         </relation></connection>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "sf" snowflake PROD.X
              connection "pg" postgres shop.-
              table [PROD].[MARTS].[A] -> "PROD"."MARTS"."A" stated @sf
              table [public].[a] -> "shop"."public"."a" @pg
              table [public].[b] -> "public"."b" @gone
        "#]],
    );
}

#[test]
fn finds_relations_wherever_they_nest() {
    let table = |name: &str| {
        format!("<relation connection='c' name='{name}' table='[public].[{name}]' type='table'/>")
    };
    check_federated(
        POSTGRES,
        &format!(
            "<relation type='collection'><relation type='join'><relation type='join'>{}{}</relation>\
             <relation type='union' all='true' name='Union'>{}{}</relation></relation>\
             <relation type='subquery'><clause type='select'>{}</clause></relation>\
             <relation type='pivot'>{}</relation><relation type='project'>{}</relation>\
             <relation type='batch-union' name='U'/><relation type='text-transform'>{}</relation></relation>",
            table("a"),
            table("b"),
            table("c"),
            table("d"),
            table("e"),
            table("f"),
            table("g"),
            table("h"),
        ),
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" postgres shop.-
              table [public].[a] -> "shop"."public"."a" @c
              table [public].[b] -> "shop"."public"."b" @c
              table [public].[c] -> "shop"."public"."c" @c
              table [public].[d] -> "shop"."public"."d" @c
              table [public].[e] -> "shop"."public"."e" @c
              table [public].[f] -> "shop"."public"."f" @c
              table [public].[g] -> "shop"."public"."g" @c
              table [public].[h] -> "shop"."public"."h" @c
        "#]],
    );
}

#[test]
fn reads_the_object_graph_without_doubles() {
    check_federated(
        POSTGRES,
        "<_.fcp.ObjectModelEncapsulateLegacy.false...relation connection='c' name='a' table='[public].[a]' type='table'/>\
         <_.fcp.ObjectModelEncapsulateLegacy.true...relation type='collection'>\
         <relation connection='c' name='a' table='[public].[a]' type='table'/>\
         <relation connection='c' name='q' type='text'>select * from b</relation></_.fcp.ObjectModelEncapsulateLegacy.true...relation>\
         </connection><_.fcp.ObjectModelEncapsulateLegacy.true...object-graph><objects>\
         <object caption='a'><properties context=''><relation connection='c' name='a' table='[public].[a]' type='table'/></properties>\
         <properties context='extract'><relation name='a' table='[Extract].[a_1]' type='table'/></properties></object>\
         <object caption='q'><properties context=''><relation connection='c' name='q' type='text'>select * from b</relation></properties></object>\
         <object caption='c'><properties context=''><relation connection='c' name='c' table='[public].[c]' type='table'/></properties></object>\
         </objects></_.fcp.ObjectModelEncapsulateLegacy.true...object-graph><connection class='federated'>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" postgres shop.-
              table [public].[a] -> "shop"."public"."a" @c
              table [public].[c] -> "shop"."public"."c" @c
              sql "q"
                b -> "shop"."public".b @c
        "#]],
    );
}

#[test]
fn takes_the_false_variant_where_it_stands_alone() {
    check_federated(
        POSTGRES,
        "<_.fcp.A.false...relation connection='c' name='a' table='[public].[a]' type='table'/>\
         <_.fcp.B.true...relation connection='c' name='b' _.fcp.C.false...table='[public].[old]' _.fcp.C.true...table='[public].[b]' type='table'/>\
         <relation connection='c' name='d' table='[public].[plain]' _.fcp.C.true...table='[public].[d]' _.fcp.C.false...table='[public].[x]' type='table'/>\
         <relation connection='c' name='e' table='[public].[e]' _.fcp.C.false...table='[public].[x]' type='table'/>\
         <relation connection='c' name='f' _.fcp.C.false...table='[public].[f]' type='table'/>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" postgres shop.-
              table [public].[a] -> "shop"."public"."a" @c
              table [public].[b] -> "shop"."public"."b" @c
              table [public].[d] -> "shop"."public"."d" @c
              table [public].[e] -> "shop"."public"."e" @c
              table [public].[f] -> "shop"."public"."f" @c
        "#]],
    );
}

#[test]
fn completes_names_from_the_connection() {
    let relations = "<relation name='x' table='[D].[S].[T]' type='table'/>\
                     <relation name='x' table='[S].[T]' type='table'/>\
                     <relation name='x' table='[T]' type='table'/>";
    check_federated(
        SNOWFLAKE,
        relations,
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" snowflake PROD.MARTS
              table [D].[S].[T] -> "D"."S"."T" stated @c
              table [S].[T] -> PROD."S"."T" @c
              table [T] -> PROD.MARTS."T" @c
        "#]],
    );
    check_federated(
        POSTGRES,
        relations,
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" postgres shop.-
          table [D].[S].[T] -> "D"."S"."T" stated @c
          table [S].[T] -> "shop"."S"."T" @c
          table [T] -> "shop"."T" @c
    "#]],
    );
    check_federated(
        "class='sqlserver' dbname='db'",
        relations,
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" sqlserver db.-
          table [D].[S].[T] -> "D"."S"."T" stated @c
          table [S].[T] -> "db"."S"."T" @c
          table [T] -> "db"."T" @c
    "#]],
    );
    check_federated(
        "class='databricks' dbname='main' schema='sales'",
        relations,
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" databricks main.sales
          table [D].[S].[T] -> "D"."S"."T" stated @c
          table [S].[T] -> "main"."S"."T" @c
          table [T] -> "main"."sales"."T" @c
    "#]],
    );
    check_federated(
        "class='mysql' dbname='shop'",
        relations,
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" mysql shop.-
          table [D].[S].[T] -> "S"."T" @c
          table [S].[T] -> "S"."T" @c
          table [T] -> "shop"."T" @c
    "#]],
    );
    check_federated(
        "class='clickhouse_jdbc' dbname='shop' schema='other'",
        relations,
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" clickhouse_jdbc shop.other
          table [D].[S].[T] -> "S"."T" @c
          table [S].[T] -> "S"."T" @c
          table [T] -> "shop"."T" @c
    "#]],
    );
    check_federated(
        "class='teradata' dbname='' schema='shop'",
        relations,
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" teradata -.shop
          table [D].[S].[T] -> "S"."T" @c
          table [S].[T] -> "S"."T" @c
          table [T] -> "shop"."T" @c
    "#]],
    );
    check_federated(
        "class='bigquery' CATALOG='data' EXECCATALOG='pays' project='p' schema='ds'",
        "<relation name='x' table='[D].[S].[T]' type='table'/><relation name='x' table='[S].[T]' type='table'/>\
         <relation name='x' table='[T]' type='table'/><relation name='x' table='[p:d.t]' type='table'/>\
         <relation name='x' table='`p.d.t`' type='table'/>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" bigquery data.ds
              table [D].[S].[T] -> "D"."S"."T" stated @c
              table [S].[T] -> "data"."S"."T" @c
              table [T] -> "data"."ds"."T" @c
              table [p:d.t] -> "p"."d"."t" stated @c
              table `p.d.t` -> "p"."d"."t" stated @c
        "#]],
    );
    check_federated(
        "class='excel-direct' filename='a.xlsx'",
        "<relation name='x' table='[Orders$]' type='table'/>",
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" excel-direct -.-
          table [Orders$] -> "Orders$" @c
    "#]],
    );
    check_federated(
        "class='genericodbc' dbname='d'",
        relations,
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" genericodbc d.-
          table [D].[S].[T] -> "D"."S"."T" stated @c
          table [S].[T] -> "d"."S"."T" @c
          table [T] -> "d"."T" @c
    "#]],
    );
    check_federated(
        "class='athena' dbname='AwsDataCatalog' schema='s'",
        relations,
        expect![[r#"
        datasource "federated.1" Orders (federated)
          connection "c" athena AwsDataCatalog.s
          table [D].[S].[T] -> "D"."S"."T" stated @c
          table [S].[T] -> "AwsDataCatalog"."S"."T" @c
          table [T] -> "AwsDataCatalog"."s"."T" @c
    "#]],
    );
}

#[test]
fn keeps_the_schema_of_the_table_over_that_of_the_connection() {
    check_federated(
        "class='snowflake' dbname='SNOWFLAKE_SAMPLE_DATA' schema='TPCDS_SF100TCL'",
        "<relation connection='c' name='CUSTOMER' table='[SNOWFLAKE_SAMPLE_DATA].[TPCH_SF1].[CUSTOMER]' type='table'/>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" snowflake SNOWFLAKE_SAMPLE_DATA.TPCDS_SF100TCL
              table [SNOWFLAKE_SAMPLE_DATA].[TPCH_SF1].[CUSTOMER] -> "SNOWFLAKE_SAMPLE_DATA"."TPCH_SF1"."CUSTOMER" stated @c
        "#]],
    );
}

#[test]
fn reads_custom_sql() {
    check_federated(
        SNOWFLAKE,
        "<relation connection='c' name='Custom SQL Query' type='text'>select * from orders o\n\
         join MARTS.CUSTOMERS c on o.a &lt;&lt;= c.b where x = &lt;[Parameters].[P]&gt; and \"y\" = 'a &amp; b'</relation>\
         <relation connection='c' name='Custom SQL Query1' type='text'><![CDATA[with q as (select * from \"Raw\".orders) select * from q where a << 1]]></relation>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" snowflake PROD.MARTS
              sql "Custom SQL Query"
                orders -> PROD.MARTS.orders @c
                MARTS.CUSTOMERS -> PROD.MARTS.CUSTOMERS @c
              sql "Custom SQL Query1"
                "Raw".orders -> PROD."Raw".orders @c
        "#]],
    );
    check_federated(
        POSTGRES,
        "<relation connection='c' name='Q' type='text'>selec nonsense</relation>\
         <relation connection='c' name='P' type='text'>exec dbo.sales</relation>\
         <relation connection='c' name='E' type='text'></relation>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" postgres shop.-
              sql "Q" unreadable
              sql "P" unreadable
              sql "E" unreadable
            gap custom_sql_unreadable [Postgres] custom SQL `Q` of `Orders` in Sales.twb could not be read: it does not parse
            gap custom_sql_unreadable [Postgres] custom SQL `P` of `Orders` in Sales.twb could not be read: it calls a procedure
            gap custom_sql_unreadable [Postgres] custom SQL `E` of `Orders` in Sales.twb could not be read: it is empty
        "#]],
    );
    check_federated(
        "class='mysql' dbname='shop'",
        "<relation connection='c' name='Q' type='text'>select * from orders, `other`.items</relation>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" mysql shop.-
              sql "Q"
                orders -> "shop".orders @c
                `other`.items -> "other".items @c
        "#]],
    );
    check_federated(
        "class='bigquery' CATALOG='data' schema='ds'",
        "<relation connection='c' name='Q' type='text'>select * from `p-1.d.t`, ds2.u, v</relation>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" bigquery data.ds
              sql "Q"
                `p-1`.`d`.`t` -> "p-1"."d"."t" stated @c
                ds2.u -> "data".ds2.u @c
                v -> "data"."ds".v @c
        "#]],
    );
    check_federated(
        "class='sqlserver' dbname='db'",
        "<relation connection='c' name='Q' type='text'>select * from orders with (nolock), other..t, a.b.c</relation>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" sqlserver db.-
              sql "Q"
                orders -> "db"."dbo".orders @c
                other..t -> other."dbo".t stated @c
                a.b.c -> a.b.c stated @c
        "#]],
    );
}

#[test]
fn reads_initial_sql() {
    check_federated(
        "class='postgres' dbname='shop' one-time-sql='create temp table recent as &#10;select * from marts.orders where a &lt;&lt; 1'",
        "<relation connection='c' name='Q' type='text'>select * from recent, b</relation>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" postgres shop.-
              sql "Q"
                marts.orders -> "shop".marts.orders @c
                b -> "shop"."public".b @c
        "#]],
    );
    check_federated(
        "class='snowflake' dbname='PROD' schema='X' one-time-sql='use schema MARTS'",
        "<relation connection='c' name='Q' type='text'>select * from orders, X.B, D.X.C</relation>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" snowflake PROD.X
              sql "Q"
                orders -> orders @c
                X.B -> X.B @c
                D.X.C -> D.X.C stated @c
        "#]],
    );
}

#[test]
fn says_that_a_second_published_datasource_is_not_followed() {
    check(
        "<connection class='federated'><named-connections>\
         <named-connection name='p'><connection class='sqlproxy' dbname='One' server-ds-friendly-name='1'/></named-connection>\
         <named-connection name='q'><connection class='sqlproxy' dbname='Two'/></named-connection>\
         <named-connection name='pg'><connection class='postgres' dbname='shop'/></named-connection></named-connections>\
         <relation type='join'><relation connection='p' name='a' table='[sqlproxy]' type='table'/>\
         <relation connection='q' name='b' table='[sqlproxy]' type='table'/>\
         <relation connection='pg' name='c' table='[public].[c]' type='table'/></relation></connection>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              published_as url=Some("One") name=Some("1") site=None
              connection "pg" postgres shop.-
              table [public].[c] -> "shop"."public"."c" @pg
            gap published_datasource_unavailable [Generic] `Orders` in Sales.twb reads a second published datasource, `Two`, which is not followed
        "#]],
    );
}

#[test]
fn says_what_stored_procedures_hide() {
    check_federated(
        "class='sqlserver' dbname='db'",
        "<relation connection='c' name='usp_sales' stored-proc='[dbo].[usp_sales];1' type='stored-proc'/>\
         <relation connection='c' name='usp_sales' stored-proc='[dbo].[usp_sales];1' type='stored-proc'/>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" sqlserver db.-
            gap stored_procedure [SqlServer] stored procedure `[dbo].[usp_sales];1` of `Orders` in Sales.twb hides the tables it reads
        "#]],
    );
}

#[test]
fn reads_extracts() {
    let extract = |enabled: &str| {
        format!(
            "<connection class='federated'><named-connections><named-connection name='c'><connection {POSTGRES}/></named-connection></named-connections>\
         <relation connection='c' name='a' table='[public].[a]' type='table'/></connection>\
         <extract enabled='{enabled}'><connection class='hyper' dbname='a.hyper'>\
         <relation name='Extract' table='[Extract].[Extract]' type='table'/></connection></extract>"
        )
    };
    check(
        &extract("true"),
        expect![[r#"
        datasource "federated.1" Orders (federated) extract
          connection "c" postgres shop.-
          table [public].[a] -> "shop"."public"."a" @c
    "#]],
    );
    check(
        &extract("false"),
        expect![[r#"
        datasource "federated.1" Orders (federated) extract-off
          connection "c" postgres shop.-
          table [public].[a] -> "shop"."public"."a" @c
    "#]],
    );
}

#[test]
fn says_what_is_only_an_extract() {
    check_federated(
        "class='hyper' dbname='Data/x.hyper' schema='Extract'",
        "<relation connection='c' name='Extract' table='[Extract].[Extract]' type='table'/>\
         <relation connection='c' name='Other' table='[Extract].[Other]' type='table'/>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" hyper Data/x.hyper.Extract
            gap extract_only [Generic] `Orders` in Sales.twb holds only an extract; what it was made from is not known
        "#]],
    );
    check(
        "<connection class='dataengine' dbname='x.tde'><relation name='Extract' table='[Extract].[Extract]' type='table'/></connection>",
        expect![[r#"
            datasource "federated.1" Orders (dataengine)
              connection "" dataengine x.tde.-
            gap extract_only [Generic] `Orders` in Sales.twb holds only an extract; what it was made from is not known
        "#]],
    );
}

#[test]
fn points_at_published_datasources() {
    check(
        "<repository-location id='OrdersPublished' path='/t/acme/datasources' revision='1.0' site='acme'/>\
         <connection class='sqlproxy' dbname='OrdersPublished' server='10ax.online.tableau.com' server-ds-friendly-name='Orders published'>\
         <relation name='sqlproxy' table='[sqlproxy]' type='table'/><relation name='two' table='[sqlproxy]' type='table'/></connection>",
        expect![[r#"
            datasource "federated.1" Orders (sqlproxy)
              published_as url=Some("OrdersPublished") name=Some("Orders published") site=Some("acme")
        "#]],
    );
    // Its embedded copy says nothing of the warehouse and confuses those who search text.
    check(
        "<connection class='sqlproxy' dbname='X'><relation table='[sqlproxy]' type='table'/><metadata-records>\
         <metadata-record class='capability'><attributes><attribute name='datasource' datatype='string'><![CDATA[\"<datasource :source-version='1'>\
         <relation table='[public].[ghost]' type='table'/></datasource>\"]]></attribute></attributes></metadata-record></metadata-records></connection>\
         <repository-location id='X' path='/datasources'/>",
        expect![[r#"
            datasource "federated.1" Orders (sqlproxy)
              published_as url=Some("X") name=Some("Orders") site=Some("")
        "#]],
    );
}

#[test]
fn says_what_virtual_connections_hide() {
    check_federated(
        "class='publishedConnection' resourceId='8d0e' resourceName='Warehouse'",
        "<relation connection='c' name='Orders' table='[f0e1d2c3-0000-4000-8000-000000000000].[Orders]' type='table'/>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" publishedConnection -.-
            gap virtual_connection [Generic] `Orders` in Sales.twb reads the virtual connection `Warehouse`, whose tables are not at hand
        "#]],
    );
    check_federated(
        "class='publishedConnection' resourceId='8d0e' resourceName='Warehouse'",
        "<relation connection='c' name='orders (main.sales.orders) (Warehouse)' table='[f0e1d2c3-0000-4000-8000-000000000000].[orders]' type='table'/>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" publishedConnection -.-
              table [main].[sales].[orders] -> "main"."sales"."orders" stated @c
            gap virtual_connection [Generic] `Orders` in Sales.twb reads the virtual connection `Warehouse`, whose tables are not at hand
        "#]],
    );
}

#[test]
fn maps_fields_to_columns() {
    check_federated(
        POSTGRES,
        "<relation type='join'><relation connection='c' name='orders' table='[public].[orders]' type='table'/>\
         <relation connection='c' name='buyers' table='[public].[users]' type='table'/></relation>\
         <cols><map key='[id]' value='[orders].[id]'/><map key='[id (buyers)]' value='[buyers].[id]'/><map key='[only in map]' value='[buyers].[a]]b]'/></cols>\
         <metadata-records>\
         <metadata-record class='column'><remote-name>id</remote-name><local-name>[id]</local-name><parent-name>[orders]</parent-name></metadata-record>\
         <metadata-record class='column'><remote-name>id</remote-name><local-name>[id (buyers)]</local-name><parent-name>[buyers]</parent-name></metadata-record>\
         <metadata-record class='column'><remote-name>x</remote-name><local-name>[x]</local-name><parent-name>[gone]</parent-name></metadata-record>\
         <metadata-record class='measure'><remote-name>count</remote-name><local-name>[c]</local-name></metadata-record>\
         </metadata-records></connection><column name='[id (buyers)]' caption='Buyer &amp; Co'/><connection class='federated'>",
        expect![[r#"
            datasource "federated.1" Orders (federated)
              connection "c" postgres shop.-
              table [public].[orders] -> "shop"."public"."orders" @c
              table [public].[users] -> "shop"."public"."users" @c
              field id = [public].[orders] id
              field id (buyers) "Buyer & Co" = [public].[users] id
              field x = ? x
              field only in map = [public].[users] a]b
        "#]],
    );
}

#[test]
fn skips_parameters_and_odd_relations() {
    let found = dump(
        "<workbook><datasources><datasource name='Parameters' hasconnection='false'><column name='[P]'/></datasource>\
         <datasource name='a' hasconnection='false'/>\
         <datasource name='b'><connection class='postgres' dbname='d'><relation type='table'/>\
         <relation type='table' table=''/><relation type='table' name='only'/><relation type='table' table='[open'/>\
         <relation type='mystery' table='[public].[x]'/></connection></datasource></datasources></workbook>",
    );
    expect![[r#"
        workbook Sales
        datasource "a" a ()
        datasource "b" b (postgres)
          connection "" postgres d.-
          table [only] -> "d"."only"
          table [open -> "d"."[open"
    "#]]
    .assert_eq(&found);
}
