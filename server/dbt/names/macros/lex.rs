//! A macro file's text as Jinja's blocks, and their words.

/// A piece of a template. Comments and raw text are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// What stands between blocks.
    Text(&'t str),
    /// `{{ … }}`, without its braces.
    Expression(&'t str),
    /// `{% … %}`, likewise.
    Statement(&'t str),
}

/// The pieces of a text, in its order.
pub(super) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text }
}

/// The pieces that are left of a text.
pub(super) struct Pieces<'t> {
    rest: &'t str,
}

impl<'t> Pieces<'t> {
    /// Takes what stands up to `end`, which ends a block of two braces.
    fn take_until(&mut self, end: &str) -> &'t str {
        let rest = self.rest;
        let (inside, after) = rest.split_once(end).unwrap_or((rest, ""));
        self.rest = after;
        inside
    }

    /// Goes behind the end of raw text.
    fn skip_raw(&mut self) {
        while !self.rest.is_empty() {
            self.take_until("{%");
            if words(self.take_until("%}")) == ["endraw"] {
                return;
            }
        }
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        loop {
            let rest = self.rest;
            if rest.is_empty() {
                return None;
            }
            let starts = rest.match_indices('{').map(|(at, _)| at);
            let is_block = |at: &usize| {
                let next = rest.as_bytes().get(at + 1);
                next.is_some_and(|it| matches!(it, b'{' | b'%' | b'#'))
            };
            let start = starts.into_iter().find(is_block).unwrap_or(rest.len());
            if start > 0 {
                self.rest = &rest[start..];
                return Some(Piece::Text(&rest[..start]));
            }
            self.rest = &rest[2..];
            match rest.as_bytes()[1] {
                b'#' => {
                    self.take_until("#}");
                }
                b'{' => return Some(Piece::Expression(self.take_until("}}"))),
                _ => {
                    let inside = self.take_until("%}");
                    if words(inside) != ["raw"] {
                        return Some(Piece::Statement(inside));
                    }
                    self.skip_raw();
                }
            }
        }
    }
}

/// The words of a block: names, numbers, strings with their quotes, and signs. Marks that
/// only trim space around the block are left out.
pub(super) fn words(inside: &str) -> Vec<&str> {
    let inside = inside.strip_prefix(['-', '+']).unwrap_or(inside);
    let inside = inside.strip_suffix(['-', '+']).unwrap_or(inside);
    let mut words = Vec::new();
    let mut rest = inside.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = rest.split_at(length(rest, first));
        words.push(word);
        rest = after.trim_start();
    }
    words
}

/// How long the first word of `rest` is.
fn length(rest: &str, first: char) -> usize {
    let is_in_name = |c: char| c.is_alphanumeric() || c == '_';
    if is_in_name(first) {
        return rest.find(|c| !is_in_name(c)).unwrap_or(rest.len());
    }
    if matches!(first, '"' | '\'') {
        // An escape is not read: such a string is none of the forms that are known.
        return rest[1..].find(first).map_or(rest.len(), |at| at + 2);
    }
    let second = rest[first.len_utf8()..].chars().next();
    let is_double = second == Some('=') && matches!(first, '=' | '!' | '<' | '>');
    first.len_utf8() + usize::from(is_double)
}
