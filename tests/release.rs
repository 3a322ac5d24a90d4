//! What a release is made of: one version, and the same systems wherever they are listed.

use std::collections::BTreeSet;
use std::fs;

use crate::support::project::root;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn read(path: &str) -> String {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.replace("\r\n", "\n")
}

/// Puts Cargo.toml's version where the file has one that is older, and then fails. The
/// version stands in the first line that starts so, once for each start.
#[track_caller]
fn assert_version(path: &str, line_starts: &[&str], line_end: &str) {
    let text = read(path);
    let mut left = line_starts.to_vec();
    let follow = |line: &str| {
        let Some(at) = left.iter().position(|it| line.starts_with(it)) else {
            return line.to_owned();
        };
        format!("{}\"{VERSION}\"{line_end}", left.remove(at))
    };
    let new: Vec<String> = text.split('\n').map(follow).collect();
    let new = new.join("\n");
    assert_eq!(left, <[&str; 0]>::default(), "{path} has these lines");
    if new != text {
        fs::write(root().join(path), new).expect("write a manifest");
        panic!("{path} had another version than Cargo.toml and has been rewritten");
    }
}

#[test]
fn the_extension_of_vs_code_has_the_version_of_the_program() {
    let (top, nested) = ("  \"version\": ", "      \"version\": ");
    assert_version("editors/vscode/package.json", &[top], ",");
    // At the top, and for the package itself.
    assert_version("editors/vscode/package-lock.json", &[top, nested], ",");
}

#[test]
fn the_extension_of_zed_has_it_too() {
    assert_version("editors/zed/extension.toml", &["version = "], "");
}

/// Every word in the text that is Rust's name of a system that programs are released for.
fn triples(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let words = text.split(|c| !is_part(c)).map(|it| it.trim_matches('-'));
    let (starts, ends) = (
        ["x86_64-", "aarch64-"],
        ["-gnu", "-musl", "-darwin", "-msvc"],
    );
    words
        .filter(|it| starts.iter().any(|start| it.starts_with(start)))
        .filter(|it| ends.iter().any(|end| it.ends_with(end)))
        .collect()
}

#[test]
fn every_list_of_systems_is_the_same() {
    let workflow = read(".github/workflows/release.yml");
    let built = triples(&workflow);
    assert_eq!(built.len(), 8, "{built:?}");
    for path in [
        "editors/vscode/scripts/platforms.mjs",
        ".github/deny.toml",
        ".github/release/about.toml",
    ] {
        assert_eq!(triples(&read(path)), built, "{path}");
    }
    // What is unpacked and started before it is shipped.
    let (_, tried) = workflow.split_once("\n  try:\n").expect("the job `try`");
    let (tried, _) = tried.split_once("\n  attest:\n").expect("the job after it");
    assert_eq!(triples(tried), built, "the job `try`");
}

/// The archives hold the README and the licences; the rest of what it links to stays behind.
#[test]
fn the_readme_of_an_archive_links_to_the_repository() {
    let script = read(".github/release/archive");
    assert_eq!(script.matches("(editors|server)/#").count(), 2);
    let readme = read("README.md");
    let links = readme.split("](").skip(1);
    let links: Vec<&str> = links.filter_map(|it| it.split(')').next()).collect();
    assert!(links.len() > 10, "{links:?}");
    let known = ["https://", "#", "editors/", "server/", "LICENSE-"];
    for link in links {
        assert!(known.iter().any(|it| link.starts_with(it)), "{link}");
    }
}

#[test]
fn cargo_binstall_finds_what_the_archives_are_called() {
    let script = read(".github/release/archive");
    assert!(script.contains("name=exposure-lens-v$version-$triple\n"));
    let manifest = read("Cargo.toml");
    let name = "{ name }-v{ version }-{ target }";
    let page = "{ repo }/releases/download/v{ version }";
    for (line, n_times) in [
        (format!("pkg-url = \"{page}/{name}.tar.gz\"\n"), 1),
        (format!("pkg-url = \"{page}/{name}.zip\"\n"), 2),
        (
            format!("bin-dir = \"{name}/{{ bin }}{{ binary-ext }}\"\n"),
            1,
        ),
    ] {
        assert_eq!(manifest.matches(&line).count(), n_times, "{line}");
    }
    for target in triples(&read(".github/workflows/release.yml")) {
        let section = format!("[package.metadata.binstall.overrides.{target}]\n");
        let is_windows = target.contains("windows");
        assert_eq!(manifest.contains(&section), is_windows, "{target}");
    }
}

#[test]
fn the_workflows_are_built_of_actions_at_a_hash() {
    for path in [".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        let text = read(path);
        for line in text.lines().filter(|it| it.contains("uses: ")) {
            let (_, action) = line.split_once("uses: ").expect("just found");
            let hash = action.split_once('@').and_then(|(_, it)| it.get(..40));
            let is_pinned = hash.is_some_and(|it| it.bytes().all(|b| b.is_ascii_hexdigit()))
                && action.contains(" # v");
            assert!(is_pinned || action.starts_with("$/"), "{path}: {line}");
        }
    }
}

/// The manifests whose versions are one.
#[cfg(unix)]
const MANIFESTS: [&str; 5] = [
    "Cargo.toml",
    "Cargo.lock",
    "editors/vscode/package.json",
    "editors/vscode/package-lock.json",
    "editors/zed/extension.toml",
];

/// A tree with the scripts of a release, the manifests, and a changelog for this version.
#[cfg(unix)]
fn tree(changelog_of: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(root().join(".github"), at(".github")).expect("a link");
    for name in ["server", "editors/vscode", "editors/zed"] {
        fs::create_dir_all(at(name)).expect("a folder");
    }
    for name in MANIFESTS {
        fs::write(at(name), read(name)).expect("a manifest");
    }
    let changelog = format!("## {changelog_of} (2026-01-01)\n\n- New\n");
    fs::write(at("server/CHANGELOG.md"), changelog).expect("a changelog");
    folder
}

/// What Bash says on both streams when it runs this in the tree, and whether it went well.
#[cfg(unix)]
fn bash(tree: &tempfile::TempDir, script: &str, env: &[(&str, &str)]) -> (String, bool) {
    let run = std::process::Command::new("bash")
        .args(["-c", script])
        .current_dir(tree.path())
        .envs(env.iter().copied())
        .output()
        .expect("bash");
    let said = [run.stdout, run.stderr].concat();
    let said = String::from_utf8(said).expect("UTF-8");
    (said, run.status.success())
}

#[cfg(unix)]
#[test]
fn a_tag_is_released_where_all_agree_with_it() {
    let check = |tree: &_, tag: &str| bash(tree, &format!(".github/release/check {tag}"), &[]);
    let version = (format!("{VERSION}\n"), true);
    let tag = format!("v{VERSION}");
    assert_eq!(check(&tree(VERSION), &tag), version);
    assert!(!check(&tree("9.9.8"), &tag).1, "no changelog of it");
    for other in ["v9.9.9", &tag[1..], &format!("{tag}-rc.1")] {
        assert!(
            !check(&tree(other.trim_start_matches('v')), other).1,
            "{other}"
        );
    }
    // A rehearsal has no tag, and needs no changelog.
    assert_eq!(check(&tree("9.9.8"), ""), version);
    for name in &MANIFESTS[1..] {
        let tree = tree(VERSION);
        let old = read(name).replace(VERSION, "9.9.9");
        fs::write(tree.path().join(name), old).expect("a manifest");
        for tag in ["", &tag] {
            let (said, is_well) = check(&tree, tag);
            assert!(!is_well && said.contains(name), "{name}: {said}");
        }
    }
}

/// The calls of `gh` that make the draft of 1.2.3 where these releases of it are there
/// already, each an id and whether it is a draft; and whether it was made.
#[cfg(unix)]
fn calls_for_a_draft(older: &str) -> (Vec<String>, bool) {
    let tree = tree("1.2.3");
    let script = r#"
        gh() {
            local all=$*
            echo "${all%% --notes-file*}" >>calls
            if [[ $2 == --paginate ]]; then printf '%s' "$OLDER"; fi
        }
        export -f gh
        .github/release/draft 1.2.3 a.zip"#;
    let env = [("OLDER", older), ("GITHUB_REPOSITORY", "owner/name")];
    let (_, is_made) = bash(&tree, script, &env);
    let calls = fs::read_to_string(tree.path().join("calls")).expect("calls");
    // The first asks which releases there are.
    let calls = calls.lines().skip(1).map(str::to_owned).collect();
    (calls, is_made)
}

#[cfg(unix)]
#[test]
fn a_draft_takes_the_place_of_older_ones_and_never_of_a_release() {
    let (delete, create) = (
        "api --method DELETE repos/owner/name/releases/",
        "release create v1.2.3 --draft --verify-tag --title v1.2.3",
    );
    let calls = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(calls_for_a_draft(""), (calls(&[create]), true));
    let (first, second) = (format!("{delete}5"), format!("{delete}8"));
    assert_eq!(
        calls_for_a_draft("5 true\n8 true\n"),
        (calls(&[&first, &second, create]), true)
    );
    assert_eq!(calls_for_a_draft("5 true\n8 false\n"), (vec![], false));
}

#[test]
fn what_tests_expect_outlives_the_version() {
    // With each, the next version would make it wrong.
    let names = ["exposure-lens ", "exposure-lens/"].map(|it| it.to_owned() + VERSION);
    let sources = [
        "server",
        "tests",
        "editors/vscode/tests",
        "editors/nvim/tests",
    ]
    .into_iter()
    .flat_map(|it| ignore::Walk::new(root().join(it)).flatten());
    let stale: Vec<_> = sources
        .filter(|it| {
            let text = fs::read_to_string(it.path()).unwrap_or_default();
            names.iter().any(|name| text.contains(name))
        })
        .map(|it| it.into_path())
        .collect();
    assert_eq!(stale, <[std::path::PathBuf; 0]>::default());
}
