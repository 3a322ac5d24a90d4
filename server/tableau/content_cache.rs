//! A site's records as bytes, for the cache folder.
//!
//! Where they lie, and how they are written in one step, is the program's business;
//! here is only their format. Records hold nothing secret, so neither does this.

use crate::envelope::{self, EnvelopeError, Kind};
use crate::records::Records;

const KIND: Kind = Kind {
    magic: b"EXLSITE\n",
    version: 1,
};

/// Packs a site's records.
pub fn encode(records: &Records) -> Result<Vec<u8>, EnvelopeError> {
    envelope::seal(KIND, records)
}

/// Unpacks a site's records. Damaged or unknown bytes are an error; the site is then
/// read anew.
pub fn decode(bytes: &[u8]) -> Result<Records, EnvelopeError> {
    envelope::open(KIND, bytes)
}
