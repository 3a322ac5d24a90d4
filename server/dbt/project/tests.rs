//! What `dbt_project.yml` says, and which one a file belongs to.

mod configs;

use std::collections::HashMap;
use std::path::Path;

use expect_test::{Expect, expect};

use super::{Folders, Project, nearest_project, target_path};

fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Project, crate::Error> {
    Project::parse(text, &environment(variables))
}

fn environment(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let variables: HashMap<String, String> = variables.iter().map(own).collect();
    move |name| variables.get(name).cloned()
}

/// What differs from an empty project's settings.
fn check(text: &str, expected: Expect) {
    let shown = match parse(text, &[("FOLDER", "from_env")]) {
        Ok(project) => shown(&project),
        Err(err) => {
            let cause = std::error::Error::source(&err).map(|cause| format!(": {cause}"));
            format!("{err}{}\n", cause.unwrap_or_default())
        }
    };
    expected.assert_eq(&shown);
}

fn shown(project: &Project) -> String {
    let folders: Vec<&str> = project.resource_paths().collect();
    let mut out = format!("{:?} in {}\n", project.name, folders.join(" "));
    if project.packages_install_path != "dbt_packages" {
        out += &format!("packages in {}\n", project.packages_install_path);
    }
    if let Some(target) = &project.target_path {
        out += &format!("target {target}\n");
    }
    for problem in &project.problems {
        out += &format!("{}: {}\n", problem.code, problem.message);
    }
    out
}

#[test]
fn reads_an_ordinary_project() {
    check(
        "name: shop\nversion: '1.0'\nmodel-paths: [models, ./more/]\ntarget-path: build\nvars: {a: 1}\n",
        expect![[r#"
            "shop" in models more seeds snapshots analyses macros tests functions
            target build
        "#]],
    );
}

#[test]
fn knows_dbts_defaults() {
    check(
        "name: shop",
        expect![[r#"
        "shop" in models seeds snapshots analyses macros tests functions
    "#]],
    );
}

#[test]
fn knows_the_keys_of_dbt_before_1_0() {
    check(
        "name: shop\nsource-paths: [src]\ndata-paths: ['data']\nmodules-path: mods\n",
        expect![[r#"
            "shop" in src data snapshots analyses macros tests functions
            packages in mods
        "#]],
    );
    check(
        "name: shop\nsource-paths: [old]\nmodel-paths: [new]\n",
        expect![[r#"
            "shop" in new seeds snapshots analyses macros tests functions
        "#]],
    );
}

#[test]
fn of_a_repeated_key_the_last_value_counts() {
    check(
        "name: a\nname: b\nmodel-paths: [x]\nmodel-paths: [y]\nvars: {k: 1, k: 2}\n",
        expect![[r#"
            "b" in y seeds snapshots analyses macros tests functions
        "#]],
    );
}

#[test]
fn renders_jinja_in_names_and_paths() {
    check(
        "name: \"{{ env_var('NAME', 'shop') }}\"\nmodel-paths: [\"{{ env_var('FOLDER') }}/models\"]\n\
        packages-install-path: \"{{ env_var('PKG', 'pkgs') }}\"\n",
        expect![[r#"
            "shop" in from_env/models seeds snapshots analyses macros tests functions
            packages in pkgs
        "#]],
    );
}

#[test]
fn leaves_out_what_only_dbt_can_render() {
    check(
        "name: shop\nmodel-paths: ['models', \"{{ var('x') }}\", \"{{ env_var('NOPE') }}\"]\n\
        seed-paths: [\"{{ env_var('DBT_ENV_SECRET_X', 'd') }}\", \"{{ unclosed\"]\n",
        expect![[r#"
            "shop" in models snapshots analyses macros tests functions
            project_jinja: `model-paths` of dbt_project.yml cannot be rendered: it uses something that only dbt knows
            project_jinja: `model-paths` of dbt_project.yml cannot be rendered: NOPE is not set
            project_jinja: `seed-paths` of dbt_project.yml cannot be rendered: secrets are not allowed here
            project_jinja: `seed-paths` of dbt_project.yml cannot be rendered: unexpected end of input, expected end of variable block
        "#]],
    );
}

#[test]
fn a_variable_s_value_is_in_no_message() {
    check(
        "name: \"{{ env_var(env_var('FOLDER')) }}\"\n",
        expect![[r#"
            "" in models seeds snapshots analyses macros tests functions
            project_jinja: `name` of dbt_project.yml cannot be rendered: it works out the name of a variable
            project_without_name: dbt_project.yml has no `name`
        "#]],
    );
}

#[test]
fn tolerates_odd_values() {
    check(
        "name: 123\nmodel-paths: models\nseed-paths: {a: b}\nmacro-paths: [1, true]\n\
        snapshot-paths:\ntest-paths: [[x]]\n? [a, b]\n: c\n1: 2\nquery-comment: {{ x }}\n",
        expect![[r#"
            "123" in models seeds snapshots analyses 1 true tests functions
            project_setting: `seed-paths` of dbt_project.yml is of the wrong type and is not used
            project_setting: `test-paths` of dbt_project.yml is of the wrong type and is not used
        "#]],
    );
    check(
        "version: 2",
        expect![[r#"
        "" in models seeds snapshots analyses macros tests functions
        project_without_name: dbt_project.yml has no `name`
    "#]],
    );
    check(
        "\u{feff}name: 'é'\r\nmodel-paths: ['mar ts', 'a\\b']\r\n",
        expect![[r#"
            "é" in mar ts a/b seeds snapshots analyses macros tests functions
        "#]],
    );
}

#[test]
fn says_what_is_broken_and_where() {
    check(
        "",
        expect![[r#"
        dbt_project.yml holds no settings
    "#]],
    );
    check(
        "# nothing\n",
        expect![[r#"
        dbt_project.yml holds no settings
    "#]],
    );
    check(
        "- a\n- b\n",
        expect![[r#"
        dbt_project.yml holds no settings
    "#]],
    );
    check(
        "name: shop\n\tversion: 1\n",
        expect![[r#"
        dbt_project.yml is not valid YAML: found a tab character that violates indentation at line 2 column 1, while scanning a plain scalar at line 1 column 7
    "#]],
    );
    check(
        "name: [shop\n",
        expect![[r#"
        dbt_project.yml is not valid YAML: did not find expected ',' or ']' at line 2 column 1, while parsing a flow sequence at line 1 column 7
    "#]],
    );
    check(
        "name: a\n---\nname: b\n",
        expect![[r#"
        dbt_project.yml is not valid YAML: deserializing from YAML containing more than one document is not supported
    "#]],
    );
    check(
        "name: shop\ntarget-path: {{ env_var('X') }}\n",
        expect![[r#"
        "shop" in models seeds snapshots analyses macros tests functions
        project_setting: `target-path` of dbt_project.yml is of the wrong type and is not used
    "#]],
    );
}

#[test]
fn bounds_aliases_and_nesting() {
    let mut bomb = "name: shop\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let items = vec![format!("*a{}", n - 1); 9].join(", ");
        bomb += &format!("a{n}: &a{n} [{items}]\n");
    }
    bomb += "model-paths: *a11\n";
    check(
        &bomb,
        expect![[r#"
        "shop" in models seeds snapshots analyses macros tests functions
        project_setting: `model-paths` of dbt_project.yml is of the wrong type and is not used
    "#]],
    );
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
        let deep = open.repeat(50_000) + &close.repeat(50_000);
        check(
            &format!("name: shop\nmodel-paths:\n  {deep}\n"),
            expect![[r#"
                dbt_project.yml is too large or too deeply nested
            "#]],
        );
    }
}

#[test]
fn bounds_what_a_template_costs() {
    let text = "x".repeat(200);
    let nested = "{% for a in t %}".repeat(12);
    let ends = "{% endfor %}".repeat(12);
    let template = format!("{{% set t = '{text}' %}}{nested}.{ends}");
    let yaml = format!("name: shop\ntarget-path: \"{template}\"\n");
    let project = parse(&yaml, &[]).expect("a project");
    let target = target_path(&project, &|_| None);
    expect!["nnot be rendered here: it takes too long"].assert_eq(
        &target
            .problem
            .map(|it| it.message[it.message.len() - 40..].to_owned())
            .unwrap_or_default(),
    );
}

fn check_target(written: &str, variables: &[(&str, &str)], expected: Expect) {
    let project = parse(&format!("name: shop\n{written}\n"), &[]).expect("a project");
    let target = target_path(&project, &environment(variables));
    let problem = target
        .problem
        .map(|it| format!("; {}", it.message))
        .unwrap_or_default();
    expected.assert_eq(&format!("{} by {}{problem}", target.path, target.from));
}

#[test]
fn finds_the_target_in_dbts_own_order() {
    let file = "target-path: from_file";
    let engine = ("DBT_ENGINE_TARGET_PATH", "from_engine");
    let variable = ("DBT_TARGET_PATH", "/abs/from_variable");
    check_target(
        file,
        &[variable, engine],
        expect!["from_engine by DBT_ENGINE_TARGET_PATH"],
    );
    check_target(
        file,
        &[variable],
        expect!["/abs/from_variable by DBT_TARGET_PATH"],
    );
    check_target(
        file,
        &[("DBT_TARGET_PATH", "")],
        expect!["from_file by target-path in dbt_project.yml"],
    );
    check_target("", &[], expect!["target by dbt's default"]);
    check_target("target-path:", &[], expect!["target by dbt's default"]);
    check_target("target-path: ''", &[], expect!["target by dbt's default"]);
    check_target(
        "target-path: .\\build\\",
        &[],
        expect!["build by target-path in dbt_project.yml"],
    );
    check_target(
        "flags: {target_path: no_effect}",
        &[],
        expect!["target by dbt's default"],
    );
}

#[test]
fn renders_the_target_path() {
    let env_var = "target-path: \"{{ env_var('OUT', 'build') }}/x\"";
    check_target(
        env_var,
        &[],
        expect!["build/x by target-path in dbt_project.yml"],
    );
    check_target(
        env_var,
        &[("OUT", "out dir")],
        expect!["out dir/x by target-path in dbt_project.yml"],
    );
    check_target(
        "target-path: \"{{ env_var('OUT') }}\"",
        &[],
        expect![
            "target by dbt's default; `target-path: {{ env_var('OUT') }}` cannot be rendered here: OUT is not set"
        ],
    );
    let by_target = "target-path: \"build_{{ target.name }}\"";
    check_target(
        by_target,
        &[],
        expect![
            "target by dbt's default; `target-path: build_{{ target.name }}` cannot be rendered here: it uses something that only dbt knows"
        ],
    );
    check_target(
        by_target,
        &[("DBT_TARGET", "prod")],
        expect!["build_prod by target-path in dbt_project.yml"],
    );
    check_target(
        "target-path: \"{{ target.schema }}\"",
        &[("DBT_TARGET", "prod")],
        expect![
            "target by dbt's default; `target-path: {{ target.schema }}` cannot be rendered here: it uses something that only dbt knows"
        ],
    );
    check_target(
        "target-path: \"{{ env_var('OUT') | lower }}\"",
        &[("OUT", "BUILD")],
        expect!["build by target-path in dbt_project.yml"],
    );
    check_target(
        "target-path: \"{{ 'x' | as_native }}\"",
        &[],
        expect![
            "target by dbt's default; `target-path: {{ 'x' | as_native }}` cannot be rendered here: it uses something that only dbt knows"
        ],
    );
    let chosen = "target-path: \"{% if env_var('CI', '') == '1' %}ci{% else %}dev{% endif %}\"";
    check_target(
        chosen,
        &[("CI", "1")],
        expect!["ci by target-path in dbt_project.yml"],
    );
    check_target(
        chosen,
        &[],
        expect!["dev by target-path in dbt_project.yml"],
    );
}

/// A tree of these files, and the packages folder of `/w/shop`.
fn check_nearest(files: &[&str], packages: Option<&str>, file: &str, expected: Expect) {
    let folders = Folders {
        has_file: &|path| files.iter().any(|it| Path::new(it) == path),
        packages_install_path: &|root| {
            packages
                .filter(|_| root == Path::new("/w/shop"))
                .map(str::to_owned)
        },
    };
    let root = nearest_project(Path::new(file), &folders);
    expected.assert_eq(&root.map_or("none".to_owned(), |root| root.display().to_string()));
}

const SHOP: &str = "/w/shop/dbt_project.yml";

#[test]
fn takes_the_nearest_project_by_path_components() {
    let files = [
        SHOP,
        "/w/shop_spark/dbt_project.yml",
        "/w/shop/sub/dbt_project.yml",
    ];
    check_nearest(&files, None, "/w/shop/models/a.sql", expect!["/w/shop"]);
    check_nearest(
        &files,
        None,
        "/w/shop_spark/models/a.sql",
        expect!["/w/shop_spark"],
    );
    check_nearest(
        &files,
        None,
        "/w/shop/sub/models/a.sql",
        expect!["/w/shop/sub"],
    );
    check_nearest(
        &files,
        None,
        "/w/shop/subway/models/a.sql",
        expect!["/w/shop"],
    );
    check_nearest(&files, None, "/w/shop/dbt_project.yml", expect!["/w/shop"]);
    check_nearest(&files, None, "/w/other/a.sql", expect!["none"]);
    check_nearest(
        &["/w/my shop #1 [x] é/dbt_project.yml"],
        None,
        "/w/my shop #1 [x] é/models/a.sql",
        expect!["/w/my shop #1 [x] é"],
    );
}

#[test]
fn what_was_installed_or_built_belongs_to_the_outer_project() {
    for inner in [
        "dbt_packages/pkg",
        "dbt_modules/pkg",
        "target/run/pkg",
        "dbt_internal_packages/dbt",
    ] {
        let inner_project = format!("/w/shop/{inner}/dbt_project.yml");
        let files = [SHOP, inner_project.as_str()];
        let file = format!("/w/shop/{inner}/models/a.sql");
        check_nearest(&files, None, &file, expect!["/w/shop"]);
    }
    let nested = [
        SHOP,
        "/w/shop/dbt_packages/a/dbt_project.yml",
        "/w/shop/dbt_packages/a/integration_tests/dbt_project.yml",
    ];
    check_nearest(
        &nested,
        None,
        "/w/shop/dbt_packages/a/integration_tests/models/a.sql",
        expect!["/w/shop"],
    );
}

#[test]
fn the_packages_folder_may_have_another_name() {
    let files = [SHOP, "/w/shop/vendor/dbt/pkg/dbt_project.yml"];
    let file = "/w/shop/vendor/dbt/pkg/models/a.sql";
    check_nearest(&files, None, file, expect!["/w/shop/vendor/dbt/pkg"]);
    check_nearest(&files, Some("vendor/dbt"), file, expect!["/w/shop"]);
    check_nearest(&files, Some("./vendor\\dbt/"), file, expect!["/w/shop"]);
    check_nearest(&files, Some("/w/shop/vendor"), file, expect!["/w/shop"]);
    check_nearest(
        &files,
        Some("vend"),
        file,
        expect!["/w/shop/vendor/dbt/pkg"],
    );
    check_nearest(&files, Some("."), file, expect!["/w/shop/vendor/dbt/pkg"]);
    check_nearest(&files, Some(""), file, expect!["/w/shop/vendor/dbt/pkg"]);
}

#[test]
fn projects_of_installed_programs_are_nobodys() {
    let installed = "/w/shop/env/lib/python3.11/site-packages/dbt/include/duckdb";
    let installed_project = format!("{installed}/dbt_project.yml");
    let file = format!("{installed}/macros/a.sql");
    check_nearest(&[SHOP, &installed_project], None, &file, expect!["/w/shop"]);
    check_nearest(&[&installed_project], None, &file, expect!["none"]);
    let in_env = ["/w/shop/e/pyvenv.cfg", "/w/shop/e/x/dbt_project.yml", SHOP];
    check_nearest(
        &in_env,
        None,
        "/w/shop/e/x/models/a.sql",
        expect!["/w/shop"],
    );
    let in_node = ["/w/node_modules/x/dbt_project.yml"];
    check_nearest(
        &in_node,
        None,
        "/w/node_modules/x/models/a.sql",
        expect!["none"],
    );
}

#[test]
fn a_project_may_live_in_a_folder_called_target() {
    check_nearest(
        &["/w/target/shop/dbt_project.yml"],
        None,
        "/w/target/shop/models/a.sql",
        expect!["/w/target/shop"],
    );
    check_nearest(
        &["/w/dbt_packages/shop/dbt_project.yml"],
        None,
        "/w/dbt_packages/shop/models/a.sql",
        expect!["/w/dbt_packages/shop"],
    );
}
