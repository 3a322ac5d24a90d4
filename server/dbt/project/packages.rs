//! `packages.yml`: the packages that a project reads where they lie.

use crate::yaml::{Value, Yaml};

/// The paths of `- local: ../pkg` in a `packages.yml` or `dependencies.yml`, as written. One
/// that only dbt can render is left out; a file that is no YAML tells none.
pub fn local_packages(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Ok(yaml) = Yaml::parse(text) else {
        return Vec::new();
    };
    let packages = yaml.root().and_then(|it| it.get("packages"));
    let packages = packages.into_iter().flat_map(Value::items);
    let paths = packages.filter_map(|it| it.get("local")?.filled_text());
    let paths = paths.filter(|it| !super::jinja::is_template(it));
    paths.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(local_packages(text), expected, "{text}");
    }

    #[test]
    fn local_packages_are_found_however_they_are_written() {
        let text = "packages:\n  - package: dbt-labs/dbt_utils\n    version: 1.1.1\n  \
                    - local: ../pkg\n  - local: \"../my pkg\" # ours\n  - {local: ../flow}\n  \
                    -   local:   '../q'\n  - local: ../a b # said\n  # - local: ../gone\n  \
                    - local: \"{{ env_var('X') }}/p\"\n  - local:\n";
        check(text, &["../pkg", "../my pkg", "../flow", "../q", "../a b"]);
    }

    #[test]
    fn only_in_the_list_of_packages() {
        check("projects:\n- local: ../mesh\n", &[]);
        check("local: ../pkg\n", &[]);
        check("packages: {local: ../pkg}\n", &[]);
    }

    #[test]
    fn a_broken_file_tells_none() {
        check("packages:\n- local: ../pkg\n  - [\n", &[]);
        check("", &[]);
    }
}
