//! The team snapshot: Tableau's content for those who have no account there.
//!
//! [`read`](SnapshotState::read) blocks on the disk and contacts nothing: a snapshot
//! with an address is read from the cache folder, where [`refresh`] puts it. A host
//! that only the team's file names is contacted after the user has said yes once.

mod make;
mod refresh;
mod validators;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lineage::{
    Content, ContentKind, Gap, GapCode, NamedBy, Production, Relation, UniqueId, Warehouse,
};
use tableau::EnvelopeError;
use tableau::snapshot::{RelationRecord, Snapshot};
use url::Url;

pub use self::make::{Made, make};
pub use self::refresh::{Fetched, refresh};
pub use self::validators::Validators;
use crate::config::{SnapshotPlace, SnapshotSetting};
use crate::disk;
use crate::workspace::Problem;
use crate::workspace::content::fingerprint;
use crate::workspace::sites::folder::folder_of;

/// A longer file is none of ours.
const MAX_SNAPSHOT: u64 = 256 << 20;

/// What a snapshot says, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct ReadSnapshot {
    /// The dbt project that it was made beside.
    pub project: String,
    /// When it was made.
    pub generated_at: Option<Timestamp>,
    /// What is in it, one content for each site.
    pub contents: Vec<Content>,
    /// What production calls each node.
    pub production: Arc<Production>,
}

/// The snapshot of the settings, and what keeps it from being all or new.
#[derive(Clone, Debug)]
pub struct SnapshotState {
    /// Where it is, for people: without the query of an address.
    pub place: String,
    /// The host that it comes from.
    pub host: Option<String>,
    /// Whether that host may be contacted; a file needs none.
    pub trusted: bool,
    /// What was read, the last good one.
    pub snapshot: Option<Arc<ReadSnapshot>>,
    /// How the last tries to fetch it went.
    pub validators: Validators,
    /// Why it could not be read, in one line.
    pub unreadable: Option<String>,
    /// The files that were looked at.
    pub paths: Vec<PathBuf>,
}

/// The snapshot that was read last, so that it is read again only when it has changed.
#[derive(Debug, Default)]
pub struct Memory {
    known: Option<Known>,
}

#[derive(Debug)]
struct Known {
    path: PathBuf,
    seen: u64,
    public_url: Option<String>,
    read: Result<Option<Arc<ReadSnapshot>>, String>,
}

/// What a snapshot is looked for with.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The project's root.
    pub root: &'a Path,
    /// The cache folder, where there is one.
    pub cache: Option<&'a Path>,
    /// Where people's browsers reach a Server.
    pub public_url: Option<&'a str>,
    /// Whether a host may be contacted for it.
    pub is_trusted: &'a dyn Fn(&str) -> bool,
}

impl SnapshotState {
    /// Reads the snapshot from the disk. Blocks; contacts nothing.
    pub fn read(setting: &SnapshotSetting, place: Place<'_>, memory: &mut Memory) -> SnapshotState {
        match &setting.place {
            SnapshotPlace::File(path) => of_file(setting, path, place, memory),
            SnapshotPlace::Url(url) => of_address(url, place, memory),
        }
    }

    /// Whether background work is to ask for it again.
    pub fn is_due(&self, now: Timestamp, max_age: SignedDuration) -> bool {
        self.host.is_some() && self.trusted && self.validators.is_due(now, max_age)
    }

    /// What keeps it from being all, or from being new.
    pub fn gap(&self, now: Timestamp) -> Option<Gap> {
        let message = self.trouble(now)?;
        Some(Gap {
            code: GapCode::SnapshotUnavailable,
            message: ide::plain_message(&message),
            about: None,
            warehouse: Warehouse::Generic,
        })
    }

    /// The same as something that a user can act on.
    pub fn problem(&self, now: Timestamp) -> Option<Problem> {
        let gap = self.gap(now)?;
        Some(Problem {
            code: gap.code.as_str(),
            message: gap.message,
        })
    }

    /// Its contents with what is missing from them.
    pub fn to_contents(&self, now: Timestamp) -> Vec<Content> {
        let read = self.snapshot.as_ref();
        let mut contents = read.map_or_else(Vec::new, |it| it.contents.clone());
        let gap = self.gap(now);
        if contents.is_empty() {
            contents.push(Content {
                kind: ContentKind::Snapshot,
                name: "team snapshot".to_owned(),
                host: None,
                ..Content::default()
            });
        }
        contents[0].gaps.extend(gap);
        contents
    }

    fn trouble(&self, now: Timestamp) -> Option<String> {
        let place = &self.place;
        let old = match self.snapshot.as_ref().and_then(|it| it.generated_at) {
            Some(at) => format!("; what is known is from the one made {}", ide::ago(now, at)),
            None => String::new(),
        };
        if let Some(reason) = &self.unreadable {
            return Some(format!(
                "cannot read the team snapshot {place}: {reason}{old}"
            ));
        }
        let host = self.host.as_ref()?;
        if !self.trusted {
            return Some(format!(
                "the team snapshot is on {host}, which only the repository names: if you know \
                 {host}, run `exposure-lens pull` and say yes{old}"
            ));
        }
        match &self.validators.failure {
            Some(failure) => Some(format!(
                "the last try to fetch the team snapshot failed {}: {}{old}",
                ide::ago(now, failure.at),
                failure.said()
            )),
            None if self.snapshot.is_none() => Some(
                "the team snapshot has not been fetched yet: run `exposure-lens pull`".to_owned(),
            ),
            None => None,
        }
    }
}

fn of_file(
    setting: &SnapshotSetting,
    path: &str,
    place: Place<'_>,
    memory: &mut Memory,
) -> SnapshotState {
    let (read, paths) = match setting.file(place.root) {
        Some(Ok(file)) => {
            let read = memory.read(&file, place.public_url);
            let missing = || "there is no such file".to_owned();
            (read.and_then(|it| it.ok_or_else(missing)), vec![file])
        }
        Some(Err(reason)) => (Err(reason), Vec::new()),
        None => (Err("it is no file".to_owned()), Vec::new()),
    };
    SnapshotState {
        place: path.to_owned(),
        host: None,
        trusted: true,
        unreadable: read.as_ref().err().cloned(),
        snapshot: read.ok(),
        validators: Validators::default(),
        paths,
    }
}

fn of_address(url: &str, place: Place<'_>, memory: &mut Memory) -> SnapshotState {
    let host = host_of(url);
    let trusted = host.as_deref().is_some_and(place.is_trusted);
    let shelf = place.cache.map(|cache| Shelf::of(cache, url));
    let read = match &shelf {
        Some(shelf) => memory.read(&shelf.content(), place.public_url),
        None => Err("there is no cache folder: name one with EXPOSURE_LENS_CACHE_DIR".to_owned()),
    };
    let validators = shelf.as_ref().map(|it| Validators::read(&it.validators()));
    let paths = shelf.iter().flat_map(|it| [it.content(), it.validators()]);
    SnapshotState {
        place: without_query(url),
        host,
        trusted,
        unreadable: read.as_ref().err().cloned(),
        snapshot: read.ok().flatten(),
        validators: validators.unwrap_or_default(),
        paths: paths.collect(),
    }
}

impl Memory {
    /// The snapshot in a file; `Ok(None)` where there is no file.
    fn read(
        &mut self,
        path: &Path,
        public_url: Option<&str>,
    ) -> Result<Option<Arc<ReadSnapshot>>, String> {
        let seen = fingerprint(&[path.to_owned()]);
        let is_same = |it: &&Known| {
            it.path == path && it.seen == seen && it.public_url.as_deref() == public_url
        };
        if let Some(known) = self.known.as_ref().filter(is_same) {
            return known.read.clone();
        }
        let read = read_file(path, public_url);
        self.known = Some(Known {
            path: path.to_owned(),
            seen,
            public_url: public_url.map(str::to_owned),
            read: read.clone(),
        });
        read
    }
}

fn read_file(path: &Path, public_url: Option<&str>) -> Result<Option<Arc<ReadSnapshot>>, String> {
    let bytes = match disk::read(path, MAX_SNAPSHOT) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let snapshot = tableau::snapshot::decode(&bytes).map_err(|it| in_words(&it))?;
    Ok(Some(Arc::new(lowered(&snapshot, public_url))))
}

fn in_words(error: &EnvelopeError) -> String {
    let hint = match error {
        EnvelopeError::OtherVersion { found, known } if found > known => {
            ": a newer exposure-lens wrote it"
        }
        EnvelopeError::OtherVersion { .. } => ": write it anew with `exposure-lens pull --output`",
        _ => "",
    };
    let said = error.to_string();
    format!("{}{hint}", said.trim_start_matches("cannot read it: "))
}

fn lowered(snapshot: &Snapshot, public_url: Option<&str>) -> ReadSnapshot {
    let contents = snapshot.sites.iter().map(|records| Content {
        kind: ContentKind::Snapshot,
        ..tableau::lower(records, public_url)
    });
    let relations = snapshot.relations.iter();
    let production = relations.map(|(id, it)| (UniqueId::new(id), relation(it), NamedBy::Snapshot));
    ReadSnapshot {
        project: snapshot.project.clone(),
        generated_at: snapshot.generated_at,
        contents: contents.collect(),
        production: Arc::new(production.collect()),
    }
}

/// Records hold names as the warehouse stores them.
fn relation(record: &RelationRecord) -> Relation {
    let part = |it: &Option<String>| it.clone().unwrap_or_default();
    Relation::stored(
        &part(&record.database),
        &part(&record.schema),
        &record.identifier,
    )
}

/// The folder of one snapshot in the cache.
#[derive(Clone, Debug)]
struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    fn of(cache: &Path, url: &str) -> Shelf {
        // The readable part must not hold a query, which may be a secret; the hash of
        // the whole tells two addresses apart.
        let shown = host_of(url).unwrap_or_default();
        let hashed = folder_of(cache, "snapshots", url);
        let name = hashed.file_name().unwrap_or_default().to_string_lossy();
        let hash = name.rsplit('-').next().unwrap_or_default();
        let folder = format!("{}-{hash}", shown.replace([':', '[', ']'], "_"));
        Shelf {
            folder: cache.join("snapshots").join(folder),
        }
    }

    fn content(&self) -> PathBuf {
        self.folder.join("content")
    }

    fn validators(&self) -> PathBuf {
        self.folder.join("validators.json")
    }

    fn lock(&self) -> PathBuf {
        self.folder.join("lock")
    }
}

/// `host[:port]` of an address.
pub fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// An address for people to read. A query may hold a signature that opens the file.
fn without_query(url: &str) -> String {
    match url.split_once('?') {
        Some((start, _)) => format!("{start}?…"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests;
