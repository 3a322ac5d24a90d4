//! How much a tree shows: an answer has a bound, however much reads a node.

use super::MAX_TREE_WORKBOOKS;
use super::found::KeptWorkbook;

/// Of one workbook.
pub(super) const MAX_DASHBOARDS: usize = 500;

/// Workbooks and what is below them, in one tree.
const MAX_ROWS: usize = 20_000;

/// What a tree has shown so far.
#[derive(Debug, Default)]
pub(super) struct Share {
    n_workbooks: usize,
    n_rows: usize,
    /// How many workbooks had no room.
    pub(super) n_left_out: usize,
}

impl Share {
    /// How many of `workbooks` there is room for, counted as shown: the first ones.
    pub(super) fn take(&mut self, workbooks: &[KeptWorkbook]) -> usize {
        let mut n_shown = 0;
        for it in workbooks {
            let n_below = it.dashboards.len().max(it.sheets.len());
            let n_rows = 1 + n_below.min(MAX_DASHBOARDS);
            if self.n_workbooks >= MAX_TREE_WORKBOOKS || self.n_rows + n_rows > MAX_ROWS {
                break;
            }
            self.n_workbooks += 1;
            self.n_rows += n_rows;
            n_shown += 1;
        }
        self.n_left_out += workbooks.len() - n_shown;
        n_shown
    }
}
