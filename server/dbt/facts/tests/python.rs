use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&super::show("models/x.py", text));
}

#[test]
fn keywords_are_read() {
    check(
        "def model(dbt, session):\n    dbt.config(\n        materialized=\"table\", alias='a', enabled=False,\n        \
         schema=None, packages=['x==1'],  # alias='no'\n    )\n    return dbt.ref('a')\n",
        expect![[r#"
            enabled false
            alias "a"
            schema ""
            materialized "table"
            Materialized at "materialized=\"table\""
            Alias at "alias='a'"
            Enabled at "enabled=False"
            Schema at "schema=None"
            reads a
        "#]],
    );
}

#[test]
fn what_is_no_literal_is_unknown() {
    check(
        "dbt.config(alias=f'a{x}', schema='a' + 'b', database=r'd', group=b'g', access=x)",
        expect![[r#"
            alias ?
            schema ?
            database "d"
            access ?
            group ?
            Alias at "alias=f'a{x}'"
            Schema at "schema='a' + 'b'"
            Database at "database=r'd'"
        "#]],
    );
    check(
        "dbt.config(**options)",
        expect![[r#"
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
        "dbt.config({'alias': 'a', 'enabled': True})",
        expect![[r#"
            enabled true
            alias "a"
            Alias at "'alias': 'a'"
            Enabled at "'enabled': True"
        "#]],
    );
    check(
        "dbt.config(alias='{{ x }}', enabled=true)",
        expect![[r#"
            enabled ?
            alias "{{ x }}"
            Alias at "alias='{{ x }}'"
            Enabled at "enabled=true"
        "#]],
    );
}

#[test]
fn what_is_no_configuration_is_passed_over() {
    check(
        "config(alias='a'); x.dbt.config(alias='a'); dbt.config.get('alias')\n# dbt.config(alias='a')\n'dbt.config(alias=1)'",
        expect![[r#""#]],
    );
}

#[test]
fn a_branch_does_not_matter() {
    check(
        "if x:\n    dbt.config(alias='a')\n",
        expect![[r#"
            alias "a"
            Alias at "alias='a'"
        "#]],
    );
}

#[test]
fn reads_may_be_unknown() {
    check(
        "dbt.ref('a'), dbt.ref(\"p\", \"b\", v=1), dbt.source('s', 't')",
        expect![[r#"
            reads a, p/b v1, s.t
        "#]],
    );
    check(
        "dbt.ref(name)",
        expect![[r#"
            reads unknown
        "#]],
    );
    check(
        "dbt.source('s', f'{t}'); dbt.this; other(x)",
        expect![[r#"
            reads unknown
        "#]],
    );
    check("dbt.ref(", expect![""]);
}

#[test]
fn placeholders_in_strings_are_calls() {
    check(
        "session.sql(f\"it's {dbt.ref('a')} and {x} {dbt.source('s', t)}\")\n'{dbt.ref(\"no\")}'",
        expect![[r#"
            reads a, unknown
        "#]],
    );
    check(
        "rf\"\"\"{{dbt.ref('no')}} {dbt.ref('b'):>10} {dbt.ref('c'\"\"\"",
        expect![[r#"
            reads b
        "#]],
    );
}
