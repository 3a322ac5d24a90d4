//! Sheets, dashboards, stories, their pages and fields; published datasources' own files.

use expect_test::{Expect, expect};

use super::dump::dump;

fn check(xml: &str, expect: Expect) {
    expect.assert_eq(&dump(xml));
}

fn sheet(name: &str, datasource: &str) -> String {
    format!(
        "<worksheet name='{name}'><table><view><datasources><datasource name='{datasource}'/></datasources>\
         </view></table></worksheet>"
    )
}

#[test]
fn reads_dashboards_with_their_sheets() {
    let xml = format!(
        "<workbook><worksheets>{}{}{}</worksheets><dashboards>\
         <dashboard _.fcp.AccessibleZoneTabOrder.true...enable-sort-zone-taborder='true' name='Overview'><zones>\
         <zone type-v2='layout-basic'><zone name='By day'/><zone><zone name='By week'/><zone name='By day'/></zone>\
         <zone name='Hidden' type-v2='filter' param='x'/><zone name='Hidden' type='color'/>\
         <zone name='Hidden' _.fcp.SetMembershipControl.false...type='filter' _.fcp.SetMembershipControl.true...type-v2='filter'/>\
         <zone name='no sheet'/><zone type-v2='text'/></zone></zones>\
         <devicelayouts><devicelayout name='Phone'><zones><zone name='Hidden'/><zone name='By day'/></zones></devicelayout></devicelayouts>\
         </dashboard><dashboard name='Empty'/></dashboards>\
         <windows><window class='worksheet' name='Hidden' hidden='true'/><window class='worksheet' name='By day'/>\
         <window class='dashboard' name='By week' hidden='true'/></windows></workbook>",
        sheet("By day", "d"),
        sheet("By week", "d"),
        sheet("Hidden", "d"),
    );
    check(
        &xml,
        expect![[r#"
        workbook Sales
        sheet By day on d
        sheet By week on d
        sheet Hidden hidden on d
        dashboard Overview: By day, By week
        dashboard Empty: 
    "#]],
    );
}

#[test]
fn reads_stories() {
    let xml = format!(
        "<workbook><worksheets>{}{}</worksheets><dashboards><dashboard name='D'><zones><zone name='A'/></zones></dashboard>\
         <dashboard name='Told' type='storyboard'><zones><zone type-v2='flipboard'><flipboard active-id='1'><story-points>\
         <story-point captured-sheet='D' id='1'/><story-point captured-sheet='B' id='2'/><story-point captured-sheet='D' id='3'/>\
         <story-point captured-sheet='' id='4'/></story-points></flipboard></zone><zone name='A'/></zones></dashboard></dashboards></workbook>",
        sheet("A", "d"),
        sheet("B", "d"),
    );
    check(
        &xml,
        expect![[r#"
        workbook Sales
        sheet A on d
        sheet B on d
        dashboard D: A
        story Told: D, B
    "#]],
    );
}

fn check_pages(root: &str, workbook_path: &str, view: &str, expect: Expect) {
    let xml = format!(
        "<workbook {root}><repository-location id='SalesWb' {workbook_path}/><worksheets><worksheet name='Sheet 1'>{view}</worksheet></worksheets>\
         <dashboards><dashboard name='D'>{view}<zones/></dashboard></dashboards></workbook>"
    );
    expect.assert_eq(&dump(&xml));
}

#[test]
fn makes_pages_from_repository_locations() {
    check_pages(
        "xml:base='https://10ax.online.tableau.com'",
        "path='/t/acme/workbooks' site='acme'",
        "<repository-location id='View1' path='/t/acme/workbooks/SalesWb' site='acme'/>",
        expect![[r#"
            workbook Sales site=Some("acme") content_url=Some("SalesWb")
            sheet Sheet 1 on 
              https://10ax.online.tableau.com/#/site/acme/views/SalesWb/View1
            dashboard D: 
              https://10ax.online.tableau.com/#/site/acme/views/SalesWb/View1
        "#]],
    );
    // The Default site of a server that speaks http.
    check_pages(
        "xml:base='http://tableau.corp:8000/x?y'",
        "path='/workbooks'",
        "<repository-location id='View1' path='/workbooks/SalesWb'/>",
        expect![[r#"
        workbook Sales site=Some("") content_url=Some("SalesWb")
        sheet Sheet 1 on 
          http://tableau.corp:8000/#/views/SalesWb/View1
        dashboard D: 
          http://tableau.corp:8000/#/views/SalesWb/View1
    "#]],
    );
    // Tableau's own hosts are never plain http.
    check_pages(
        "xml:base='http://10ax.online.tableau.com'",
        "path='/t/acme/workbooks'",
        "<repository-location id='V' path='/t/acme/workbooks/SalesWb'/>",
        expect![[r#"
        workbook Sales site=Some("acme") content_url=Some("SalesWb")
        sheet Sheet 1 on 
          https://10ax.online.tableau.com/#/site/acme/views/SalesWb/V
        dashboard D: 
          https://10ax.online.tableau.com/#/site/acme/views/SalesWb/V
    "#]],
    );
    check_pages(
        "xml:base='https://public.tableau.com'",
        "path='/workbooks'",
        "<repository-location id='V' path='/workbooks/SalesWb'/>",
        expect![[r#"
        workbook Sales site=Some("") content_url=Some("SalesWb")
        sheet Sheet 1 on 
          https://public.tableau.com/views/SalesWb/V
        dashboard D: 
          https://public.tableau.com/views/SalesWb/V
    "#]],
    );
    // Newer servers write numbers.
    check_pages(
        "xml:base='https://t.corp'",
        "path='/workbooks'",
        "<repository-location id='7679443' derived-from='https://t.corp/workbooks/SalesWb/Sheet%201?rev=' path='/workbooks/SalesWb'/>",
        expect![[r#"
        workbook Sales site=Some("") content_url=Some("SalesWb")
        sheet Sheet 1 on 
          https://t.corp/#/views/SalesWb/Sheet%201
        dashboard D: 
          https://t.corp/#/views/SalesWb/Sheet%201
    "#]],
    );
    // The address is in `derived-from` alone.
    check_pages(
        "",
        "path='/t/acme/workbooks' derived-from='https://t.corp/t/acme/workbooks/SalesWb?rev=1.0'",
        "<repository-location id='V' path='/t/acme/workbooks/SalesWb'/>",
        expect![[r#"
        workbook Sales site=Some("acme") content_url=Some("SalesWb")
        sheet Sheet 1 on 
          https://t.corp/#/site/acme/views/SalesWb/V
        dashboard D: 
          https://t.corp/#/site/acme/views/SalesWb/V
    "#]],
    );
}

#[test]
fn makes_no_page_of_a_bad_address() {
    let view = "<repository-location id='V' path='/workbooks/SalesWb'/>";
    let bad = [
        "http://localhost",
        "http://localhost:9100",
        "http://127.0.0.1",
        "http://[::1]:80",
        "javascript:alert(1)",
        "javascript://x/%0aalert(1)",
        "file:///etc",
        "https://",
        "https://a b",
        "https://user:pw@host",
        "command:x",
        "data:text/html,x",
        "https://h&#10;x",
        "https://é.example",
    ];
    for base in bad {
        let found = dump(&format!(
            "<workbook xml:base='{base}'><worksheets><worksheet name='S'>{view}</worksheet></worksheets></workbook>"
        ));
        assert_eq!(found, "workbook Sales\nsheet S on \n", "{base}");
    }
}

#[test]
fn encodes_what_files_put_into_addresses() {
    check_pages(
        "xml:base='https://t.corp'",
        "path='/t/a%2F&lt;b&gt;/workbooks'",
        "<repository-location id='../x)](y &amp; é?#' path='/t/a b&lt;c/workbooks/W%20b'/>",
        expect![[r#"
            workbook Sales site=Some("a%2F<b>") content_url=Some("SalesWb")
            sheet Sheet 1 on 
              https://t.corp/#/site/a%20b%3Cc/views/W%2520b/..%2Fx%29%5D%28y%20&%20%C3%A9%3F%23
            dashboard D: 
              https://t.corp/#/site/a%20b%3Cc/views/W%2520b/..%2Fx%29%5D%28y%20&%20%C3%A9%3F%23
        "#]],
    );
}

#[test]
fn gives_hidden_sheets_no_page() {
    check(
        "<workbook xml:base='https://t.corp'><worksheets><worksheet name='S'><repository-location id='V' path='/workbooks/W'/></worksheet></worksheets>\
         <windows><window class='worksheet' name='S' hidden='true'/></windows></workbook>",
        expect![[r#"
            workbook Sales
            sheet S hidden on 
        "#]],
    );
}

#[test]
fn expands_calculated_fields() {
    check(
        "<workbook><datasources><datasource name='d'><column name='[Profit]'><calculation class='tableau' formula='[Sales] - [Cost] // [no] &#10; + IF &quot;[no]&quot; = [x]]y] THEN 1 END'/></column>\
         <column name='[Ratio]'><calculation class='tableau' formula='[Profit] / SUM([other].[Total]) + [Parameters].[P]'/></column>\
         <column name='[Bin]'><calculation class='bin' formula='[Sales]' size='10'/></column>\
         <column name='[Group]'><calculation class='categorical-bin' column='[Region]'/></column>\
         <column name='[Loop]'><calculation class='tableau' formula='[Loop] + [Loop2]'/></column>\
         <column name='[Loop2]'><calculation class='tableau' formula='[Loop]'/></column>\
         <column name='[Plain]' caption='P'/></datasource></datasources>\
         <worksheets><worksheet name='S'><table><view><datasources><datasource name='d' caption='D'/><datasource name='Parameters'/></datasources>\
         <datasource-dependencies datasource='Parameters'><column name='[P]'/></datasource-dependencies>\
         <datasource-dependencies datasource='d'><column name='[Ratio]'/><column-instance column='[Bin]' name='[none:Bin:ok]'/>\
         <column name='[Group]'/><column name='[Loop]'/><column name='[Plain]'/>\
         <column name='[Local]'><calculation class='tableau' formula='[OnlyHere]'/></column></datasource-dependencies></view></table></worksheet></worksheets></workbook>",
        expect![[r#"
            workbook Sales
            datasource "d" d ()
            sheet S on d
              uses d / Sales
              uses d / Cost
              uses d / x]y
              uses other / Total
              uses d / Region
              uses d / Plain
              uses d / OnlyHere
        "#]],
    );
}

#[test]
fn lists_the_datasources_of_blends() {
    check(
        "<workbook><worksheets><worksheet name='S'><table><view><datasources><datasource name='a'/><datasource name='b'/></datasources>\
         <datasource-dependencies datasource='b'/><datasource-dependencies datasource='c'/></view></table></worksheet></worksheets></workbook>",
        expect![[r#"
            workbook Sales
            sheet S on a, b, c
        "#]],
    );
}

#[test]
fn reads_a_datasource_file() {
    check(
        "<datasource formatted-name='Orders' inline='true' xml:base='https://t.corp'><repository-location id='Orders_1' path='/t/acme/datasources' site='acme'/>\
         <connection class='federated'><named-connections><named-connection name='c'><connection class='postgres' dbname='d'/></named-connection></named-connections>\
         <relation connection='c' name='a' table='[public].[a]' type='table'/></connection></datasource>",
        expect![[r#"
            published Sales site=Some("acme") content_url=Some("Orders_1")
            datasource "Orders" Orders (federated)
              connection "c" postgres d.-
              table [public].[a] -> "d"."public"."a" @c
        "#]],
    );
    check(
        "<datasource formatted-name='federated.1qwu7vf034dv771b6io5r0qbvzar'><repository-location/><connection class='postgres' dbname='d'/></datasource>",
        expect![[r#"
            published Sales
            datasource "federated.1qwu7vf034dv771b6io5r0qbvzar" federated.1qwu7vf034dv771b6io5r0qbvzar (postgres)
              connection "" postgres d.-
        "#]],
    );
}

#[test]
fn reads_a_namespace_prefix() {
    check(
        "<t:workbook xmlns:t='http://tableau.com/api'><t:datasources><t:datasource name='d'/></t:datasources></t:workbook>",
        expect![[r#"
            workbook Sales
            datasource "d" d ()
        "#]],
    );
}
