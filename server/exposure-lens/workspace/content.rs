//! Tableau's content from the workbook and datasource files beside a project.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use lineage::{Content, ContentKind, Gap, GapCode, Warehouse};
use tableau::{FileReading, TableauFile};

use crate::config::Settings;
use crate::disk;
use crate::workspace::project::ProjectFiles;
use crate::workspace::{Problem, parallel};

/// What was read of a file, and what the file looked like then.
type Known = (Stamp, Result<FileReading, String>);

/// Enough of a file's metadata to tell whether to read it again. Only whether: what
/// has changed is judged by content. Of what cannot be looked at nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    length: Option<u64>,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> Stamp {
        std::fs::metadata(path).map_or_else(
            |_| Stamp::default(),
            |metadata| Stamp {
                length: Some(metadata.len()),
                modified: metadata.modified().ok(),
            },
        )
    }
}

/// Files that were read before, so that only changed ones are read again.
#[derive(Debug, Default)]
pub struct FileCache {
    known: HashMap<PathBuf, Known>,
}

impl FileCache {
    /// What the files looked like when they were read; equal to [`fingerprint`] of
    /// their paths while none has changed.
    pub fn fingerprint(&self) -> u64 {
        let mut paths: Vec<&PathBuf> = self.known.keys().collect();
        paths.sort();
        hash(
            paths
                .into_iter()
                .filter_map(|path| Some((path, self.known.get(path)?.0))),
        )
    }
}

/// What files or folders look like now, by length and time: another number means
/// another look is due.
pub fn fingerprint(paths: &[PathBuf]) -> u64 {
    hash(paths.iter().map(|path| (path, Stamp::of(path))))
}

fn hash<'a>(stamps: impl Iterator<Item = (&'a PathBuf, Stamp)>) -> u64 {
    let mut hasher = DefaultHasher::new();
    stamps.for_each(|it| it.hash(&mut hasher));
    hasher.finish()
}

/// What the files hold, and what could not be read.
#[derive(Clone, Debug)]
pub struct Files {
    /// The content of all files that could be read.
    pub content: Content,
    /// What went wrong, one line each.
    pub problems: Vec<Problem>,
    /// The files that were found, sorted.
    pub paths: Vec<PathBuf>,
    /// The folders that were looked through.
    pub folders: Vec<PathBuf>,
}

/// Finds and reads the Tableau files of a project.
pub fn read_files(project: &ProjectFiles, settings: &Settings, cache: &mut FileCache) -> Files {
    let found = disk::tableau_files(&project.root, &settings.tableau_files(), &skipped(project));
    let mut files = Files {
        content: Content {
            kind: ContentKind::Files,
            name: "workbook files".to_owned(),
            ..Content::default()
        },
        problems: Vec::new(),
        paths: found.files,
        folders: found.folders,
    };
    for link in &found.links_out {
        files.problems.push(link_out(project, link));
    }
    for it in &found.unseen {
        let folder = format!("{}/", disk::relative(&project.root, &it.path));
        files.add_unread(folder, &it.reason);
    }
    read_changed(project, &files.paths, cache);
    for path in &files.paths.clone() {
        match cache.known.get(path) {
            Some((_, Ok(reading))) => files.add(reading),
            Some((_, Err(reason))) => {
                files.add_unread(disk::relative(&project.root, path), reason);
            }
            None => {}
        }
    }
    files
}

/// Folders that hold nothing of Tableau's and many files: dbt's own.
pub fn skipped(project: &ProjectFiles) -> Vec<PathBuf> {
    let packages = project.root.join(&project.dbt.packages_install_path);
    [project.target.clone(), packages]
        .into_iter()
        // With `target-path: .` it is the project itself.
        .filter(|it| !project.root.starts_with(it))
        .collect()
}

fn link_out(project: &ProjectFiles, link: &Path) -> Problem {
    Problem {
        code: "linked_folder",
        message: format!(
            "{} leads out of the repository and is not looked through",
            ide::plain(&disk::relative(&project.root, link))
        ),
    }
}

impl Files {
    fn add(&mut self, reading: &FileReading) {
        let content = &mut self.content;
        content.gaps.extend(reading.gaps.iter().cloned());
        match &reading.file {
            TableauFile::Workbook(workbook) => content.workbooks.push(workbook.clone()),
            TableauFile::Datasource(datasource) => content.datasources.push(datasource.clone()),
        }
    }

    /// A file, or a folder of them, whose content is not known.
    fn add_unread(&mut self, name: String, reason: &str) {
        let message = format!("{}: {reason}", ide::plain(&name));
        self.problems.push(Problem {
            code: GapCode::FileUnreadable.as_str(),
            message: message.clone(),
        });
        self.content.gaps.push(Gap {
            code: GapCode::FileUnreadable,
            message,
            about: Some(name),
            warehouse: Warehouse::Generic,
        });
    }
}

/// Reads what is new or looks changed, on as many threads as there are cores.
fn read_changed(project: &ProjectFiles, paths: &[PathBuf], cache: &mut FileCache) {
    cache
        .known
        .retain(|path, _| paths.binary_search(path).is_ok());
    let changed: Vec<(&PathBuf, Stamp)> = paths
        .iter()
        .filter_map(|path| {
            let stamp = Stamp::of(path);
            let same = cache
                .known
                .get(path)
                .is_some_and(|(known, _)| *known == stamp);
            (!same).then_some((path, stamp))
        })
        .collect();
    let read = parallel::map(&changed, |(path, stamp)| {
        let reading = read_one(&disk::relative(&project.root, path), path);
        ((*path).clone(), (*stamp, reading))
    });
    cache.known.extend(read);
}

/// Reads one Tableau file; `shown` is the path that answers name it by.
pub fn read_one(shown: &str, path: &Path) -> Result<FileReading, String> {
    let file = disk::open(path).map_err(|error| format!("cannot read: {error}"))?;
    tableau::read_from(BufReader::new(file), shown, &tableau::Limits::default())
        .map_err(|error| format!("{:#}", anyhow::Error::new(error)))
}
