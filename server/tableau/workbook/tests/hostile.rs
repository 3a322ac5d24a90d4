//! Files that are broken, foreign or made to do harm.

use std::io::Write as _;

use expect_test::{Expect, expect};
use zip::write::SimpleFileOptions;

use super::dump::{dump, dump_bytes};
use crate::{Limits, read_file_with};

fn check(xml: &str, expect: Expect) {
    expect.assert_eq(&dump(xml));
}

fn check_bytes(bytes: &[u8], expect: Expect) {
    expect.assert_eq(&dump_bytes(bytes));
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const WORKBOOK: &[u8] = b"<workbook><worksheets><worksheet name='S'/></worksheets></workbook>";

#[test]
fn finds_the_document_in_a_container() {
    let check = |entries: &[(&str, &[u8])], expect: Expect| check_bytes(&zip_of(entries), expect);
    check(
        &[("Sales.twb", WORKBOOK)],
        expect![[r#"
        workbook Sales
        sheet S on 
    "#]],
    );
    check(
        &[
            ("Data/x.hyper", b"HyPe"),
            ("TwbxExternalCache/a.twb", b"<x/>"),
            ("deep/er/Sales.TWB", WORKBOOK),
        ],
        expect![[r#"
        workbook Sales
        sheet S on 
    "#]],
    );
    check(
        &[
            ("Data\\sub\\Sales.twb", WORKBOOK),
            ("__MACOSX/._Sales.twb", b"\x00\x05"),
        ],
        expect![[r#"
        workbook Sales
        sheet S on 
    "#]],
    );
    check(
        &[("a.tds", b"<datasource/>"), ("b.twb", WORKBOOK)],
        expect![[r#"
        workbook Sales
        sheet S on 
    "#]],
    );
    check(
        &[("a.tds", b"<datasource/>")],
        expect![[r#"
        published Sales
        datasource ""  ()
    "#]],
    );
    check(
        &[("inner.twbx", &zip_of(&[("Sales.twb", WORKBOOK)]))],
        expect![[r#"
        error: cannot find a .twb or .tds in the zip container
    "#]],
    );
    check(
        &[],
        expect![[r#"
        error: cannot find a .twb or .tds in the zip container
    "#]],
    );
    check(
        &[("Sales.twb", b"")],
        expect![[r#"
        error: cannot read an empty file
    "#]],
    );
    check(
        &[("Sales.twb", b"\x89PNG\r\n\x1a\n")],
        expect![[r#"
            error: cannot read a workbook or datasource: this is a PNG image
        "#]],
    );
    check(
        &[("../../etc/Sales.twb", WORKBOOK)],
        expect![[r#"
        workbook Sales
        sheet S on 
    "#]],
    );
}

#[test]
fn refuses_broken_containers() {
    let whole = zip_of(&[("Sales.twb", WORKBOOK)]);
    check_bytes(
        &whole[..whole.len() / 2],
        expect![[r#"
        error: cannot open the zip container: invalid Zip archive: Could not find EOCD
    "#]],
    );
    check_bytes(
        b"PK\x03\x04",
        expect![[r#"
        error: cannot open the zip container: invalid Zip archive: Could not find EOCD
    "#]],
    );
    let mut changed = whole.clone();
    changed[40] ^= 0xff;
    changed[44] ^= 0x55;
    check_bytes(
        &changed,
        expect![[r#"
            error: cannot unpack Sales.twb: i/o error: corrupt deflate stream
        "#]],
    );
    let mut encrypted = whole;
    // Bit 0 of the flags in the local header and in the central directory.
    encrypted[6] |= 1;
    let central = encrypted
        .windows(4)
        .rposition(|it| it == b"PK\x01\x02")
        .unwrap();
    encrypted[central + 8] |= 1;
    check_bytes(
        &encrypted,
        expect![[r#"
        error: cannot read Sales.twb: it is encrypted
    "#]],
    );
}

#[test]
fn refuses_zip_bombs() {
    let bomb = zip_of(&[("Sales.twb", &vec![b' '; 16 << 20])]);
    assert!(bomb.len() < 100_000);
    check_bytes(
        &bomb,
        expect![[r#"
        error: cannot read it safely: it unpacks to many times its size, as a zip bomb does (limit 200)
    "#]],
    );
    let many: Vec<String> = (0..200).map(|it| format!("{it}.txt")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|it| (it.as_str(), &b""[..])).collect();
    let limits = Limits {
        max_entries: 100,
        ..Limits::default()
    };
    let err = read_file_with(&zip_of(&many), "a.twbx", &limits).unwrap_err();
    expect!["cannot read it safely: too many entries (limit 100)"].assert_eq(&err.to_string());
    let mut liar = zip_of(&[("Sales.twb", WORKBOOK)]);
    let end = liar.windows(4).rposition(|it| it == b"PK\x05\x06").unwrap();
    liar[end + 10..end + 12].copy_from_slice(&[0xff, 0xff]);
    check_bytes(
        &liar,
        expect![[r#"
        error: cannot read it safely: too many entries (limit 20000)
    "#]],
    );
}

#[test]
fn names_other_formats() {
    check_bytes(
        b"",
        expect![[r#"
        error: cannot read an empty file
    "#]],
    );
    check_bytes(
        b"\x89PNG\r\n\x1a\n\x00\x00",
        expect![[r#"
        error: cannot read a workbook or datasource: this is a PNG image
    "#]],
    );
    check_bytes(
        b"%PDF-1.7",
        expect![[r#"
        error: cannot read a workbook or datasource: this is a PDF document
    "#]],
    );
    check_bytes(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
        expect![[r#"
        error: cannot read a workbook or datasource: this is a Git LFS pointer; run `git lfs pull` to get the file itself
    "#]],
    );
    check_bytes(
        b"{\"a\": 1}",
        expect![[r#"
        error: cannot read a workbook or datasource: this is no XML document
    "#]],
    );
    check_bytes(
        b"\x00\x01\x02\x03\xff\xfe",
        expect![[r#"
        error: cannot decode the text as UTF-8
    "#]],
    );
    check(
        "<!DOCTYPE html><html><body>Sign in</body></html>",
        expect![[r#"
        error: cannot read a workbook or datasource: this is an HTML page, as a login page is
    "#]],
    );
    check(
        "<html><head/></html>",
        expect![[r#"
        error: cannot read a workbook or datasource: the document's root is <html>
    "#]],
    );
    check(
        "<connection-customization class='x'/>",
        expect![[r#"
        error: cannot read a workbook or datasource: the document's root is <connection-customization>
    "#]],
    );
    check(
        "   ",
        expect![[r#"
        error: cannot read a workbook or datasource: this is no XML document
    "#]],
    );
}

#[test]
fn refuses_document_types_and_entities() {
    check(
        "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;'>]><workbook>&lol2;</workbook>",
        expect![[r#"
            error: cannot read it safely: it has a document type declaration
        "#]],
    );
    check(
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><workbook/>",
        expect![[r#"
        error: cannot read it safely: it has a document type declaration
    "#]],
    );
    check(
        "<workbook>&lol;</workbook>",
        expect![[r#"
            error: cannot parse the XML near byte 10: at 1..4: unrecognized entity `lol`
        "#]],
    );
    check(
        "<workbook>&#0; &#xffffffff;</workbook>",
        expect![[r#"
            error: cannot parse the XML near byte 10: invalid character reference: 0x0 character is not permitted in XML
        "#]],
    );
    check(
        "<workbook a='&lol;'/>",
        expect![[r#"
        workbook Sales
    "#]],
    );
}

#[test]
fn refuses_broken_xml() {
    check(
        "<workbook><datasources><datasource name='a'>",
        expect![[r#"
        error: cannot read it whole: the document ends inside <datasource>
    "#]],
    );
    check(
        "<workbook><datasources></workbook>",
        expect![[r#"
            error: cannot parse the XML near byte 23: ill-formed document: expected `</datasources>`, but `</workbook>` was found
        "#]],
    );
    check(
        "<workbook",
        expect![[r#"
            error: cannot parse the XML near byte 0: syntax error: tag not closed: `>` not found before end of input
        "#]],
    );
    check(
        "<workbook a=b/>",
        expect![[r#"
            error: cannot parse the XML near byte 0: position 11: attribute value must be enclosed in `"` or `'`
        "#]],
    );
    check(
        "<workbook a='1",
        expect![[r#"
            error: cannot parse the XML near byte 0: syntax error: attribute value not closed: `'` not found before end of input
        "#]],
    );
    check(
        "<workbook><![CDATA[ </workbook>",
        expect![[r#"
            error: cannot parse the XML near byte 10: syntax error: CDATA not closed: `]]>` not found before end of input
        "#]],
    );
    check(
        "<<<<<<< HEAD\n<workbook/>",
        expect![[r#"
            error: cannot parse the XML near byte 0: position 12: attribute key must be directly followed by `=` or space
        "#]],
    );
    check(
        "<workbook/><workbook/>garbage",
        expect![[r#"
        workbook Sales
    "#]],
    );
    check(
        "</workbook>",
        expect![[r#"
            error: cannot parse the XML near byte 0: ill-formed document: close tag `</workbook>` does not match any open tag
        "#]],
    );
}

#[test]
fn bounds_depth_and_size() {
    let deep = format!(
        "<workbook>{}{}</workbook>",
        "<a>".repeat(100_000),
        "</a>".repeat(100_000)
    );
    check(
        &deep,
        expect![[r#"
        error: cannot read it safely: elements are nested too deeply (limit 256)
    "#]],
    );
    let limits = Limits {
        max_elements: 10,
        ..Limits::default()
    };
    let wide = format!("<workbook>{}</workbook>", "<a/>".repeat(20));
    let err = read_file_with(wide.as_bytes(), "a.twb", &limits).unwrap_err();
    expect!["cannot read it safely: too many elements (limit 10)"].assert_eq(&err.to_string());
    let long = format!("<workbook a='{}'/>", "x".repeat(9 << 20));
    check(
        &long,
        expect![[r#"
        error: cannot read it safely: a start tag is too long (limit 8388608)
    "#]],
    );
    let limits = Limits {
        max_document: 10,
        ..Limits::default()
    };
    let err = read_file_with(WORKBOOK, "a.twb", &limits).unwrap_err();
    expect!["cannot read it safely: the document is too large (limit 10)"]
        .assert_eq(&err.to_string());
    let limits = Limits {
        max_tables: 1,
        ..Limits::default()
    };
    let tables = b"<datasource><connection class='postgres'><relation type='table' table='[a]'/><relation type='table' table='[b]'/></connection></datasource>";
    let err = read_file_with(tables, "a.tds", &limits).unwrap_err();
    expect!["cannot read it safely: too many tables and queries (limit 1)"]
        .assert_eq(&err.to_string());
}

#[test]
fn stays_fast_on_many_flags_and_attributes() {
    let flags = format!(
        "<workbook>{}</workbook>",
        "<_.fcp.A.false...x/>".repeat(50_000)
    );
    check(
        &flags,
        expect![[r#"
        workbook Sales
    "#]],
    );
    let attributes: String = (0..20_000).map(|it| format!(" a{it}='x'")).collect();
    check(
        &format!("<workbook{attributes}/>"),
        expect![[r#"
        workbook Sales
    "#]],
    );
}

#[test]
fn decodes_what_files_declare() {
    let name = "<workbook><worksheets><worksheet name='é€'/></worksheets></workbook>";
    let utf16 = |mark: &[u8], to: fn(u16) -> [u8; 2]| {
        let text = format!("<?xml version='1.0' encoding='utf-16'?>{name}");
        let mut bytes = mark.to_vec();
        bytes.extend(text.encode_utf16().flat_map(to));
        bytes
    };
    check_bytes(
        &utf16(b"\xff\xfe", u16::to_le_bytes),
        expect![[r#"
        workbook Sales
        sheet é€ on 
    "#]],
    );
    check_bytes(
        &utf16(b"\xfe\xff", u16::to_be_bytes),
        expect![[r#"
        workbook Sales
        sheet é€ on 
    "#]],
    );
    check_bytes(
        &utf16(b"", u16::to_le_bytes),
        expect![[r#"
        workbook Sales
        sheet é€ on 
    "#]],
    );
    check_bytes(
        &[b"\xef\xbb\xbf", name.as_bytes()].concat(),
        expect![[r#"
        workbook Sales
        sheet é€ on 
    "#]],
    );
    check(
        &format!("<?xml version='1.0' encoding='utf-16'?>{name}"),
        expect![[r#"
        workbook Sales
        sheet é€ on 
    "#]],
    );
    check_bytes(b"<?xml version='1.0' encoding='windows-1252'?><workbook><worksheets><worksheet name='\xe9\x80'/></worksheets></workbook>", expect![[r#"
        workbook Sales
        sheet é€ on 
    "#]]);
    check_bytes(b"<?xml version='1.0' encoding='ISO-8859-1'?><workbook><worksheets><worksheet name='\xe9'/></worksheets></workbook>", expect![[r#"
        workbook Sales
        sheet é on 
    "#]]);
    check_bytes(b"<?xml version='1.0' encoding='utf-8'?><workbook><worksheets><worksheet name='\xe9'/></worksheets></workbook>", expect![[r#"
        error: cannot decode the text as UTF-8
    "#]]);
    check_bytes(
        b"<?xml version='1.0' encoding='klingon'?><workbook/>",
        expect![[r#"
        error: cannot decode the text as klingon
    "#]],
    );
    check_bytes(
        &utf16(b"\xff\xfe", u16::to_le_bytes)[..41],
        expect![[r#"
        error: cannot decode the text as UTF-16LE
    "#]],
    );
}

#[test]
fn never_panics_on_cut_files() {
    let whole = "<?xml version='1.0'?><workbook xml:base='https://x'><datasources><datasource name='d'><connection class='postgres'>\
                 <relation type='text' name='é'><![CDATA[select << 1]]> &amp; x</relation></connection></datasource></datasources></workbook>";
    for end in 0..whole.len() - 1 {
        let found = dump_bytes(&whole.as_bytes()[..end]);
        assert!(found.starts_with("error: "), "{end}: {found}");
    }
}
