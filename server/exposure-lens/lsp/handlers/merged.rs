//! Answers about a document that several projects read: one of all, each named.
//!
//! Where one project answers, nothing is named. Where several give the same answer, it is
//! given once with all their names.

use super::super::session::Snapshot;

/// What one project answers.
pub(super) struct Answer<T> {
    /// The project, where more than one answers.
    pub(super) name: Option<String>,
    /// The document in that project.
    pub(super) at: Snapshot,
    /// The answer.
    pub(super) found: T,
}

/// What each project of a document answers; those that have no answer are left out.
pub(super) fn answers<T>(at: &Snapshot, ask: impl Fn(&Snapshot) -> Option<T>) -> Vec<Answer<T>> {
    let each = at.in_each().into_iter();
    let mut all: Vec<Answer<T>> = each
        .filter_map(|at| {
            let found = ask(&at)?;
            let name = None;
            Some(Answer { name, at, found })
        })
        .collect();
    if all.len() > 1 {
        for it in &mut all {
            it.name = Some(name_of(&it.at));
        }
    }
    all
}

/// The lists of all projects as one, each thing once.
pub(super) fn list<T: PartialEq>(at: &Snapshot, ask: impl Fn(&Snapshot) -> Vec<T>) -> Vec<T> {
    let mut all = Vec::new();
    for it in at.in_each().iter().flat_map(ask) {
        if !all.contains(&it) {
            all.push(it);
        }
    }
    all
}

/// Equal things made one, with the names of those who said them.
pub(super) fn once<T: PartialEq>(
    all: impl IntoIterator<Item = (Option<String>, T)>,
) -> Vec<(Vec<String>, T)> {
    let mut each: Vec<(Vec<String>, T)> = Vec::new();
    for (name, it) in all {
        match each.iter_mut().find(|(_, known)| *known == it) {
            Some((names, _)) => names.extend(name),
            None => each.push((name.into_iter().collect(), it)),
        }
    }
    each
}

/// A title with the projects that it is about: `Tableau (core): 3 dashboards`.
pub(super) fn titled(names: &[String], title: &str) -> String {
    if names.is_empty() {
        return title.to_owned();
    }
    let names = names.join(", ");
    match title.strip_prefix("Tableau: ") {
        Some(rest) => format!("Tableau ({names}): {rest}"),
        None => format!("{title} ({names})"),
    }
}

/// A Markdown text with the projects that it is about above it.
pub(super) fn headed(names: &[String], markdown: &str) -> String {
    if names.is_empty() {
        return markdown.to_owned();
    }
    let names: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
    format!("In {}:\n\n{markdown}", names.join(", "))
}

/// What people call the project; its folder where it has no name.
fn name_of(at: &Snapshot) -> String {
    let name = at.project.view.files.dbt.name.clone();
    let folder = || {
        at.project
            .root
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
    };
    let name = Some(name).filter(|it| !it.is_empty());
    let name = name.unwrap_or_else(|| folder().into_owned());
    ide::plain(&name).replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_named_where_several_answer() {
        let title = |names: &[&str], title: &str| {
            let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
            titled(&names, title)
        };
        assert_eq!(title(&[], "Tableau: 1 dashboard"), "Tableau: 1 dashboard");
        assert_eq!(
            title(&["core", "dex"], "Tableau: 1 dashboard"),
            "Tableau (core, dex): 1 dashboard"
        );
        assert_eq!(title(&["core"], "Copy command"), "Copy command (core)");
    }

    #[test]
    fn what_several_say_is_said_once() {
        let name = |it: &str| Some(it.to_owned());
        let said = once([(name("a"), 1), (name("b"), 2), (name("c"), 1)]);
        let names = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(said, [(names(&["a", "c"]), 1), (names(&["b"]), 2)]);
        assert_eq!(once([(None, 1)]), [(Vec::new(), 1)]);
    }
}
