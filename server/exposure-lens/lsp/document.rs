//! Open documents: their text, and positions in it as the protocol counts them.
//!
//! The only place that knows about UTF-16 and lines. The rest of the program
//! speaks in byte offsets. A position from a client may lie anywhere; it is
//! moved to the nearest place in the text, as the protocol says.

use std::ops::Range;
use std::path::{Path, PathBuf};

use ropey::Rope;
use tower_lsp::ls_types::{self as lsp_types, Position, PositionEncodingKind, Uri};

/// What the character of a [`Position`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what a client means when it does not say.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }
}

/// A document that is open in the editor.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// As the client writes it; answers use the same spelling.
    pub(super) uri: Uri,
    /// The client's count of changes.
    pub(super) version: i32,
    /// The text, as it stands in the editor.
    pub(super) text: Text,
    /// The projects it belongs to.
    pub(super) home: Home,
}

/// The projects that a document belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Home {
    /// Being looked for.
    #[default]
    Unknown,
    /// There is none.
    Nowhere,
    /// The projects at these roots: the nearest first, then those that read it too.
    Projects(Vec<PathBuf>),
}

impl Home {
    /// Of the projects at `roots`.
    pub(super) fn at(roots: Vec<PathBuf>) -> Home {
        match roots.is_empty() {
            true => Home::Nowhere,
            false => Home::Projects(roots),
        }
    }

    /// The roots of the projects.
    pub(super) fn roots(&self) -> &[PathBuf] {
        match self {
            Home::Unknown | Home::Nowhere => &[],
            Home::Projects(roots) => roots,
        }
    }

    /// Whether the project at `root` is one of them.
    pub(super) fn has(&self, root: &Path) -> bool {
        self.roots().iter().any(|it| it == root)
    }
}

/// A text that can be asked for positions. Copies share what they can.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    rope: Rope,
}

impl Text {
    pub(super) fn new(text: &str) -> Text {
        Text {
            rope: Rope::from_str(text),
        }
    }

    /// Replaces a range, or everything.
    pub(super) fn apply(
        &mut self,
        range: Option<lsp_types::Range>,
        text: &str,
        encoding: Encoding,
    ) {
        let Some(range) = range else {
            *self = Text::new(text);
            return;
        };
        let a = self.offset(range.start, encoding);
        let b = self.offset(range.end, encoding);
        let start = self.rope.byte_to_char(a.min(b));
        let end = self.rope.byte_to_char(a.max(b));
        self.rope.remove(start..end);
        self.rope.insert(start, text);
    }

    /// The byte that a position means: past a line's end its end, past the last
    /// line the text's end, inside a character its start.
    pub(super) fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let Ok(line) = usize::try_from(position.line) else {
            return self.rope.len_bytes();
        };
        let Some(start) = self.line_start(line) else {
            return self.rope.len_bytes();
        };
        let end = self.rope.byte_to_char(self.line_end(line));
        let column = usize::try_from(position.character).unwrap_or(usize::MAX);
        let first = self.rope.byte_to_char(start);
        let char = match encoding {
            Encoding::Utf32 => first.saturating_add(column),
            Encoding::Utf8 => {
                let byte = start.saturating_add(column).min(self.rope.len_bytes());
                self.rope.byte_to_char(byte)
            }
            Encoding::Utf16 => {
                let unit = self.rope.char_to_utf16_cu(first).saturating_add(column);
                self.rope
                    .utf16_cu_to_char(unit.min(self.rope.len_utf16_cu()))
            }
        };
        self.rope.char_to_byte(char.min(end))
    }

    /// The position of a byte; one inside a line's end is the line's end.
    pub(super) fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = offset.min(self.rope.len_bytes());
        let line = self.rope.byte_to_line(offset);
        let start = self
            .rope
            .byte_to_char(self.line_start(line).unwrap_or_default());
        let char = self.rope.byte_to_char(offset.min(self.line_end(line)));
        let column = match encoding {
            Encoding::Utf32 => char - start,
            Encoding::Utf8 => self.rope.char_to_byte(char) - self.rope.char_to_byte(start),
            Encoding::Utf16 => self.rope.char_to_utf16_cu(char) - self.rope.char_to_utf16_cu(start),
        };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position {
            line: count(line),
            character: count(column),
        }
    }

    pub(super) fn range(&self, range: &Range<usize>, encoding: Encoding) -> lsp_types::Range {
        lsp_types::Range {
            start: self.position(range.start, encoding),
            end: self.position(range.end, encoding),
        }
    }

    fn line_start(&self, line: usize) -> Option<usize> {
        (line < self.rope.len_lines()).then(|| self.rope.line_to_byte(line))
    }

    /// Where a line's text ends and its line break begins.
    fn line_end(&self, line: usize) -> usize {
        let Some(next) = self.line_start(line + 1) else {
            return self.rope.len_bytes();
        };
        let byte = |at: usize| at.checked_sub(1).and_then(|at| self.rope.get_byte(at));
        match byte(next) {
            Some(b'\n') if byte(next - 1) == Some(b'\r') => next - 2,
            _ => next - 1,
        }
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.rope.chunks().try_for_each(|chunk| f.write_str(chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = Text::new("é😀x\nyé");
        let columns =
            |encoding| [0, 2, 6, 7].map(|offset| text.position(offset, encoding).character);
        assert_eq!(columns(Encoding::Utf8), [0, 2, 6, 7]);
        assert_eq!(columns(Encoding::Utf16), [0, 1, 3, 4]);
        assert_eq!(columns(Encoding::Utf32), [0, 1, 2, 3]);
        assert_eq!(text.position(9, Encoding::Utf16), at(1, 1));
    }

    #[test]
    fn every_offset_comes_back() {
        for text in [
            "",
            "a",
            "é😀\r\nz\n\n€",
            "\r\r\n",
            "a\u{2028}b\nc",
            "x\u{c}\r\ny\u{85}\u{b}",
        ] {
            let it = Text::new(text);
            for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let inside_break = offset > 0
                    && text[..offset].ends_with('\r')
                    && text[offset..].starts_with('\n');
                for encoding in ALL {
                    let back = it.offset(it.position(offset, encoding), encoding);
                    assert_eq!(
                        back,
                        offset - usize::from(inside_break),
                        "{text:?} at {offset}"
                    );
                }
            }
        }
    }

    #[test]
    fn positions_that_are_not_there_move_to_the_nearest() {
        let text = Text::new("é😀\r\nab");
        for encoding in ALL {
            let check = |line, character, offset| {
                assert_eq!(text.offset(at(line, character), encoding), offset);
            };
            check(0, 99, 6);
            check(0, u32::MAX, 6);
            check(1, 99, 10);
            check(2, 0, 10);
            check(u32::MAX, u32::MAX, 10);
        }
        // Inside a character.
        assert_eq!(text.offset(at(0, 1), Encoding::Utf8), 0);
        assert_eq!(text.offset(at(0, 4), Encoding::Utf8), 2);
        assert_eq!(text.offset(at(0, 2), Encoding::Utf16), 2);
    }

    #[test]
    fn lines_end_as_the_protocol_says() {
        let text = Text::new("a\u{2028}b\u{c}c\rd\r\ne\u{85}");
        let lines = |text: &Text| {
            let text_at = |char: char| text.to_string().find(char).expect("the letter is there");
            ['a', 'b', 'c', 'd', 'e'].map(|it| text.position(text_at(it), Encoding::Utf16).line)
        };
        assert_eq!(lines(&text), [0, 0, 0, 1, 2]);
        // Typed later, and where only the rope's own line breaks were before.
        let mut typed = Text::new("abc\rd\r\ne");
        for (character, odd) in [(1, "\u{2028}"), (3, "\u{c}")] {
            let place = lsp_types::Range {
                start: at(0, character),
                end: at(0, character),
            };
            typed.apply(Some(place), odd, Encoding::Utf16);
        }
        assert_eq!(lines(&typed), [0, 0, 0, 1, 2]);
    }

    #[test]
    fn changes_are_applied_where_they_are_meant() {
        for encoding in ALL {
            let mut text = Text::new("é😀x\r\nb");
            let x = text.range(&(6..7), encoding);
            text.apply(Some(x), "😀y", encoding);
            assert_eq!(text.to_string(), "é😀😀y\r\nb");
            // The wrong way round, and past the end.
            let all = lsp_types::Range {
                start: at(9, 9),
                end: at(0, 0),
            };
            text.apply(Some(all), "new", encoding);
            assert_eq!(text.to_string(), "new");
            text.apply(None, "whole", encoding);
            assert_eq!(text.to_string(), "whole");
        }
    }
}
