//! `packages.yml` and `dependencies.yml`: the packages that a project uses.

use crate::yaml::{Value, Yaml};

/// The packages that such a file lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageList {
    /// The paths of those that lie beside the project (`local: ../pkg`), as written. One that
    /// only dbt can render is left out.
    pub local: Vec<String>,
    /// How many dbt installs from elsewhere.
    pub n_installed: usize,
}

impl PackageList {
    /// Reads the text of the file; one that is no YAML lists none.
    pub fn read(text: &str) -> PackageList {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut list = PackageList::default();
        let Ok(yaml) = Yaml::parse(text) else {
            return list;
        };
        let packages = yaml.root().and_then(|it| it.get("packages"));
        for package in packages.into_iter().flat_map(Value::items) {
            match package.get("local") {
                Some(path) => list.local.extend(literal(path)),
                None => list.n_installed += usize::from(package.is_mapping()),
            }
        }
        list
    }
}

fn literal(path: Value<'_>) -> Option<String> {
    let text = path.filled_text()?;
    (!super::jinja::is_template(text)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, local: &[&str], n_installed: usize) {
        let list = PackageList::read(text);
        assert_eq!(list.local, local, "{text}");
        assert_eq!(list.n_installed, n_installed, "{text}");
    }

    #[test]
    fn local_packages_are_found_however_they_are_written() {
        let text = "packages:\n  - package: dbt-labs/dbt_utils\n    version: 1.1.1\n  \
                    - local: ../pkg\n  - local: \"../my pkg\" # ours\n  - {local: ../flow}\n  \
                    -   local:   '../q'\n  - local: ../a b # said\n  # - local: ../gone\n  \
                    - local: \"{{ env_var('X') }}/p\"\n  - local:\n";
        check(
            text,
            &["../pkg", "../my pkg", "../flow", "../q", "../a b"],
            1,
        );
    }

    #[test]
    fn only_in_the_list_of_packages() {
        check("projects:\n- local: ../mesh\n", &[], 0);
        check("local: ../pkg\n", &[], 0);
        check("packages: {local: ../pkg}\n", &[], 0);
    }

    #[test]
    fn a_broken_file_tells_none() {
        check("packages:\n- local: ../pkg\n  - [\n", &[], 0);
        check("", &[], 0);
    }
}
