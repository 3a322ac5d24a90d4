//! Hostile texts come back as they were.

use expect_test::{Expect, expect};

use super::*;

/// One text a line (with `\n` for line ends): how it is written as a label in
/// each of the three habits, and as a tag.
fn check(texts: &str, expected: Expect) {
    let mut shown = String::new();
    for text in texts.lines() {
        let text = text.replace("\\n", "\n");
        for habit in ["\"x\"", "'x'", "x"] {
            let file = format!("exposures:\n  - name: a\n    label: {habit}\n");
            let exposure = NewExposure {
                label: text.clone(),
                tags: vec![text.clone()],
                ..small()
            };
            let edited = declared(Some(&file), &exposure, &FUSION).unwrap();
            let line = edited
                .lines()
                .rfind(|line| line.contains("label: "))
                .unwrap();
            shown.push_str(&format!("{} | ", line.trim().trim_start_matches("label: ")));
            assert_comes_back(&edited, &text);
            if habit == "x" {
                let tags = edited
                    .lines()
                    .rfind(|line| line.contains("tags: "))
                    .unwrap();
                shown.push_str(tags.trim());
            }
        }
        shown.push('\n');
    }
    expected.assert_eq(&shown);
}

/// Rendered by a Jinja engine, the label and the tag are the text.
fn assert_comes_back(edited: &str, text: &str) {
    let after: serde_yaml::Value = serde_yaml::from_str(edited).unwrap();
    let last = after["exposures"].as_sequence().unwrap().last().unwrap();
    for value in [&last["label"], &last["config"]["tags"][0]] {
        let value = value
            .as_str()
            .unwrap_or_else(|| panic!("{value:?} is no text"));
        let rendered = minijinja::Environment::new().render_str(value, ());
        assert_eq!(rendered.unwrap(), text, "{edited}");
    }
}

// C32
#[test]
fn what_yaml_would_take_for_something_else_is_quoted() {
    check(
        "2024\nNo\nnull\n~\ny\non\n12:30\n1_000\n0x1F\n1e3\n.inf\n2024-01-01\n=\n<<\n \n",
        expect![[r#"
            "2024" | '2024' | "2024" | tags: ["2024"]
            "No" | 'No' | "No" | tags: ["No"]
            "null" | 'null' | "null" | tags: ["null"]
            "~" | '~' | "~" | tags: ["~"]
            "y" | 'y' | "y" | tags: ["y"]
            "on" | 'on' | "on" | tags: ["on"]
            "12:30" | '12:30' | "12:30" | tags: ["12:30"]
            "1_000" | '1_000' | "1_000" | tags: ["1_000"]
            "0x1F" | '0x1F' | "0x1F" | tags: ["0x1F"]
            "1e3" | '1e3' | "1e3" | tags: ["1e3"]
            ".inf" | '.inf' | ".inf" | tags: [".inf"]
            "2024-01-01" | '2024-01-01' | "2024-01-01" | tags: ["2024-01-01"]
            "=" | '=' | "=" | tags: ["="]
            "<<" | '<<' | "<<" | tags: ["<<"]
            " " | ' ' | " " | tags: [" "]
        "#]],
    );
}

// C32
#[test]
fn what_yaml_would_take_for_syntax_is_quoted() {
    check(
        "Sales: EMEA\nSales:\n#1 board\nA #1\nA#1\n@all\n*P&L*\n&a\n!a\n%a\n|a\n>a\n- a\n-a\n? a\n`a`\n[a]\n{a}\na, b\nit's\nsay \"hi\"\nC:\\x\ntrailing \n leading\ntwo\\nlines\na\tb\n",
        expect![[r##"
            "Sales: EMEA" | 'Sales: EMEA' | "Sales: EMEA" | tags: ["Sales: EMEA"]
            "Sales:" | 'Sales:' | "Sales:" | tags: ["Sales:"]
            "#1 board" | '#1 board' | "#1 board" | tags: ["#1 board"]
            "A #1" | 'A #1' | "A #1" | tags: ["A #1"]
            "A#1" | 'A#1' | A#1 | tags: [A#1]
            "@all" | '@all' | "@all" | tags: ["@all"]
            "*P&L*" | '*P&L*' | "*P&L*" | tags: ["*P&L*"]
            "&a" | '&a' | "&a" | tags: ["&a"]
            "!a" | '!a' | "!a" | tags: ["!a"]
            "%a" | '%a' | "%a" | tags: ["%a"]
            "|a" | '|a' | "|a" | tags: ["|a"]
            ">a" | '>a' | ">a" | tags: [">a"]
            "- a" | '- a' | "- a" | tags: ["- a"]
            "-a" | '-a' | "-a" | tags: ["-a"]
            "? a" | '? a' | "? a" | tags: ["? a"]
            "`a`" | '`a`' | "`a`" | tags: ["`a`"]
            "[a]" | '[a]' | "[a]" | tags: ["[a]"]
            "{a}" | '{a}' | "{a}" | tags: ["{a}"]
            "a, b" | 'a, b' | a, b | tags: ["a, b"]
            "it's" | "it's" | it's | tags: [it's]
            "say \"hi\"" | 'say "hi"' | say "hi" | tags: [say "hi"]
            "C:\\x" | 'C:\x' | C:\x | tags: ["C:\\x"]
            "trailing " | 'trailing ' | "trailing " | tags: ["trailing "]
            " leading" | ' leading' | " leading" | tags: [" leading"]
            "two\nlines" | "two\nlines" | "two\nlines" | tags: ["two\nlines"]
            "a\tb" | "a\tb" | "a\tb" | tags: ["a\tb"]
        "##]],
    );
}

#[test]
fn harmless_words_stay_plain_where_the_file_has_them_plain() {
    check(
        "Sales\nSales & Ops (EMEA)\nÜbersicht\n売上\na/b\nNorth-West\nNone\n",
        expect![[r#"
            "Sales" | 'Sales' | Sales | tags: [Sales]
            "Sales & Ops (EMEA)" | 'Sales & Ops (EMEA)' | Sales & Ops (EMEA) | tags: [Sales & Ops (EMEA)]
            "Übersicht" | 'Übersicht' | Übersicht | tags: [Übersicht]
            "売上" | '売上' | 売上 | tags: [売上]
            "a/b" | 'a/b' | a/b | tags: [a/b]
            "North-West" | 'North-West' | North-West | tags: [North-West]
            "None" | 'None' | None | tags: [None]
        "#]],
    );
}

#[test]
fn letters_of_all_kinds_come_back() {
    check(
        "🚀\nit's \"quoted\": #1\n\u{202e}abc\n\u{7f}\n\u{85}x\n\u{2028}x\n\u{feff}x\ne\u{301}\n",
        expect![[r#"
            "🚀" | '🚀' | "🚀" | tags: ["🚀"]
            "it's \"quoted\": #1" | "it's \"quoted\": #1" | "it's \"quoted\": #1" | tags: ["it's \"quoted\": #1"]
            "\u202Eabc" | "\u202Eabc" | "\u202Eabc" | tags: ["\u202Eabc"]
            "\x7F" | "\x7F" | "\x7F" | tags: ["\x7F"]
            "\x85x" | "\x85x" | "\x85x" | tags: ["\x85x"]
            "\u2028x" | "\u2028x" | "\u2028x" | tags: ["\u2028x"]
            "\uFEFFx" | "\uFEFFx" | "\uFEFFx" | tags: ["\uFEFFx"]
            "é" | 'é' | "é" | tags: ["é"]
        "#]],
    );
    let long = "x ".repeat(5_000) + "y";
    let exposure = NewExposure {
        label: long.clone(),
        ..small()
    };
    let edited = declared(Some(""), &exposure, &FUSION).unwrap();
    assert!(edited.contains(&format!("label: \"{long}\"\n")));
}

// C33
#[test]
fn jinja_is_neutralised() {
    check(
        "Sales {{ draft }} board\n100{% growth\nC{#\n{ } %} }} #}\nends }}\\n\n{{ x }}\\n\n{{{ x }}}\n{{ a {\nends\\n\nendraw {{ x }}\\n\n{% endraw %}{{ x }}\n{%- endraw -%} {{ '{' }}\n{% raw %}x{% endraw %}\n'{{ x }}'\n",
        expect![[r#"
            "{% raw %}Sales {{ draft }} board{% endraw %}" | '{% raw %}Sales {{ draft }} board{% endraw %}' | "{% raw %}Sales {{ draft }} board{% endraw %}" | tags: ["{% raw %}Sales {{ draft }} board{% endraw %}"]
            "{% raw %}100{% growth{% endraw %}" | '{% raw %}100{% growth{% endraw %}' | "{% raw %}100{% growth{% endraw %}" | tags: ["{% raw %}100{% growth{% endraw %}"]
            "{% raw %}C{#{% endraw %}" | '{% raw %}C{#{% endraw %}' | "{% raw %}C{#{% endraw %}" | tags: ["{% raw %}C{#{% endraw %}"]
            "{ } %} }} #}" | '{ } %} }} #}' | "{ } %} }} #}" | tags: ["{ } %} }} #}"]
            "{% raw %}ends }}\n{% endraw %}" | "{% raw %}ends }}\n{% endraw %}" | "{% raw %}ends }}\n{% endraw %}" | tags: ["{% raw %}ends }}\n{% endraw %}"]
            "{% raw %}{{ x }}\n{% endraw %}" | "{% raw %}{{ x }}\n{% endraw %}" | "{% raw %}{{ x }}\n{% endraw %}" | tags: ["{% raw %}{{ x }}\n{% endraw %}"]
            "{% raw %}{{{ x }}}{% endraw %}" | '{% raw %}{{{ x }}}{% endraw %}' | "{% raw %}{{{ x }}}{% endraw %}" | tags: ["{% raw %}{{{ x }}}{% endraw %}"]
            "{% raw %}{{ a {{% endraw %}" | '{% raw %}{{ a {{% endraw %}' | "{% raw %}{{ a {{% endraw %}" | tags: ["{% raw %}{{ a {{% endraw %}"]
            "{% raw %}ends\n{% endraw %}" | "{% raw %}ends\n{% endraw %}" | "{% raw %}ends\n{% endraw %}" | tags: ["{% raw %}ends\n{% endraw %}"]
            "endraw {{ '{' }}{{ '{' }} x }}{{ '\\n' }}" | "endraw {{ '{' }}{{ '{' }} x }}{{ '\\n' }}" | endraw {{ '{' }}{{ '{' }} x }}{{ '\n' }} | tags: ["endraw {{ '{' }}{{ '{' }} x }}{{ '\\n' }}"]
            "{{ '{' }}% endraw %}{{ '{' }}{{ '{' }} x }}" | "{{ '{' }}% endraw %}{{ '{' }}{{ '{' }} x }}" | "{{ '{' }}% endraw %}{{ '{' }}{{ '{' }} x }}" | tags: ["{{ '{' }}% endraw %}{{ '{' }}{{ '{' }} x }}"]
            "{{ '{' }}%- endraw -%} {{ '{' }}{{ '{' }} '{{ '{' }}' }}" | "{{ '{' }}%- endraw -%} {{ '{' }}{{ '{' }} '{{ '{' }}' }}" | "{{ '{' }}%- endraw -%} {{ '{' }}{{ '{' }} '{{ '{' }}' }}" | tags: ["{{ '{' }}%- endraw -%} {{ '{' }}{{ '{' }} '{{ '{' }}' }}"]
            "{{ '{' }}% raw %}x{{ '{' }}% endraw %}" | "{{ '{' }}% raw %}x{{ '{' }}% endraw %}" | "{{ '{' }}% raw %}x{{ '{' }}% endraw %}" | tags: ["{{ '{' }}% raw %}x{{ '{' }}% endraw %}"]
            "{% raw %}'{{ x }}'{% endraw %}" | "{% raw %}'{{ x }}'{% endraw %}" | "{% raw %}'{{ x }}'{% endraw %}" | tags: ["{% raw %}'{{ x }}'{% endraw %}"]
        "#]],
    );
}
