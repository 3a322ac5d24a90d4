//! What lies around kept content: a mark, a version, a checksum, compression.
//!
//! Bytes from a disk or a web server may be damaged, cut, hostile or of a later
//! program. Whatever they are, opening them ends with a value or with an
//! [`EnvelopeError`], within a bound of memory.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::error::Cause;

/// Inflated, nothing of ours is larger: a site of 20,000 workbooks takes a third.
const MAX_INFLATED: u64 = 512 << 20;

const CHECKSUM: usize = 32;

/// A kind of kept content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// What its bytes begin with.
    pub(crate) magic: &'static [u8; 8],
    /// The version that is written, and the only one that is read.
    pub(crate) version: u16,
}

/// Why kept content cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The bytes are something else.
    #[error("cannot read it: this is not what exposure-lens writes")]
    OtherFormat,
    /// It was written by another version of the program.
    #[error("cannot read it: its format is version {found}, this program reads {known}")]
    OtherVersion {
        /// The version it has.
        found: u16,
        /// The version that is known here.
        known: u16,
    },
    /// Some of it is missing or changed.
    #[error("cannot read it: it is damaged")]
    Damaged,
    /// It unpacks to more than anything real.
    #[error("cannot read it safely: it unpacks to more than {limit} bytes")]
    TooLarge {
        /// The limit in force.
        limit: u64,
    },
    /// What is inside has another shape than its version says.
    #[error("cannot read what is inside it")]
    Inside(#[source] Cause),
}

/// Packs `value`.
pub(crate) fn seal(kind: Kind, value: &impl Serialize) -> Result<Vec<u8>, EnvelopeError> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let json = serde_json::to_vec(value).map_err(inside)?;
    packed.write_all(&json).map_err(inside)?;
    let packed = packed.finish().map_err(inside)?;
    let mut sealed = Vec::with_capacity(packed.len() + CHECKSUM + 10);
    sealed.extend_from_slice(kind.magic);
    sealed.extend_from_slice(&kind.version.to_be_bytes());
    sealed.extend_from_slice(&Sha256::digest(&packed));
    sealed.extend_from_slice(&packed);
    Ok(sealed)
}

/// Unpacks a value.
pub(crate) fn open<T: DeserializeOwned>(kind: Kind, sealed: &[u8]) -> Result<T, EnvelopeError> {
    let json = opened(kind, sealed, MAX_INFLATED)?;
    serde_json::from_slice(&json).map_err(inside)
}

/// The JSON in an envelope, at most `limit` bytes of it.
pub(crate) fn opened(kind: Kind, sealed: &[u8], limit: u64) -> Result<Vec<u8>, EnvelopeError> {
    let rest = sealed
        .strip_prefix(kind.magic)
        .ok_or(EnvelopeError::OtherFormat)?;
    let (version, rest) = rest.split_first_chunk().ok_or(EnvelopeError::Damaged)?;
    let found = u16::from_be_bytes(*version);
    if found != kind.version {
        let known = kind.version;
        return Err(EnvelopeError::OtherVersion { found, known });
    }
    let (checksum, packed) = rest
        .split_first_chunk::<CHECKSUM>()
        .ok_or(EnvelopeError::Damaged)?;
    if *checksum != *Sha256::digest(packed) {
        return Err(EnvelopeError::Damaged);
    }
    let mut json = Vec::new();
    ZlibDecoder::new(packed)
        .take(limit.saturating_add(1))
        .read_to_end(&mut json)
        .map_err(|_| EnvelopeError::Damaged)?;
    match json.len() as u64 > limit {
        true => Err(EnvelopeError::TooLarge { limit }),
        false => Ok(json),
    }
}

fn inside(err: impl std::fmt::Display) -> EnvelopeError {
    EnvelopeError::Inside(Cause::new(err))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind {
        magic: b"EXLTEST\n",
        version: 3,
    };

    fn sealed() -> Vec<u8> {
        seal(KIND, &vec!["orders".to_owned(); 1000]).unwrap()
    }

    /// What opening the bytes, after `change`, ends with.
    #[track_caller]
    fn check(change: impl FnOnce(&mut Vec<u8>), expected: &str) {
        let mut bytes = sealed();
        change(&mut bytes);
        let opened = open::<Vec<String>>(KIND, &bytes);
        let shown = opened.map_or_else(|err| err.to_string(), |it| it.len().to_string());
        assert_eq!(shown, expected);
    }

    #[test]
    fn gives_back_what_was_packed() {
        check(|_| {}, "1000");
    }

    #[test]
    fn tells_what_is_wrong_with_other_bytes() {
        let other = "cannot read it: this is not what exposure-lens writes";
        let damaged = "cannot read it: it is damaged";
        check(Vec::clear, other);
        check(|it| it.truncate(7), other);
        check(|it| it.truncate(8), damaged);
        check(|it| it.truncate(30), damaged);
        check(|it| it.truncate(it.len() - 1), damaged);
        check(|it| *it.last_mut().unwrap() ^= 1, damaged);
        check(|it| it[20] ^= 1, damaged);
        check(
            |it| it[9] = 4,
            "cannot read it: its format is version 4, this program reads 3",
        );
        check(
            |it| *it = seal(KIND, &"text").unwrap(),
            "cannot read what is inside it",
        );
    }

    #[test]
    fn unpacks_no_more_than_the_limit() {
        let small = opened(KIND, &sealed(), 100);
        assert!(matches!(small, Err(EnvelopeError::TooLarge { limit: 100 })));
    }
}
