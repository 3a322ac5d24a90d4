//! The lines of a text, and which one stands in which by their indent.

use std::ops::Range;

/// What is deeper is no part of an exposure that is answered for.
const MAX_STEPS: usize = 8;

/// The lines of a text.
pub(super) struct Lines<'t> {
    pub(super) text: &'t str,
    starts: Vec<usize>,
}

/// A line, taken apart.
pub(super) struct Line<'t> {
    /// The byte of the text where it starts.
    pub(super) start: usize,
    /// Its text, without its end.
    pub(super) text: &'t str,
    /// The dashes and the key that it starts with.
    pub(super) markers: Vec<Marker>,
    /// The column behind them.
    pub(super) content: usize,
    /// The column of its comment.
    pub(super) comment: Option<usize>,
}

/// The start of something that may hold more.
pub(super) enum Marker {
    /// A list's item, by the column of its dash.
    Dash(usize),
    /// A key, by where its name stands in the line, without quotes, and its column.
    Key(usize, Range<usize>),
}

/// A marker that others stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) line: usize,
    pub(super) marker: usize,
    pub(super) column: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Lines<'t> {
        let first = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let later = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines {
            text,
            starts: std::iter::once(first).chain(later).collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The number of the line that holds a byte.
    pub(super) fn at(&self, offset: usize) -> usize {
        let n = self.starts.partition_point(|&start| start <= offset);
        n.saturating_sub(1)
    }

    pub(super) fn line(&self, ix: usize) -> Line<'t> {
        let start = self.starts[ix];
        let end = self.starts.get(ix + 1).map_or(self.text.len(), |it| it - 1);
        Line::read(start, self.text[start..end].trim_end_matches('\r'))
    }

    /// What something at `column` of a line stands in, innermost first: the line's own
    /// markers, the first `n_before` of them, and those of the lines above.
    pub(super) fn path(
        &self,
        ix: usize,
        n_before: usize,
        column: usize,
        is_dash: bool,
    ) -> Vec<Step> {
        let mut path = Vec::new();
        let mut within = (column, is_dash);
        let own = self.line(ix);
        self.climb(ix, &own.markers[..n_before], &mut within, &mut path);
        for above in (0..ix).rev() {
            if (within.0 == 0 && !within.1) || path.len() >= MAX_STEPS {
                break;
            }
            let line = self.line(above);
            self.climb(above, &line.markers, &mut within, &mut path);
        }
        path
    }

    /// Adds those of a line's markers that what was found so far stands in.
    fn climb(
        &self,
        line: usize,
        markers: &[Marker],
        within: &mut (usize, bool),
        path: &mut Vec<Step>,
    ) {
        for (marker, it) in markers.iter().enumerate().rev() {
            let (column, is_dash) = (it.column(), matches!(it, Marker::Dash(_)));
            // A list may stand at the column of its key.
            let holds = column < within.0 || (within.1 && !is_dash && column == within.0);
            if holds && path.len() < MAX_STEPS {
                path.push(Step {
                    line,
                    marker,
                    column,
                });
                *within = (column, is_dash);
            }
        }
    }

    /// The name of a key; `None` for a dash.
    pub(super) fn name(&self, step: Step) -> Option<&'t str> {
        let line = self.line(step.line);
        match &line.markers[step.marker] {
            Marker::Key(_, name) => Some(&line.text[name.clone()]),
            Marker::Dash(_) => None,
        }
    }

    /// Whether more lines may stand in a marker: nothing else stands behind it. What is
    /// behind it on the line `own` is what is looked at.
    pub(super) fn is_open(&self, step: Step, own: usize) -> bool {
        let line = self.line(step.line);
        let is_last = step.marker + 1 == line.markers.len();
        let value = line.value();
        let is_property = value.starts_with(['&', '!']) && !value.contains(' ');
        step.line == own || !is_last || value.is_empty() || is_property
    }

    /// The column of what stands in `above`, by the first of it that is not on the line
    /// `but`.
    pub(super) fn children_column(&self, above: Step, but: usize) -> Option<usize> {
        let line = self.line(above.line);
        if above.line != but
            && let Some(marker) = line.markers.get(above.marker + 1)
        {
            return Some(marker.column());
        }
        let mut below = (above.line + 1..self.len()).filter(|&ix| ix != but);
        let first = below.find_map(|ix| Some(self.line(ix)).filter(|it| !it.is_blank()))?;
        // A list may stand at the column of its key.
        let is_list = matches!(first.markers.first(), Some(Marker::Dash(_)));
        let is_key = matches!(line.markers[above.marker], Marker::Key(..));
        let is_below =
            first.indent() > above.column || (first.indent() == above.column && is_list && is_key);
        is_below.then(|| first.indent())
    }
}

impl Marker {
    pub(super) fn column(&self) -> usize {
        match self {
            Marker::Dash(column) | Marker::Key(column, _) => *column,
        }
    }
}

impl<'t> Line<'t> {
    fn read(start: usize, text: &'t str) -> Line<'t> {
        let mut markers = Vec::new();
        let mut at = text.len() - text.trim_start_matches(' ').len();
        loop {
            let rest = &text[at..];
            if rest == "-" || rest.starts_with("- ") {
                markers.push(Marker::Dash(at));
                let behind = &rest[1..];
                at += 1 + behind.len() - behind.trim_start_matches(' ').len();
            } else if let Some((name, value)) = key(rest) {
                markers.push(Marker::Key(at, at + name.start..at + name.end));
                at += value;
                break;
            } else {
                break;
            }
        }
        Line {
            start,
            text,
            markers,
            content: at,
            comment: comment(&text[at..], at == 0 || text[..at].ends_with(' ')).map(|it| at + it),
        }
    }

    /// What stands behind the markers, without a comment.
    pub(super) fn value(&self) -> &'t str {
        let end = self.comment.unwrap_or(self.text.len());
        self.text[self.content..end.max(self.content)].trim_end()
    }

    /// Where the name of the line's key stands.
    pub(super) fn key(&self) -> Option<Range<usize>> {
        match self.markers.last() {
            Some(Marker::Key(_, name)) => Some(name.clone()),
            Some(Marker::Dash(_)) | None => None,
        }
    }

    pub(super) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    /// Whether nothing stands on it but a comment.
    pub(super) fn is_blank(&self) -> bool {
        self.markers.is_empty() && self.value().is_empty()
    }
}

/// A key at the start of `rest`: its name, and where its value starts.
fn key(rest: &str) -> Option<(Range<usize>, usize)> {
    let first = rest.chars().next()?;
    let (name, colon) = if matches!(first, '"' | '\'') {
        let end = 1 + rest[1..].find(first)?;
        (1..end, end + 1)
    } else if "[]{}#|>&*!%@`,?".contains(first) {
        return None;
    } else {
        let is_end = |at: &usize| matches!(rest.as_bytes().get(at + 1), None | Some(b' '));
        let colon = rest.match_indices(':').map(|(at, _)| at).find(is_end)?;
        (0..rest[..colon].trim_end().len(), colon)
    };
    let behind = rest.get(colon..)?.strip_prefix(':')?;
    let is_key = (behind.is_empty() || behind.starts_with(' ')) && !rest[..colon].contains(" #");
    let value = colon + 1 + behind.len() - behind.trim_start_matches(' ').len();
    is_key.then_some((name, value))
}

/// Where a comment starts in what stands behind a line's markers.
fn comment(content: &str, is_after_space: bool) -> Option<usize> {
    let first = content.chars().next()?;
    let is_flow = matches!(first, '[' | '{');
    let is_quoted = matches!(first, '"' | '\'');
    let mut quote = None;
    let mut was_space = is_after_space;
    for (at, c) in content.char_indices() {
        match quote {
            Some(open) if open == c => quote = None,
            Some(_) => {}
            None if c == '#' && was_space => return Some(at),
            None if matches!(c, '"' | '\'') && (is_flow || (is_quoted && at == 0)) => {
                quote = Some(c);
            }
            None => {}
        }
        was_space = c.is_whitespace();
    }
    None
}
