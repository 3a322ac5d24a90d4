//! The texts of `server/docs/gallery.md`: what the server and the program say of the sample.
//! Its pictures are made and checked by the tests of the editors.

use crate::generated::assert_section_current;
use crate::support::cli::run;
use crate::support::project::{self, root};
use crate::support::server::Setup;

/// Files whose lenses are of different kinds.
const FILES: [&str; 4] = [
    "models/marts/fct_orders.sql",
    "models/staging/stg_orders.sql",
    "models/marts/dim_products.sql",
    "models/marts/dim_vendors.sql",
];

fn check(section: &str, text: &str) {
    let page = root().join("server/docs/gallery.md");
    assert_section_current(&page, section, text);
}

/// What a command says in the sample project, as a block.
fn terminal(section: &str, args: &[&str]) {
    let folder = project::copy("shop");
    let said = run(folder.path(), args);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{args:?}");
    let language = if section == "diff" { "diff" } else { "text" };
    let lines: Vec<&str> = said.out.lines().map(str::trim_end).collect();
    check(
        section,
        &format!("```{language}\n{}\n```\n", lines.join("\n")),
    );
}

#[test]
fn the_lenses_are_true() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let mut table = "| file | lens |\n|---|---|\n".to_owned();
    for file in FILES {
        let path = folder.path().join(file);
        client.open(&path);
        for (_, lens) in client.lenses(&path) {
            table.push_str(&format!("| `{file}` | {lens} |\n"));
        }
    }
    check("lenses", &table);
}

#[test]
fn the_hover_is_true() {
    let folder = project::copy("shop");
    let mut client = Setup::new(folder.path()).start();
    let path = folder.path().join(FILES[0]);
    client.open(&path);
    let (hover, _) = client.hover(&path, (0, 1)).expect("a hover");
    check("hover", &shown(&hover));
}

#[test]
fn the_comment_on_a_pull_request_is_true() {
    let folder = project::copy("shop");
    std::fs::remove_file(folder.path().join("models/marts/fct_returns.sql")).expect("deleted");
    let changed = ["models/marts/fct_returns.sql", FILES[1]];
    let args = [&["usages", "--format", "markdown"][..], &changed].concat();
    let said = run(folder.path(), &args);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    // No release makes the page stale.
    let text = said.out.replace(env!("CARGO_PKG_VERSION"), "X.Y.Z");
    check("comment", &shown(&text));
}

/// Markdown as it is shown, set off from the page.
fn shown(markdown: &str) -> String {
    let lines = markdown.lines().map(|it| format!("> {it}"));
    lines.map(|it| format!("{}\n", it.trim_end())).collect()
}

#[test]
fn the_terminal_is_true() {
    terminal("usages", &["usages"]);
    terminal("usages-node", &["usages", "stg_orders"]);
    terminal("explain", &["explain", "[analytics_marts].[fct_return]"]);
    let diff = ["exposures", "--diff", "--workbook", "Weekly Ops"];
    terminal("diff", &diff);
}
