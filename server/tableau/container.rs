//! From a file's bytes to the XML document in it.
//!
//! Tells a zip container (`.twbx`, `.tdsx`) from a bare document by content,
//! never by extension, finds the one entry that is the workbook or datasource,
//! and unpacks nothing else. What the document says is [`crate::workbook`]'s
//! business.

use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::{Cause, Error};
use crate::limits::Limits;

/// Enough of a file's start to tell what it is.
const SIGNATURE: u64 = 64;
/// Below this size no ratio is suspicious: short repetitive documents pack well.
const RATIO_FREE_BYTES: u64 = 8 << 20;

/// The bytes of the XML document in `file`. Of a container only the directory
/// and the one entry are read: the extracts beside it may be gigabytes.
pub(crate) fn document(mut file: impl Read + Seek, limits: &Limits) -> Result<Vec<u8>, Error> {
    let read = |err: io::Error| Error::ReadFile(Cause::new(err));
    let mut start = Vec::new();
    (&mut file)
        .take(SIGNATURE)
        .read_to_end(&mut start)
        .map_err(read)?;
    if start.is_empty() {
        return Err(Error::Empty);
    }
    let n_bytes = file.seek(SeekFrom::End(0)).map_err(read)?;
    if start.starts_with(b"PK") {
        return unpack(file, n_bytes, limits);
    }
    check_format(&start)?;
    if n_bytes > limits.max_document {
        return Err(document_too_large(limits));
    }
    file.rewind().map_err(read)?;
    let mut document = Vec::new();
    file.take(limits.max_document.saturating_add(1))
        .read_to_end(&mut document)
        .map_err(read)?;
    Ok(document)
}

fn unpack(mut file: impl Read + Seek, n_bytes: u64, limits: &Limits) -> Result<Vec<u8>, Error> {
    let too_many = || Error::TooLarge {
        what: "too many entries",
        limit: limits.max_entries as u64,
    };
    if claimed_entries(&mut file, n_bytes).is_some_and(|n| n > limits.max_entries) {
        return Err(too_many());
    }
    let mut archive = ZipArchive::new(file).map_err(|err| Error::OpenContainer(Cause::new(err)))?;
    if archive.len() > limits.max_entries {
        return Err(too_many());
    }
    let place = find_document(&archive).ok_or(Error::NothingInside)?;
    let name = archive.name_for_index(place).unwrap_or_default().to_owned();
    let failed = |source| match source {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Error::Encrypted(name.clone()),
        source => Error::Unpack {
            entry: name.clone(),
            source: Cause::new(source),
        },
    };
    let entry = archive.by_index(place).map_err(failed)?;
    let packed = entry.compressed_size().min(n_bytes);
    let by_ratio = packed
        .saturating_mul(limits.max_ratio)
        .max(RATIO_FREE_BYTES);
    let most = limits.max_document.min(by_ratio);
    // The header's own claim of a size is not to be trusted, so the stream is cut.
    let mut document = Vec::new();
    entry
        .take(most.saturating_add(1))
        .read_to_end(&mut document)
        .map_err(|err| failed(ZipError::Io(err)))?;
    match document.len() as u64 {
        0 => Err(Error::Empty),
        size if size > limits.max_document => Err(document_too_large(limits)),
        size if size > most => Err(Error::TooLarge {
            what: "it unpacks to many times its size, as a zip bomb does",
            limit: limits.max_ratio,
        }),
        _ => check_format(&document).map(|()| document),
    }
}

fn document_too_large(limits: &Limits) -> Error {
    Error::TooLarge {
        what: "the document is too large",
        limit: limits.max_document,
    }
}

/// The number of entries that the end-of-directory record claims, read before
/// the directory itself so that a huge one is refused without being loaded.
fn claimed_entries(file: &mut (impl Read + Seek), n_bytes: u64) -> Option<usize> {
    const RECORD: u64 = 22;
    let from = n_bytes.saturating_sub(RECORD + u64::from(u16::MAX));
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut tail = Vec::new();
    file.take(RECORD + u64::from(u16::MAX))
        .read_to_end(&mut tail)
        .ok()?;
    let at = tail.windows(4).rposition(|it| it == b"PK\x05\x06")?;
    let count = tail.get(at + 10..at + 12)?;
    Some(usize::from(u16::from_le_bytes([count[0], count[1]])))
}

/// The first workbook, else the first datasource: a `.twbx` may hold both.
fn find_document<R: Read + Seek>(archive: &ZipArchive<R>) -> Option<usize> {
    let find = |extension: &str| {
        let fits = |place: &usize| {
            let name = archive.name_for_index(*place).unwrap_or_default();
            is_document(name, extension)
        };
        // Nearest to the root first: an external cache lies deeper.
        let depth = |place: &usize| {
            archive
                .name_for_index(*place)
                .unwrap_or_default()
                .matches(['/', '\\'])
                .count()
        };
        (0..archive.len()).filter(fits).min_by_key(depth)
    };
    find("twb").or_else(|| find("tds"))
}

fn is_document(name: &str, extension: &str) -> bool {
    // Windows tools write backslashes, macOS adds resource forks named `._x`.
    let mut folders = name.rsplit(['/', '\\']);
    let file = folders.next().unwrap_or_default();
    let has_extension = file
        .rsplit_once('.')
        .is_some_and(|(stem, it)| !stem.is_empty() && it.eq_ignore_ascii_case(extension));
    let ignored = |folder: &str| {
        folder.eq_ignore_ascii_case("TwbxExternalCache") || folder.eq_ignore_ascii_case("__MACOSX")
    };
    has_extension && !file.starts_with("._") && !folders.any(ignored)
}

fn check_format(bytes: &[u8]) -> Result<(), Error> {
    other_format(bytes).map_or(Ok(()), |format| Err(Error::OtherFormat(format)))
}

/// Names a format that is plainly not XML, so that the message can say what it is.
fn other_format(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x89PNG", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"%PDF", "a PDF document"),
        (b"\x1f\x8b", "a gzip file"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
        (b"HyPe", "a Tableau extract (.hyper)"),
        (b"SQLite format 3", "a SQLite database"),
        (
            b"version https://git-lfs",
            "a Git LFS pointer; run `git lfs pull` to get the file itself",
        ),
    ];
    MAGIC
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, name)| *name)
}
