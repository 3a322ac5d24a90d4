//! The little Jinja that stands in `dbt_project.yml`.
//!
//! `env_var()` with its default, and the target's name where the environment
//! states it. Anything that only dbt knows (other `target` fields, `var()`) is
//! an error: no guess is made of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, context};

use super::Env;

/// Longer texts are no paths, and are not rendered.
const MAX_TEMPLATE: usize = 4_096;

/// So many instructions a template may take; a path takes about ten.
const FUEL: u64 = 10_000;

/// So many different variables a template may ask for.
const MAX_VARIABLES: usize = 32;

/// Whether there is any Jinja in a text.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// What Jinja makes of `template`, or why it cannot be said.
///
/// Functions given to minijinja outlive the call, so they cannot hold `env`:
/// they note the variables they lack, which are looked up before the next try.
pub(crate) fn render(template: &str, env: Env<'_>) -> Result<String, String> {
    if !is_template(template) {
        return Ok(template.to_owned());
    }
    if template.len() > MAX_TEMPLATE {
        return Err("it is too long".to_owned());
    }
    let mut known = HashMap::new();
    for _ in 0..MAX_VARIABLES {
        let lacking: Arc<Mutex<Option<String>>> = Arc::default();
        let rendered = render_once(template, &known, &lacking, target_name(env));
        let name = lacking.lock().ok().and_then(|mut name| name.take());
        match name {
            // The name may be another variable's value, which no message shows.
            Some(name) if !template.contains(&name) => {
                return Err("it works out the name of a variable".to_owned());
            }
            Some(name) => {
                let value = env(&name);
                known.insert(name, value);
            }
            None => return rendered.map_err(|err| reason(&err)),
        }
    }
    Err("it asks for too many variables".to_owned())
}

type Known = HashMap<String, Option<String>>;

fn render_once(
    template: &str,
    known: &Known,
    lacking: &Arc<Mutex<Option<String>>>,
    target_name: Option<String>,
) -> Result<String, Error> {
    let mut jinja = Environment::new();
    jinja.set_fuel(Some(FUEL));
    jinja.set_undefined_behavior(UndefinedBehavior::Strict);
    let (known, lacking) = (known.clone(), Arc::clone(lacking));
    jinja.add_function("env_var", move |name: String, default: Option<String>| {
        env_var(name, default, &known, &lacking)
    });
    for filter in ["as_bool", "as_text"] {
        // They choose the type of a value; here all values are texts.
        jinja.add_filter(filter, |value: Value| value);
    }
    let target = target_name.map(|name| context! { name });
    match target {
        Some(target) => jinja.render_str(template, context! { target }),
        None => jinja.render_str(template, ()),
    }
}

/// dbt's `env_var(name, default)`.
fn env_var(
    name: String,
    default: Option<String>,
    known: &Known,
    lacking: &Mutex<Option<String>>,
) -> Result<String, Error> {
    // Like dbt, so that a secret never ends up in a path.
    if name.starts_with("DBT_ENV_SECRET") {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            "secrets are not allowed here",
        ));
    }
    match known.get(&name) {
        Some(value) => value
            .clone()
            .or(default)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("{name} is not set"))),
        None => {
            if let Ok(mut lacking) = lacking.lock() {
                *lacking = Some(name);
            }
            Err(Error::new(ErrorKind::InvalidOperation, "not looked up yet"))
        }
    }
}

/// `target.name`, where the environment and not a profile chooses the target.
fn target_name(env: Env<'_>) -> Option<String> {
    let set = |name| env(name).filter(|value| !value.is_empty());
    set("DBT_ENGINE_TARGET").or_else(|| set("DBT_TARGET"))
}

fn reason(err: &Error) -> String {
    match (err.kind(), err.detail()) {
        (
            ErrorKind::UndefinedError
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownFilter
            | ErrorKind::UnknownMethod,
            _,
        ) => "it uses something that only dbt knows".to_owned(),
        (ErrorKind::OutOfFuel, _) => "it takes too long".to_owned(),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => kind.to_string(),
    }
}
