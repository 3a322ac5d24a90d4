//! Files that are made from the code. A stale one is rewritten and the test fails once.

use std::fs;
use std::path::Path;

use exposure_lens::config::table::{KEYS, Scope};
use serde_json::{Map, Value, json};

use crate::support::project::root;

/// Writes `text` to `path` where it differs, and then fails: look at the diff, commit it.
#[track_caller]
fn assert_current(path: &Path, text: &str) {
    let found = fs::read_to_string(path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if found != text {
        fs::write(path, text).expect("write a generated file");
        panic!("{} was stale and has been rewritten", path.display());
    }
}

#[test]
fn the_settings_of_vs_code_are_the_servers() {
    let path = root().join("editors/vscode/package.json");
    let text = fs::read_to_string(&path)
        .expect("package.json")
        .replace("\r\n", "\n");
    let title = "\"title\": \"Exposure Lens: dbt, Tableau and lenses\",";
    let (before, rest) = text
        .split_once(title)
        .expect("the server's block of settings");
    let (gap, rest) = rest
        .split_once("\"properties\": {")
        .expect("its properties");
    let indent = "        ";
    let end = format!("\n{indent}}}");
    let (_, after) = rest.split_once(&end).expect("their end");
    // What only the user's own file may say is refused from here.
    let keys = KEYS.iter().filter(|key| key.scope == Scope::Anyone);
    let properties: Vec<String> = keys
        .map(|key| {
            let schema = serde_json::to_string_pretty(&in_vscode(key.schema())).expect("JSON");
            let schema = schema.replace('\n', &format!("\n{indent}  "));
            format!("\n{indent}  \"exposureLens.{}\": {schema}", key.name)
        })
        .collect();
    let new = format!(
        "{before}{title}{gap}\"properties\": {{{}{end}{after}",
        properties.join(",")
    );
    assert_current(&path, &new);
}

/// VS Code draws code as such in `markdownDescription` alone.
fn in_vscode(mut schema: Value) -> Value {
    let fields = schema.as_object_mut().expect("an object");
    if fields["description"]
        .as_str()
        .is_some_and(|it| it.contains('`'))
    {
        let text = fields.remove("description").expect("it is there");
        fields.insert("markdownDescription".to_owned(), text);
    }
    schema
}

#[test]
fn readme_and_docs_list_every_setting() {
    let mut table = "| setting | default | what it does |\n|---|---|---|\n".to_owned();
    for key in KEYS {
        table.push_str(&format!(
            "| `{}` | `{}` | {} |\n",
            key.name, key.default, key.doc
        ));
    }
    for file in ["README.md", "server/docs/settings.md"] {
        assert_section_current(&root().join(file), "settings", &table);
    }
}

/// What stands between `<!-- name -->` and `<!-- /name -->`.
#[track_caller]
pub(crate) fn assert_section_current(path: &Path, name: &str, section: &str) {
    let text = fs::read_to_string(path)
        .expect("a page")
        .replace("\r\n", "\n");
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&start).expect("where the section starts");
    let (_, after) = rest.split_once(&end).expect("where it ends");
    assert_current(path, &format!("{before}{start}{section}{end}{after}"));
}

#[test]
fn the_schema_of_the_settings_file_is_current() {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "exposure-lens.yml",
        "type": "object",
        "additionalProperties": false,
        "properties": {},
    });
    for key in KEYS {
        let mut at = &mut schema;
        let parts: Vec<&str> = key.name.split('.').collect();
        let (last, groups) = parts.split_last().expect("a name");
        for group in groups {
            let properties = at["properties"].as_object_mut().expect("an object");
            at = properties.entry(*group).or_insert_with(|| {
                json!({"type": "object", "additionalProperties": false, "properties": Map::new()})
            });
        }
        at["properties"][*last] = key.schema();
    }
    let text = serde_json::to_string_pretty(&schema).expect("JSON");
    assert_current(
        &root().join("editors/exposure-lens.schema.json"),
        &format!("{text}\n"),
    );
}

#[test]
fn every_setting_of_the_contract_has_a_schema() {
    for key in KEYS {
        assert!(key.schema()["description"].is_string(), "{}", key.name);
        assert_ne!(key.schema()["type"], Value::Null, "{}", key.name);
    }
}
