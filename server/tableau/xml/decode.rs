//! From a document's bytes to text, in the encoding that it declares.

use std::borrow::Cow;

use quick_xml::encoding::{DetectedEncoding, detect_encoding};
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::error::Error;

/// An XML declaration is shorter than this.
const DECLARATION: usize = 256;

/// Decodes `bytes` by their byte order mark, else by the XML declaration, else as UTF-8.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let detected = detect_encoding(bytes);
    let text = &bytes[detected.as_ref().map_or(0, DetectedEncoding::bom_len)..];
    match detected {
        Some(DetectedEncoding::Utf8Bom) => utf8(text),
        // Without a mark, only the declaration tells a one-byte encoding from UTF-8.
        None | Some(DetectedEncoding::AsciiCompatible) => as_declared(text),
        Some(wide) => decode_as(text, wide.encoding().name(), |it| {
            quick_xml::encoding::decode(it, wide.encoding()).ok()
        }),
    }
}

fn as_declared(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let Some(declaration) = declaration(bytes) else {
        return utf8(bytes);
    };
    let Ok(Event::Decl(declaration)) = Reader::from_str(declaration).read_event() else {
        return utf8(bytes);
    };
    let Some(Ok(name)) = declaration.encoding() else {
        return utf8(bytes);
    };
    let Some(encoding) = declaration.encoder() else {
        return Err(Error::Decode(name.into_owned()));
    };
    // Tools that turn UTF-16 into UTF-8 forget the declaration; it was readable
    // as ASCII, so it is wrong.
    if encoding.name().starts_with("UTF") {
        return utf8(bytes);
    }
    decode_as(bytes, encoding.name(), |it| {
        quick_xml::encoding::decode(it, encoding).ok()
    })
}

/// The text of the XML declaration at the start, if there is one.
fn declaration(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(DECLARATION)];
    let end = head.windows(2).position(|it| it == b"?>")? + 2;
    std::str::from_utf8(&head[..end]).ok()
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    decode_as(bytes, "UTF-8", |it| {
        std::str::from_utf8(it).map(Cow::Borrowed).ok()
    })
}

fn decode_as<'b>(
    bytes: &'b [u8],
    name: &str,
    decode: impl FnOnce(&'b [u8]) -> Option<Cow<'b, str>>,
) -> Result<Cow<'b, str>, Error> {
    decode(bytes).ok_or_else(|| Error::Decode(name.to_owned()))
}
