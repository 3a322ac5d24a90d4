use expect_test::{Expect, expect};

use super::{Slot, TypedCall, Typing, typing_at};

/// What is typed at `$0`, with what would be replaced between `«` and `»`.
#[track_caller]
fn check(text: &str, expect: Expect) {
    let at = text.find("$0").expect("a cursor");
    let text = text.replacen("$0", "", 1);
    let shown = typing_at(&text, at).map_or_else(|| "-".to_owned(), |it| show(&text, &it));
    expect.assert_eq(&shown);
}

/// Below an exposure's name and in its list.
#[track_caller]
fn check_in(lines: &str, expect: Expect) {
    check(&format!("exposures:\n  - name: a\n{lines}"), expect);
}

fn show(text: &str, typing: &Typing) -> String {
    let slot = match &typing.slot {
        Slot::Key {
            under,
            range,
            typed,
            has_colon,
        } => {
            let under = under.as_deref().unwrap_or("exposure");
            let colon = if *has_colon { ":" } else { "" };
            format!("key of {under}: «{}»{colon} {typed}", &text[range.clone()])
        }
        Slot::Value { key, scalar } => {
            let flags = [
                (scalar.needs_space, " after colon"),
                (scalar.in_flow, " in flow"),
            ];
            let flags = flags.iter().filter(|it| it.0).map(|it| it.1);
            let flags: String = flags.collect();
            let written = &text[scalar.range.clone()];
            format!("{key}: «{written}» {}{flags}", scalar.typed)
        }
        Slot::Dependency(it) => {
            let call = match &it.call {
                TypedCall::None => "none".to_owned(),
                TypedCall::Ref { package } => format!("ref {package:?}"),
                TypedCall::Source { source } => format!("source {source:?}"),
            };
            let flags = [(it.in_flow, " in flow"), (it.needs_dash, " without dash")];
            let flags = flags.iter().filter(|it| it.0).map(|it| it.1);
            let flags: String = flags.collect();
            let written = &text[it.item.clone()];
            format!(
                "{call}: «{written}» {}|{}|{}{flags}",
                it.head, it.word, it.rest
            )
        }
    };
    let it = &typing.exposure;
    let mut shown = format!("{slot}\nkeys {}", it.keys.join(" "));
    for (what, text) in [("name", &it.name), ("label", &it.label), ("url", &it.url)] {
        shown += &text
            .as_ref()
            .map_or(String::new(), |it| format!(", {what} {it}"));
    }
    if !it.depends_on.is_empty() {
        let names: Vec<&str> = it
            .depends_on
            .iter()
            .map(|it| match it {
                crate::RefTarget::Ref { name, .. } => name.as_str(),
                crate::RefTarget::Source { table, .. } => table.as_str(),
            })
            .collect();
        shown += &format!(", reads {}", names.join(" "));
    }
    shown
}

#[test]
fn an_item_of_depends_on() {
    let check = |item: &str, expect| {
        check_in(
            &format!(
                "    depends_on:\n      - ref('x')\n      {item}\n      - ref(\"y\")\n    url: u\n"
            ),
            expect,
        );
    };
    check(
        "- $0",
        expect![[r#"
        none: «» ||
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- re$0",
        expect![[r#"
        none: «re» |re|
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- ref('fct_$0",
        expect![[r#"
        ref None: «ref('fct_» ref('|fct_|
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- ref('fct_$0')",
        expect![[r#"
        ref None: «ref('fct_')» ref('|fct_|')
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- ref('f$0oo')  # why",
        expect![[r#"
        ref None: «ref('foo')» ref('|f|oo')
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- ref($0)",
        expect![[r#"
        ref None: «ref()» ref(||)
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- ref('pkg', '$0",
        expect![[r#"
        ref Some("pkg"): «ref('pkg', '» ref('pkg', '||
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- source('$0",
        expect![[r#"
        source None: «source('» source('||
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- source('crm', 'ac$0')",
        expect![[r#"
        source Some("crm"): «source('crm', 'ac')» source('crm', '|ac|')
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "- \"ref('$0')\"",
        expect![[r#"
        ref None: «"ref('')"» "ref('||')"
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "$0",
        expect![[r#"
        none: «» || without dash
        keys name depends_on url, name a, url u, reads x y"#]],
    );
    check(
        "re$0",
        expect![[r#"
        none: «re» |re| without dash
        keys name depends_on url, name a, url u, reads x y"#]],
    );
}

#[test]
fn nothing_that_is_complete_or_no_call() {
    let check = |item: &str| {
        check_in(&format!("    depends_on:\n      {item}\n"), expect!["-"]);
    };
    for item in [
        "- ref('a')$0",
        "- ref('a') $0",
        "- ref('a') # $0",
        "- # ref('$0",
        "# - ref('$0",
        "-$0",
        "$0- ref('a')",
        "- metric('$0",
        "- ref('a', v=$0",
        "- a b$0",
        "- ref('a')\n        $0",
        "- |\n        ref('$0",
        "- {a: $0",
        "- - $0",
        "\t- $0",
    ] {
        check(item);
    }
}

#[test]
fn lists_between_brackets() {
    check_in(
        "    depends_on: [$0",
        expect![[r#"
        none: «» || in flow
        keys name depends_on, name a"#]],
    );
    check_in(
        "    depends_on: [$0]\n    url: u",
        expect![[r#"
        none: «» || in flow
        keys name depends_on url, name a, url u"#]],
    );
    check_in(
        "    depends_on: [ref(\"$0",
        expect![[r#"
        ref None: «ref("» ref("|| in flow
        keys name depends_on, name a"#]],
    );
    check_in(
        "    depends_on: [ref('a'), ref('$0'), ref('b')]",
        expect![[r#"
        ref None: «ref('')» ref('||') in flow
        keys name depends_on, name a, reads a b"#]],
    );
    check_in(
        "    depends_on: [ref('a'), \"ref('p', 'b')\", re$0]",
        expect![[r#"
        none: «re» |re| in flow
        keys name depends_on, name a, reads a b"#]],
    );
    check_in(
        "    depends_on: [ref('a'), ref('$0]",
        expect![[r#"
        ref None: «ref('» ref('|| in flow
        keys name depends_on, name a, reads a"#]],
    );
    check_in(
        "    depends_on: [source('crm', '$0",
        expect![[r#"
        source Some("crm"): «source('crm', '» source('crm', '|| in flow
        keys name depends_on, name a"#]],
    );
    check_in(
        "    depends_on: [\n      ref('a'), # one\n      ref('$0')\n    ]\n    url: u\n",
        expect![[r#"
            ref None: «ref('')» ref('||') in flow
            keys name depends_on url, name a, url u, reads a"#]],
    );
    check_in(
        "    depends_on: [\n      $0\n    ]\n",
        expect![[r#"
        none: «» || in flow
        keys name depends_on, name a"#]],
    );
    check_in("    depends_on: [ref('a')]$0", expect!["-"]);
    check_in("    depends_on: $0[ref('a')]", expect!["-"]);
    check_in("    depends_on: [ref('a') # $0", expect!["-"]);
}

#[test]
fn keys_of_an_exposure_its_owner_and_its_config() {
    check_in(
        "    $0\n    url: u\n",
        expect![[r#"
        key of exposure: «» 
        keys name url, name a, url u"#]],
    );
    check_in(
        "    ty$0",
        expect![[r#"
        key of exposure: «ty» ty
        keys name, name a"#]],
    );
    check_in(
        "    ty$0pe: dashboard",
        expect![[r#"
        key of exposure: «type»: ty
        keys name, name a"#]],
    );
    check(
        "exposures:\n  - $0",
        expect![[r#"
        key of exposure: «» 
        keys "#]],
    );
    check(
        "exposures:\n  - na$0\n    url: u\n",
        expect![[r#"
        key of exposure: «na» na
        keys url, url u"#]],
    );
    check_in(
        "    owner:\n      $0",
        expect![[r#"
        key of owner: «» 
        keys name owner, name a"#]],
    );
    check_in(
        "    owner:\n      name: x\n      em$0\n    config:\n      enabled: false\n",
        expect![[r#"
        key of owner: «em» em
        keys name owner owner.name config config.enabled, name a"#]],
    );
    check_in(
        "    config:\n      $0",
        expect![[r#"
        key of config: «» 
        keys name config, name a"#]],
    );
}

#[test]
fn no_key_where_the_indent_is_anothers() {
    for lines in [
        "  $0",
        "   $0",
        "     $0",
        "$0",
        "    type: dashboard\n      $0",
        "    owner:\n      name: x\n        $0",
        "    meta:\n      $0",
        "    description: >\n      $0",
        "    description: |\n      text\n      - name: $0\n",
        "    description: \"text\n      name: $0\n      \"\n",
        "    description: |\n      a\n\n    $0\n      b\n",
        "    # $0",
        "    a b$0",
        "    ty $0",
    ] {
        check_in(lines, expect!["-"]);
    }
}

#[test]
fn values() {
    check_in(
        "    label: $0",
        expect![[r#"
        label: «» 
        keys name label, name a"#]],
    );
    check_in(
        "    label:$0",
        expect![[r#"
        label: «»  after colon
        keys name label, name a"#]],
    );
    check_in(
        "    label: Sal$0es # why",
        expect![[r#"
        label: «Sales» Sal
        keys name label, name a"#]],
    );
    check_in(
        "    label: \"Sal$0",
        expect![[r#"
        label: «"Sal» Sal
        keys name label, name a"#]],
    );
    check_in(
        "    label: 'it''s $0x'",
        expect![[r#"
        label: «'it''s x'» it''s 
        keys name label, name a"#]],
    );
    check_in(
        "    label: 'it$0''s'",
        expect![[r#"
        label: «'it''s'» it
        keys name label, name a"#]],
    );
    check_in(
        "    label: \"a$0 \\\"b\\\"\" # c",
        expect![[r#"
        label: «"a \"b\""» a
        keys name label, name a"#]],
    );
    check(
        "exposures:\n  - name: $0",
        expect![[r#"
        name: «» 
        keys name"#]],
    );
    check_in(
        "    type: d$0\n    owner: {name: x}",
        expect![[r#"
        type: «d» d
        keys name type owner, name a"#]],
    );
    check_in(
        "    owner:\n      name: A$0",
        expect![[r#"
        owner.name: «A» A
        keys name owner owner.name, name a"#]],
    );
    check_in(
        "    owner: {name: A$0, email: b}",
        expect![[r#"
        owner.name: «A» A in flow
        keys name owner, name a"#]],
    );
    check_in(
        "    owner: {name:$0}",
        expect![[r#"
        owner.name: «»  after colon in flow
        keys name owner, name a"#]],
    );
    check_in(
        "    owner: {name: $0}",
        expect![[r#"
        owner.name: «»  in flow
        keys name owner, name a"#]],
    );
    check_in(
        "    config:\n      enabled: $0",
        expect![[r#"
        config.enabled: «» 
        keys name config config.enabled, name a"#]],
    );
}

#[test]
fn no_value_of_what_is_no_text() {
    for lines in [
        "    label: |$0",
        "    label: &a $0x",
        "    label: *a$0",
        "    label: \"a\" $0",
        "    label: a # $0",
        "    owner: $0",
        "    depends_on: $0",
        "    meta:\n      name: $0",
        "    config:\n      meta:\n        name: $0",
        "    columns:\n      - name: $0",
    ] {
        check_in(lines, expect!["-"]);
    }
}

#[test]
fn only_in_the_list_of_exposures() {
    for text in [
        "$0",
        "models:\n  - name: $0",
        "exposures: []\nmodels:\n  - name: $0",
        "exposures:\n  - name: a\nmodels:\n  - name: $0",
        "models:\n  - exposures:\n      - name: $0",
        "x:\n  exposures:\n    - name: $0",
        "#exposures:\n  - name: $0",
        "exposures: x\n  - name: $0",
        "exposures:\n  $0",
        "exposures:\n  name: $0",
        "$0exposures:\n",
        "a: |\n  exposures:\n  - name: $0",
    ] {
        check(text, expect!["-"]);
    }
}

#[test]
fn other_layouts() {
    check(
        "\u{feff}exposures:\r\n- name: a\r\n  depends_on:\r\n  - ref('x')\r\n  - ref('$0')\r\n  url: u\r\n- name: b\r\n",
        expect![[r#"
        ref None: «ref('')» ref('||')
        keys name depends_on url, name a, url u, reads x"#]],
    );
    check(
        "\u{feff}exposures:\r\n- na$0",
        expect![[r#"
        key of exposure: «na» na
        keys "#]],
    );
    check(
        "exposures:\n - name: a\n   depends_on:\n    - ref('$0",
        expect![[r#"
        ref None: «ref('» ref('||
        keys name depends_on, name a"#]],
    );
    check(
        "exposures:\n -\n  name: a\n  ty$0\n",
        expect![[r#"
        key of exposure: «ty» ty
        keys name, name a"#]],
    );
    check(
        "exposures: # all of them\n\n  # one\n  - name: a\n\n    # two\n    depends_on:\n\n      - $0",
        expect![[r#"
        none: «» ||
        keys name depends_on, name a"#]],
    );
    check(
        "exposures:\n  - \"name\": 'a'\n    \"depends_on\":\n      - 'ref(\"b\")'\n      - $0",
        expect![[r#"
        none: «» ||
        keys name depends_on, name a, reads b"#]],
    );
    check(
        "exposures:\n  - name: a\n    depends_on: &all\n      - $0",
        expect![[r#"
        none: «» ||
        keys name depends_on, name a"#]],
    );
    check(
        "exposures:\n  - name: é\n    label: Ü$0",
        expect![[r#"
        label: «Ü» Ü
        keys name label, name é"#]],
    );
    check(
        "exposures:\n  - name: a\n    depends_on:\n    - ref('a')\n    $0",
        expect![[r#"
        key of exposure: «» 
        keys name depends_on, name a, reads a"#]],
    );
}

#[test]
fn broken_texts_around_do_not_matter() {
    check_in(
        "    depends_on: [\n    url: \"x\n    label: $0",
        expect![[r#"
        label: «» 
        keys name depends_on url label, name a"#]],
    );
    check(
        "a: [}\nexposures:\n  - name: a\n    url: \"x\n    ty$0\n  - name: 'b\n",
        expect![[r#"
        key of exposure: «ty» ty
        keys name url, name a"#]],
    );
}

#[test]
fn every_place_of_any_text_is_answered_without_a_panic() {
    let text = "\u{feff}exposures:\r\n  - name: 'ä''b'\r\n    owner: {name: \"x, é\", email: [a]}\r\n\
        \x20   depends_on: [ref('a'), \"ref(\\\"b\\\")\", source('c', 'd'), # x\r\n    ref(]\r\n\
        \x20   label: \"a\\\r\n  - - - x: - y\r\n    : z\r\n    '': \"\r\n    ? a\r\n  -\r\n";
    for end in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
        for at in (0..=end).filter(|&at| text.is_char_boundary(at)) {
            if let Some(typing) = typing_at(&text[..end], at) {
                let range = match typing.slot {
                    Slot::Key { range, .. } => range,
                    Slot::Value { scalar, .. } => scalar.range,
                    Slot::Dependency(it) => it.item,
                };
                assert!(range.start <= at && at <= range.end, "{at} in {range:?}");
                assert!(!text[range].contains('\n'));
            }
        }
    }
    assert_eq!(typing_at("exposures:\n  - name: é", 22), None);
    assert_eq!(typing_at("", 7), None);
}

#[test]
fn long_files_and_long_lines_take_no_longer_than_they_are() {
    let one = "  - name: a\n    type: dashboard\n    depends_on:\n      - ref('x')\n";
    let text = format!("exposures:\n{}  - na$0", one.repeat(2_000));
    check(
        &text,
        expect![[r#"
        key of exposure: «na» na
        keys "#]],
    );
    let calls = "ref('x'),".repeat(2_000);
    let text = format!("exposures:\n  - depends_on: [{calls} ref('");
    let typing = typing_at(&text, text.len()).expect("an item");
    assert_eq!(typing.exposure.depends_on.len(), 2_000);
    for part in [
        "- ", "a: ", "[", "(", "'", "\"", "- name: ", "\n", " ", "ref(",
    ] {
        let text = format!("exposures:\n  - {}", part.repeat(50_000));
        let typing = typing_at(&text, text.len());
        assert!(typing.is_none_or(|it| it.exposure.depends_on.is_empty()));
    }
}
