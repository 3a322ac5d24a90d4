//! Exposures files in the editor: lens, hover, diagnostics and what mends them,
//! completion, definitions, references, the outline, and what is copied.

use std::path::{Path, PathBuf};

use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower_lsp::ls_types::{CodeActionOrCommand, DocumentChanges, WorkspaceEdit};

use crate::support::project;
use crate::support::server::{Answer, Client, Setup, action_title, uri};

const EXPOSURES: &str = "models/exposures/tableau.yml";
const MODEL: &str = "models/marts/fct_orders.sql";

/// The sample with another exposures file, open in an editor.
struct Scene {
    /// Above its folder, which goes when nobody looks at it any more.
    client: Client,
    folder: TempDir,
}

impl Scene {
    fn new(exposures: &str) -> Scene {
        Scene::with(exposures, |setup| setup)
    }

    fn with(exposures: &str, setup: impl FnOnce(Setup) -> Setup) -> Scene {
        let folder = project::copy("shop");
        let file = folder.path().join(EXPOSURES);
        std::fs::write(&file, exposures).expect("an exposures file");
        let mut client = setup(Setup::new(folder.path())).start();
        client.open(&file);
        Scene { folder, client }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(EXPOSURES)
    }

    fn text(&self) -> String {
        self.client.text(&self.file()).to_owned()
    }

    /// The place of a word of the file, behind its first letter.
    fn place(&self, word: &str) -> (u32, u32) {
        let text = self.text();
        let found = text.lines().enumerate().find_map(|(number, line)| {
            let column = line.find(word)?;
            Some((number, column + 1))
        });
        let (line, column) = found.unwrap_or_else(|| panic!("no {word:?} in {text}"));
        let number = |it: usize| u32::try_from(it).expect("a small file");
        (number(line), number(column))
    }

    fn at(&self, word: &str) -> Value {
        let (line, character) = self.place(word);
        json!({
            "textDocument": { "uri": uri(&self.file()) },
            "position": { "line": line, "character": character },
        })
    }

    fn titles(&mut self, word: &str) -> String {
        let (file, place) = (self.file(), self.place(word));
        let actions = self.client.actions(&file, place);
        let title = |it: &CodeActionOrCommand| format!("{}\n", action_title(it));
        actions.iter().map(title).collect()
    }

    /// Chooses the action whose title starts so, and applies its edit.
    fn choose(&mut self, word: &str, title: &str) -> WorkspaceEdit {
        let (file, place) = (self.file(), self.place(word));
        let action = self.client.action(&file, place, title);
        let edit = action.edit.expect("an edit");
        self.client.apply(&edit);
        edit
    }

    /// Code and range of each diagnostic.
    fn diagnostics(&mut self) -> String {
        let params = json!({ "textDocument": { "uri": uri(&self.file()) } });
        let report = self.client.call("textDocument/diagnostic", params);
        let report = report.expect("a report");
        let items = report["items"].as_array().expect("a list");
        let line = |it: &Value| {
            let (line, code) = (&it["range"]["start"]["line"], &it["code"]);
            format!(
                "{line} {} {}\n",
                it["severity"],
                code.as_str().expect("a code")
            )
        };
        items.iter().map(line).collect()
    }

    /// File and line of each place of an answer.
    fn places(&mut self, method: &str, params: Value) -> String {
        let answer = self.client.call(method, params).expect("places");
        let places = answer.as_array().expect("a list");
        let line = |it: &Value| {
            let uri = it["uri"].as_str().expect("a URI");
            let start = &it["range"]["start"];
            let name = Path::new(uri).file_name().expect("a name");
            format!(
                "{} {}:{}\n",
                name.display(),
                start["line"],
                start["character"]
            )
        };
        places.iter().map(line).collect()
    }
}

const OPS: &str = "\
version: 2

exposures:
  - name: weekly_ops
    label: \"Weekly Ops\"
    type: dashboard
    owner: {name: Ana}
    depends_on:
      - ref('fct_orders')
      # - ref('fct_returns')
    config:
      meta:
        tableau: {file: tableau/Weekly Ops.twb}
";

#[test]
fn a_lens_says_what_differs_and_an_action_mends_it() {
    let mut scene = Scene::new(OPS);
    let file = scene.file();
    expect![[r#"
        4: Tableau: lacks 2 dependencies
    "#]]
    .assert_eq(&scene.client.lens_text(&file));
    expect![[r#"
        Copy `dbt build --select +exposure:weekly_ops`
        Add fct_returns, fct_sessions to exposure `weekly_ops`
    "#]]
    .assert_eq(&scene.titles("weekly_ops"));
    let before = scene.text();
    scene.choose("weekly_ops", "Add ");
    let added = scene.text();
    expect![[r#"
        version: 2

        exposures:
          - name: weekly_ops
            label: "Weekly Ops"
            type: dashboard
            owner: {name: Ana}
            depends_on:
              - ref('fct_orders')
              # - ref('fct_returns')
              - ref('fct_returns')
              - ref('fct_sessions')
            config:
              meta:
                tableau: {file: tableau/Weekly Ops.twb}
    "#]]
    .assert_eq(&added);
    // Undone and done again, it is the same file.
    scene.client.set_text(&file, &before);
    scene.choose("weekly_ops", "Add ");
    assert_eq!(scene.text(), added);
    scene.client.wait_until("the lens is in step", |client| {
        client.lens_text(&file).contains("in step")
    });
    assert!(!scene.titles("weekly_ops").contains("Add "));
}

#[test]
fn a_hover_shows_what_it_stands_for() {
    let mut scene = Scene::new(OPS);
    let (file, place) = (scene.file(), scene.place("weekly_ops"));
    let (text, _) = scene.client.hover(&file, place).expect("a hover");
    expect![[r#"
        **Weekly Ops** · 3 dashboards  
        `tableau/Weekly Ops.twb`
        - **Both**
        - **Ops Board**
        - **Session Pulse**

        Differs from Tableau:
        - missing in `depends_on`: `fct_returns`, `fct_sessions`

        17 workbook files · found by its file"#]]
    .assert_eq(&text);
}

#[test]
fn a_model_offers_the_ref_that_its_exposure_lacks() {
    let mut scene = Scene::new(OPS);
    let model = scene.folder.path().join("models/marts/fct_returns.sql");
    scene.client.open(&model);
    let actions = scene.client.actions(&model, (0, 0));
    let titles: Vec<String> = actions.iter().map(action_title).collect();
    expect![[r#"
        Write exposure `all_movements` for All Movements
        Write 1 exposure and add fct_returns to 1
        Add fct_returns, fct_sessions to exposure `weekly_ops`
        List Tableau dashboards that use fct_returns"#]]
    .assert_eq(&titles.join("\n"));
}

#[test]
fn diagnostics_come_with_what_mends_them() {
    let broken = "\
version: 2

exposures:
  - name: twice
    type: Dashboard
    owner: {name: Ana}
    depends_on:
      - ref('fct_order')
      - dim_products
  - name: twice
    type: notebook
    owner: {name: Ana}
    depends_on: []
";
    let mut scene = Scene::new(broken);
    expect![[r#"
        3 1 exposure-name-twice
        4 1 exposure-type-unknown
        7 1 exposure-ref-unknown
        8 2 exposure-dependency-bare
        9 1 exposure-name-twice
    "#]]
    .assert_eq(&scene.diagnostics());
    expect![[r#"
        Change to `fct_orders`
        Change to `stg_orders`
        Copy `dbt build --select +exposure:twice`
    "#]]
    .assert_eq(&scene.titles("fct_order'"));
    let edit = scene.choose("fct_order'", "Change to `fct_orders`");
    assert!(edit.document_changes.is_some());
    scene.choose("dim_products", "Change to `ref(");
    scene.choose("Dashboard", "Change to");
    scene.choose("twice", "Rename");
    expect![[r#"
        version: 2

        exposures:
          - name: twice_2
            type: dashboard
            owner: {name: Ana}
            depends_on:
              - ref('fct_orders')
              - ref('dim_products')
          - name: twice
            type: notebook
            owner: {name: Ana}
            depends_on: []
    "#]]
    .assert_eq(&scene.text());
    let file = scene.file();
    scene
        .client
        .wait_until("the lineage has the new text", |client| {
            !client.lens_text(&file).contains("name twice")
        });
    assert_eq!(scene.diagnostics(), "");
}

#[test]
fn models_are_completed_inside_depends_on() {
    let text = OPS.replace("      # - ref('fct_returns')\n", "      - ref('fct_re')\n");
    let mut scene = Scene::new(&text);
    let at = scene.at("fct_re')");
    let mut position = at.clone();
    position["position"]["character"] =
        json!(at["position"]["character"].as_u64().expect("a number") + 5);
    let answer = scene.client.call("textDocument/completion", position);
    let answer = answer.expect("completions");
    let labels: Vec<&str> = answer["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["label"].as_str())
        .collect();
    assert!(labels.contains(&"fct_returns"), "{labels:?}");
}

#[test]
fn a_ref_leads_to_its_model_and_a_model_to_the_exposures_on_it() {
    let mut scene = Scene::new(OPS);
    let at = scene.at("fct_orders");
    expect![[r#"
        fct_orders.sql 0:0
    "#]]
    .assert_eq(&scene.places("textDocument/definition", at));
    let model = scene.folder.path().join(MODEL);
    scene.client.open(&model);
    let params = json!({
        "textDocument": { "uri": uri(&model) }, "position": { "line": 0, "character": 0 },
        "context": { "includeDeclaration": false },
    });
    expect![[r#"
        tableau.yml 8:8
        customer_churn.py 3:17
        rpt_daily_sales.sql 3:8
    "#]]
    .assert_eq(&scene.places("textDocument/references", params));
}

#[test]
fn an_outline_lists_the_exposures() {
    let outline = |scene: &mut Scene| {
        let params = json!({ "textDocument": { "uri": uri(&scene.file()) } });
        let answer = scene.client.call("textDocument/documentSymbol", params);
        answer.expect("symbols")
    };
    let nested = |setup: Setup| {
        let pointer = "/textDocument/documentSymbol";
        setup.capability(
            pointer,
            json!({ "hierarchicalDocumentSymbolSupport": true }),
        )
    };
    let mut scene = Scene::with(OPS, nested);
    let answer = outline(&mut scene);
    assert_eq!(answer[0]["name"], "weekly_ops");
    assert_eq!(answer[0]["children"][0]["name"], "ref('fct_orders')");
    let mut scene = Scene::new(OPS);
    let answer = outline(&mut scene);
    assert_eq!(answer[1]["name"], "ref('fct_orders')");
    assert_eq!(answer[1]["containerName"], "weekly_ops");
}

#[test]
fn the_build_command_is_copied_or_else_said() {
    let command = "dbt build --select +exposure:weekly_ops";
    let run = |scene: &mut Scene| {
        let (file, place) = (scene.file(), scene.place("weekly_ops"));
        let action = scene.client.action(&file, place, "Copy ");
        let run = action.command.expect("a command");
        let argument = run.arguments.expect("arguments").remove(0);
        let done = scene.client.execute(&run.command, argument);
        done.expect("it runs");
    };
    let can = |setup: Setup| {
        setup.capability("/experimental", json!({ "exposureLens": { "copy": true } }))
    };
    let mut scene = Scene::with(OPS, can);
    run(&mut scene);
    scene
        .client
        .expect("exposureLens/copy", |it| it["text"] == command);
    let mut scene = Scene::new(OPS);
    run(&mut scene);
    assert_eq!(scene.client.expect_message(), command);
}

#[test]
fn several_files_are_one_edit_that_is_shown_first() {
    let review = |setup: Setup| {
        let pointer = "/workspace/workspaceEdit/changeAnnotationSupport";
        setup.capability(pointer, json!({ "groupsOnLabel": true }))
    };
    let mut scene = Scene::with("version: 2\n", review);
    let settings = "exposures:\n  path: models/exposures/{workbook}.yml\n";
    let root = scene.folder.path().to_owned();
    std::fs::write(root.join("exposure-lens.yml"), settings).expect("settings");
    let model = root.join(MODEL);
    scene.client.open(&model);
    scene.client.wait_until("the settings are read", |client| {
        let action = client.action(&model, (0, 0), "Write 7 exposures");
        let edit = serde_json::to_value(action.edit).expect("JSON");
        edit["documentChanges"]
            .as_array()
            .is_some_and(|it| it.len() > 2)
    });
    let action = scene.client.action(&model, (0, 0), "Write 7 exposures");
    expect!["Write 7 exposures for all that use fct_orders"].assert_eq(&action.title);
    let edit = action.edit.expect("an edit");
    let annotations = edit.change_annotations.clone().expect("annotations");
    assert!(
        annotations
            .values()
            .all(|it| it.needs_confirmation == Some(true))
    );
    assert!(matches!(
        edit.document_changes,
        Some(DocumentChanges::Operations(_))
    ));
    let changed = scene.client.apply(&edit);
    let names: Vec<String> = changed
        .iter()
        .map(|it| it.file_name().expect("a name").display().to_string())
        .collect();
    expect![[r#"
        all_movements.yml
        basket_explorer.yml
        churn.yml
        executive_summary.yml
        plan_vs_actual.yml
        sales_overview.yml
        weekly_ops.yml"#]]
    .assert_eq(&names.join("\n"));
    for file in &changed {
        let text = std::fs::read_to_string(file).expect("a new file");
        let properties = dbt::Properties::parse(&text).expect("YAML that dbt reads");
        assert_eq!(properties.exposures.len(), 1, "{text}");
    }
}

#[test]
fn a_client_of_commands_alone_is_asked_to_make_the_edit() {
    let setup = |setup: Setup| {
        setup
            .capability("/textDocument/codeAction", json!({}))
            .capability("/workspace/applyEdit", json!(true))
            .answer(
                "workspace/applyEdit",
                Answer::Ok(json!({ "applied": true })),
            )
    };
    let mut scene = Scene::with("version: 2\n", setup);
    let model = scene.folder.path().join(MODEL);
    scene.client.open(&model);
    let actions = scene.client.actions(&model, (0, 0));
    let command = actions.into_iter().find_map(|it| match it {
        CodeActionOrCommand::Command(it) if it.title.starts_with("Write exposure `churn`") => {
            Some(it)
        }
        _ => None,
    });
    let command = command.expect("a command");
    let argument = command.arguments.expect("arguments").remove(0);
    scene
        .client
        .execute(&command.command, argument)
        .expect("it runs");
    let asked = scene.client.expect("workspace/applyEdit", |_| true);
    let edit = asked["edit"]["documentChanges"][0]["edits"][0]["newText"].as_str();
    assert!(edit.expect("a text").contains("name: churn"));
}
