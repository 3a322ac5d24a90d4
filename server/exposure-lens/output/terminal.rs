//! Text for terminals: columns that line up, colours that a pipe does not get.
//!
//! Everything passes through [`ide::plain`] first, so that no text from Tableau
//! moves the cursor. Colours are taken off again by `anstream` where they do not
//! belong.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// For headings and names.
pub const BOLD: Style = Style::new().bold();
/// For what matters less.
pub const DIM: Style = Style::new().dimmed();
/// For what needs a look.
pub const WARN: Style = AnsiColor::Yellow.on_default();
/// For what is in order.
pub const GOOD: Style = AnsiColor::Green.on_default();

/// For what failed.
pub const BAD: Style = AnsiColor::Red.on_default();

/// `text` in `style`.
pub fn styled(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// A cell of a table: a text, how it looks, and which way it leans.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    style: Style,
    right: bool,
}

impl Cell {
    /// Left-aligned, plain.
    pub fn new(text: &str) -> Cell {
        Cell {
            text: ide::plain(text),
            style: Style::new(),
            right: false,
        }
    }

    /// The same for a whole sentence, which may be long.
    pub fn message(text: &str) -> Cell {
        Cell {
            text: ide::plain_message(text),
            ..Cell::new("")
        }
    }

    /// Right-aligned, for numbers.
    pub fn number(text: &str) -> Cell {
        Cell {
            right: true,
            ..Cell::new(text)
        }
    }

    /// The same in a style.
    #[must_use]
    pub fn style(self, style: Style) -> Cell {
        Cell { style, ..self }
    }
}

/// Rows with aligned columns, two blanks between them, after `indent` blanks.
pub fn table_lines(indent: usize, rows: &[Vec<Cell>]) -> Vec<String> {
    let n_columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.text.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..n_columns).map(width).collect();
    rows.iter()
        .map(|row| format!("{}{}", " ".repeat(indent), line(row, &widths)))
        .collect()
}

fn line(row: &[Cell], widths: &[usize]) -> String {
    let last = row
        .iter()
        .rposition(|cell| !cell.text.is_empty())
        .unwrap_or(0);
    let mut cells = Vec::new();
    for (column, cell) in row.iter().take(last + 1).enumerate() {
        let gap = " ".repeat(widths[column] - cell.text.width());
        let text = styled(&cell.text, cell.style);
        cells.push(match (cell.right, column == last) {
            (true, _) => format!("{gap}{text}"),
            (false, true) => text,
            (false, false) => format!("{text}{gap}"),
        });
    }
    cells.join("  ")
}

/// Writes [`table_lines`].
///
/// # Errors
/// What writing says.
pub fn write_table(out: &mut dyn Write, indent: usize, rows: &[Vec<Cell>]) -> io::Result<()> {
    table_lines(indent, rows)
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
}
