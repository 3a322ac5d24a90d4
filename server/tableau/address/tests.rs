//! Addresses as users paste them.

use expect_test::{Expect, expect};

use super::{Page, PageAddress, SiteAddress};

/// One line for each address: what it is, or why it is none.
fn check(addresses: &[&str], expect: Expect) {
    let lines: Vec<String> = addresses.iter().map(|it| line(it)).collect();
    expect.assert_eq(&lines.join("\n"));
}

fn line(address: &str) -> String {
    match PageAddress::parse(address) {
        Err(error) => format!("{error:?}"),
        Ok(PageAddress { site, page }) => match page {
            Page::Other => format!("{site}"),
            Page::Workbook { number } => format!("{site} workbook {number}"),
            Page::Datasource { number } => format!("{site} datasource {number}"),
            Page::Sheet { workbook, sheet } => format!("{site} sheet {workbook} / {sheet}"),
        },
    }
}

#[test]
fn a_cloud_site_is_named_by_any_of_its_pages() {
    check(
        &[
            "https://10ax.online.tableau.com/#/site/acme/home",
            "https://10ax.online.tableau.com/#/site/acme",
            "https://10ax.online.tableau.com/#/site/acme/",
            "10ax.online.tableau.com/#/site/acme/explore",
            "  https://10AX.online.tableau.com/#/site/acme/home  ",
            "<https://10ax.online.tableau.com/#/site/acme/home>",
            "https://prod-useast-a.online.tableau.com:443/#/site/acme/home",
            "https://us-west-2b.online.tableau.com./#/site/acme/home",
            "https://online.tableau.com/#/site/acme/home",
            "http://10ax.online.tableau.com/#/site/acme/home",
            "https://10ax.online.tableau.com/t/acme/views/Sales/Overview?:embed=y",
            "https://10ax.online.tableau.com/#/signin?externalRedirect=%2F%23%2Fsite%2Facme%2Fhome&x=1",
        ],
        expect![[r#"
            https://10ax.online.tableau.com/#/site/acme
            https://10ax.online.tableau.com/#/site/acme
            https://10ax.online.tableau.com/#/site/acme
            https://10ax.online.tableau.com/#/site/acme
            https://10ax.online.tableau.com/#/site/acme
            https://10ax.online.tableau.com/#/site/acme
            https://prod-useast-a.online.tableau.com/#/site/acme
            https://us-west-2b.online.tableau.com/#/site/acme
            https://online.tableau.com/#/site/acme
            https://10ax.online.tableau.com/#/site/acme
            https://10ax.online.tableau.com/#/site/acme sheet Sales / Overview
            https://10ax.online.tableau.com/#/site/acme"#]],
    );
}

#[test]
fn a_server_may_have_a_port_a_default_site_and_no_encryption() {
    check(
        &[
            "https://bi.acme.com",
            "https://bi.acme.com/",
            "bi.acme.com",
            "tableau",
            "https://bi.acme.com:8443/#/home",
            "http://bi.acme.com/#/site/ops/home",
            "HTTP://BI.ACME.COM:80/#/site/Ops/home",
            "localhost:8000",
            "http://localhost:8000/#/site/ops",
            "http://127.0.0.1:8000",
            "http://[::1]:8000/#/site/ops",
            "https://bi.acme.com/#/site/caf%C3%A9/home",
            "https://bücher.example/#/site/ops",
            "https://bi.acme.com/api/3.24/sites",
        ],
        expect![[r#"
            https://bi.acme.com
            https://bi.acme.com
            https://bi.acme.com
            https://tableau
            https://bi.acme.com:8443
            http://bi.acme.com/#/site/ops
            http://bi.acme.com/#/site/Ops
            https://localhost:8000
            http://localhost:8000/#/site/ops
            http://127.0.0.1:8000
            http://[::1]:8000/#/site/ops
            https://bi.acme.com/#/site/caf%C3%A9
            https://xn--bcher-kva.example/#/site/ops
            https://bi.acme.com"#]],
    );
}

#[test]
fn a_page_is_a_workbook_a_sheet_or_a_datasource() {
    check(
        &[
            "https://bi.acme.com/#/workbooks/2/views",
            "https://bi.acme.com/#/site/ops/workbooks/265605",
            "https://bi.acme.com/#/site/ops/datasources/77/askData",
            "https://bi.acme.com/#/site/ops/views/Sales_17/Overview?:iid=1",
            "https://bi.acme.com/#/site/ops/views/Sales/Overview/1f3c/mine",
            "https://bi.acme.com/#/views/Sales/Overview",
            "https://bi.acme.com/views/Sales/Overview",
            "https://bi.acme.com/t/ops/views/Sales/Overview?:embed=y&:toolbar=no#2",
            "https://bi.acme.com/t/ops/authoring/Sales/Hidden",
            "https://bi.acme.com/vizql/t/ops/w/Sales/v/Overview/bootstrapSession",
            "https://bi.acme.com/vizql/w/Sales/v/Overview",
            "https://bi.acme.com/trusted/abc-123/t/ops/views/Sales/Overview",
            "https://bi.acme.com/#/site/ops/views/Caf%C3%A9/%C3%9Cbersicht",
            "https://bi.acme.com/#/site/ops/workbooks/not-a-number",
            "https://bi.acme.com/#/site/ops/workbooks",
            "https://bi.acme.com/#/site/ops/projects/12",
            "https://bi.acme.com/#/site/ops/views/Sales",
        ],
        expect![[r#"
            https://bi.acme.com workbook 2
            https://bi.acme.com/#/site/ops workbook 265605
            https://bi.acme.com/#/site/ops datasource 77
            https://bi.acme.com/#/site/ops sheet Sales_17 / Overview
            https://bi.acme.com/#/site/ops sheet Sales / Overview
            https://bi.acme.com sheet Sales / Overview
            https://bi.acme.com sheet Sales / Overview
            https://bi.acme.com/#/site/ops sheet Sales / Overview
            https://bi.acme.com/#/site/ops sheet Sales / Hidden
            https://bi.acme.com/#/site/ops sheet Sales / Overview
            https://bi.acme.com sheet Sales / Overview
            https://bi.acme.com/#/site/ops sheet Sales / Overview
            https://bi.acme.com/#/site/ops sheet Café / Übersicht
            https://bi.acme.com/#/site/ops
            https://bi.acme.com/#/site/ops
            https://bi.acme.com/#/site/ops
            https://bi.acme.com/#/site/ops"#]],
    );
}

#[test]
fn what_is_no_address_says_why() {
    check(
        &[
            "",
            "   ",
            "https://",
            "https:///path",
            "not an address",
            "ftp://bi.acme.com",
            "file:///etc/passwd",
            "javascript://bi.acme.com/%0aalert(1)",
            "https://user:secret@bi.acme.com",
            "https://user@bi.acme.com",
            "user:secret@bi.acme.com",
            "https://10ax.online.tableau.com",
            "https://10ax.online.tableau.com/#/home",
            "https://online.tableau.com",
            "https://sso.online.tableau.com/public/idp/SSO",
            "https://public.tableau.com/views/A/B",
            "https://bi.acme.com/#/site/a%2Fb/home",
            "https://bi.acme.com/#/site/a%00b/home",
            "https://bi.acme.com/#/site/..%2f/home",
            "https://bi.acme.com/#/site/%2e%2e/home",
            "https://bi.acme.com:99999",
            &format!("https://bi.acme.com/#/site/{}", "x".repeat(300)),
            &format!("https://bi.acme.com/{}", "x".repeat(9000)),
        ],
        expect![[r#"
            Empty
            Empty
            NotAnAddress
            https://path
            NotAnAddress
            Scheme("ftp")
            Scheme("file")
            Scheme("javascript")
            HoldsCredential
            HoldsCredential
            HoldsCredential
            SiteMissing
            SiteMissing
            SiteMissing
            SignInPage
            TableauPublic
            BadSite
            BadSite
            BadSite
            BadSite
            NotAnAddress
            BadSite
            NotAnAddress"#]],
    );
}

#[test]
fn a_key_tells_encrypted_from_plain_and_site_from_site() {
    let key = |text| SiteAddress::parse(text).expect("an address").key();
    assert_eq!(
        key("https://bi.acme.com/#/site/ops/home"),
        "bi.acme.com/ops"
    );
    assert_eq!(key("https://BI.acme.com:443/t/ops/x"), "bi.acme.com/ops");
    assert_eq!(
        key("http://bi.acme.com/#/site/ops"),
        "http://bi.acme.com/ops"
    );
    assert_eq!(key("https://bi.acme.com:8443"), "bi.acme.com:8443/");
}

#[test]
fn only_this_machine_is_loopback() {
    let check = |text: &str, expected: bool| {
        let address = SiteAddress::parse(text).expect("an address");
        assert_eq!(address.is_loopback(), expected, "{text}");
    };
    check("http://localhost:1", true);
    check("http://site.localhost:1", true);
    check("http://127.8.0.1", true);
    check("http://[::1]", true);
    check("http://localhost.acme.com", false);
    check("http://10.0.0.1", false);
    check("http://127.0.0.1.acme.com", false);
}

#[test]
fn only_cloud_s_own_name_is_its_entry() {
    let check = |text: &str, expected: bool| {
        let address = SiteAddress::parse(text).expect("an address");
        assert_eq!(address.is_cloud_entry(), expected, "{text}");
    };
    check("https://online.tableau.com/#/site/a", true);
    check("https://10ax.online.tableau.com/#/site/a", false);
    check("https://online.tableau.com.evil.example/#/site/a", false);
    check("https://online.tableau.com:8443/#/site/a", false);
}

#[test]
fn an_address_reads_back_as_itself() {
    for text in [
        "https://bi.acme.com",
        "http://h:1/#/site/caf%C3%A9",
        "https://[::1]:2/#/site/x",
    ] {
        let address = SiteAddress::parse(text).expect("an address");
        assert_eq!(address.to_string(), text);
        assert_eq!(SiteAddress::parse(&address.to_string()), Ok(address));
    }
}
