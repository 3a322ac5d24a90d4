use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&super::show("models/x.yml", text));
}

#[test]
fn models_seeds_and_snapshots_are_configured() {
    check(
        "models:\n  - name: a\n    access: public\n    group: g\n    config:\n      alias: x\n      schema: s\n      \
         enabled: false\n      materialized: table\n  - name: b\nseeds:\n  - name: c\n    config: {schema: s, database: d}\n\
         snapshots:\n  - name: d\n    config:\n      target_schema: ts\n      schema: s\n      alias: 'q'\n",
        expect![[r#"
            Model a
              enabled false
              alias "x"
              schema "s"
              materialized "table"
              access "public"
              group "g"
              Enabled at "enabled: false"
              Alias at "alias: x"
              Schema at "schema: s"
              Materialized at "materialized: table"
            Model b
            Seed c
              schema "s"
              database "d"
              Schema at "schema: s"
              Database at "database: d"
            Snapshot d
              alias "q"
              target schema "ts"
              Alias at "alias: 'q'"
              Schema at "target_schema: ts"
        "#]],
    );
}

#[test]
fn versions_have_their_own() {
    check(
        "models:\n  - name: a\n    latest_version: 2\n    config: {alias: x}\n    versions:\n      - v: 1\n      \
         - v: '2'\n        defined_in: a_next\n        access: private\n        config:\n          alias: next\n      - v: 1.5\n      \
         - columns: []\n      - v: \"{{ x }}\"\n",
        expect![[r#"
            Model a
              alias "x"
              Alias at "alias: x"
              latest version "2"
              v1 in its own file at "v: 1"
              v2 in a_next at "v: '2'"
                alias "next"
                access "private"
                Alias at "alias: next"
              v1.5 in its own file at "v: 1.5"
            and more
        "#]],
    );
    check(
        "models:\n  - name: a\n    latest_version: \"{{ var('x') }}\"\n    config:\n      latest_version_pointer: \
         {enabled: true, alias: p}\n  - name: b\n    latest_version:\n",
        expect![[r#"
            Model a
              pointer true
              pointer alias "p"
              latest version ?
            Model b
        "#]],
    );
}

#[test]
fn a_version_is_as_dbt_writes_it() {
    check(
        "models:\n  - name: a\n    latest_version: 1.10\n    versions: [{v: 1.10}, {v: '1.10'}, {v: 2.}, {v: 3.0}, {v: b}, {v: }, {v: []}]\n",
        expect![[r#"
            Model a
              latest version "1.1"
              v1.1 in its own file at "v: 1.10"
              v1.10 in its own file at "v: '1.10'"
              v2.0 in its own file at "v: 2."
              v3.0 in its own file at "v: 3.0"
              vb in its own file at "v: b"
            and more
        "#]],
    );
}

#[test]
fn snapshots_may_be_defined_here() {
    check(
        "snapshots:\n  - name: a\n    relation: ref('x')\n  - name: b\n    relation: source('s', 't')\n  \
         - name: c\n    relation:\n  - name: d\n    relation: ref(x)\n  - name: e\n    relation: \"{{ ref('x') }}\"\n\
         models:\n  - name: f\n    relation: ref('x')\n",
        expect![[r#"
            Snapshot a
              defined
              reads x
            Snapshot b
              defined
              reads s.t
            Snapshot c
              defined
              reads unknown
            Snapshot d
              defined
              reads unknown
            Snapshot e
              defined
              reads x
            Model f
        "#]],
    );
}

#[test]
fn sources_have_tables() {
    check(
        "sources:\n  - name: raw\n    database: db\n    schema: sc\n    quoting: {database: true, schema: false}\n    \
         config: {enabled: true}\n    tables:\n      - name: a\n        identifier: \"A_*\"\n        quoting:\n          \
         identifier: true\n        config:\n          enabled: false\n      - name: b\n        identifier:\n  - name: bq\n    \
         project: p\n    dataset: ds\n    tables:\n      - name: c\n  - name: none\n    schema: ''\n",
        expect![[r#"
            source raw
              enabled true
              schema "sc"
              database "db"
              quoted database true
              quoted schema false
              Database at "database: db"
              Schema at "schema: sc"
              Enabled at "enabled: true"
              table a
                identifier "A_*"
                enabled false
                quoted identifier true
                Enabled at "enabled: false"
              table b
                identifier ""
            source bq
              schema "ds"
              database "p"
              Database at "project: p"
              Schema at "dataset: ds"
              table c
            source none
              schema ""
              Schema at "schema: ''"
        "#]],
    );
    check(
        "sources:\n  - name: a\n    overrides: pkg\n    tables: [{name: t}]\n",
        expect![[r#"
            source a
              overrides "pkg"
              table t
        "#]],
    );
}

#[test]
fn jinja_is_unknown() {
    check(
        "sources:\n  - name: raw\n    database: \"{{ target.database }}\"\n    schema: \"{{ env_var('X', 'y') }}\"\n    \
         config:\n      enabled: \"{{ var('on') }}\"\n    tables:\n      - name: a\n        identifier: a{# c #}\n  \
         - name: \"{{ var('n') }}\"\n    tables:\n      - name: b\n",
        expect![[r#"
            source raw
              enabled ?
              schema ?
              database ?
              Database at "database: \"{{ target.database }}\""
              Schema at "schema: \"{{ env_var('X', 'y') }}\""
              Enabled at "enabled: \"{{ var('on') }}\""
              table a
                identifier ?
            and more
        "#]],
    );
    check(
        "models:\n  - name: a\n    config:\n      alias: x_{% if y %}z{% endif %}\n      schema: >\n        {{ x }}\n",
        expect![[r#"
            Model a
              alias ?
              schema ?
              Alias at "alias: x_{% if y %}z{% endif %}"
              Schema at "schema: >\n        {{ x }}"
        "#]],
    );
}

#[test]
fn what_dbt_renders_as_a_whole_is_unknown() {
    check(
        "models:\n  - name: a\n    config: \"{{ var('c') }}\"\n",
        expect![[r#"
            Model a
              enabled ?
              alias ?
              schema ?
              database ?
              materialized ?
              access ?
              group ?
              quoted database ?
              quoted schema ?
              quoted identifier ?
              pointer ?
              pointer alias ?
        "#]],
    );
    check(
        "models:\n  - name: a\n    versions: \"{{ x }}\"\n",
        expect![[r#"
            Model a
            and more
        "#]],
    );
    check(
        "sources: \"{{ x }}\"\n",
        expect![[r#"
            and more
        "#]],
    );
}

#[test]
fn what_is_no_text_is_unknown() {
    check(
        "models:\n  - name: a\n    config:\n      alias: 2024\n      schema: true\n      database: [x]\n      enabled: 'true'\n      \
         materialized: {x: y}\n      quoting: no\n  - name: b\n    config:\n      alias: '2024'\n      schema:\n      database: ''\n      \
         enabled: yes\n      materialized: ~\n      quoting: {identifier: 'x'}\n  - name: c\n    config:\n      alias: 1.5e3\n      \
         schema: 2024-01-01\n      database: 1_abc\n      enabled:\n      materialized: !!str table\n",
        expect![[r#"
            Model a
              enabled ?
              alias ?
              schema ?
              database ?
              materialized ?
              quoted database ?
              quoted schema ?
              quoted identifier ?
              Enabled at "enabled: 'true'"
              Alias at "alias: 2024"
              Schema at "schema: true"
              Database at "database: [x]"
              Materialized at "materialized: {x: y}"
            Model b
              enabled true
              alias "2024"
              schema ""
              database ?
              materialized ""
              quoted identifier ?
              Enabled at "enabled: yes"
              Alias at "alias: '2024'"
              Schema at "schema"
              Database at "database: ''"
              Materialized at "materialized: ~"
            Model c
              enabled ?
              alias ?
              schema ?
              database "1_abc"
              materialized ?
              Enabled at "enabled"
              Alias at "alias: 1.5e3"
              Schema at "schema: 2024-01-01"
              Database at "database: 1_abc"
              Materialized at "materialized: !!str table"
        "#]],
    );
}

#[test]
fn of_a_repeated_key_the_last_one_counts() {
    check(
        "models:\n  - name: a\nmodels:\n  - name: b\n    config: {alias: x, alias: y}\n    config:\n      schema: s\n",
        expect![[r#"
            Model b
              schema "s"
              Schema at "schema: s"
        "#]],
    );
}

#[test]
fn anchors_and_merges_are_followed() {
    check(
        "x: &c {schema: s}\nmodels:\n  - &a\n    name: a\n    config: &d {<<: *c, alias: x}\n  - name: b\n    config: *d\n  \
         - <<: *a\n    name: c\n",
        expect![[r#"
            Model a
              alias "x"
              schema "s"
              Alias at "alias: x"
              Schema at "s"
            Model b
              alias "x"
              schema "s"
              Alias at "alias: x"
              Schema at "s"
            Model c
              alias "x"
              schema "s"
              Alias at "alias: x"
              Schema at "s"
        "#]],
    );
}

#[test]
fn items_that_make_no_sense_are_skipped() {
    check(
        "models:\n  - a\n  - name:\n  - [x]\n  - name: b\n    config: x\n    versions: y\n  - description: no name\nsources: x\nseeds:\n",
        expect![[r#"
            Model b
              enabled ?
              alias ?
              schema ?
              database ?
              materialized ?
              access ?
              group ?
              quoted database ?
              quoted schema ?
              quoted identifier ?
              pointer ?
              pointer alias ?
        "#]],
    );
}

#[test]
fn other_files_say_nothing() {
    check(
        "version: 2\nexposures:\n  - name: a\n",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        "",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        "models:\n",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        "# models\n[x]\n",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        "a: b: c\n",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        "semantic_models:\n  - name: a\n    model: ref('x')\n",
        expect![[r#"
            nothing
        "#]],
    );
}

#[test]
fn marks_and_line_ends_of_windows_are_passed_over() {
    check(
        "\u{feff}models:\r\n  - name: a\r\n    config:\r\n      alias: x\r\n",
        expect![[r#"
            Model a
              alias "x"
              Alias at "alias: x"
        "#]],
    );
}

#[test]
fn a_file_that_is_no_yaml_is_unreadable() {
    check(
        "models:\n  - name: a\n   config: x\n",
        expect![[r#"
            unreadable: line 3 is not valid YAML: while parsing a block collection, did not find expected '-' indicator
        "#]],
    );
    check(
        "models: {{ x }}\n",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        "models:\n  - name: \"a\n",
        expect![[r#"
            unreadable: line 2 is not valid YAML: unclosed quote
        "#]],
    );
}

#[test]
fn hostile_aliases_are_refused() {
    let list = "  - &a {name: a, tables: &t [".to_owned() + &"{name: t},".repeat(5_000) + "]}\n";
    let text = format!("sources:\n{list}{}", "  - *a\n".repeat(5_000));
    check(
        &text,
        expect![[r#"
            unreadable: its aliases lead to more than can be read
        "#]],
    );
    let deep = format!("models: {}", "[".repeat(100_000));
    check(
        &deep,
        expect![[r#"
            unreadable: the file is too large or too deeply nested to be read
        "#]],
    );
}
