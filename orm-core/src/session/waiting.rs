//! `Waiting`: the rows of a query on their way to whoever asked for them.

use std::collections::VecDeque;

use crate::engine::Flow;
use crate::error::Result;
use crate::load::RowSink;
use crate::query::Cells;
use crate::state::typed::obj::PlainValue;

/// Finds the plain value of an item in a row.
pub(super) type PlainItem<R> = fn(&mut R, usize) -> Option<&mut dyn PlainValue>;

/// Says of what tells a row from others whether the row is given.
pub(super) type IsNew<'f> = &'f mut dyn FnMut(&[u8]) -> bool;

/// Rows that wait until what is loaded with their objects is there.
pub(super) struct Waiting<'a, R, F> {
    pub(super) read: fn(&mut Cells<'_>) -> Result<R>,
    pub(super) is_new: Option<IsNew<'a>>,
    pub(super) each: F,
    pub(super) rows: VecDeque<R>,
    pub(super) plain: Option<PlainItem<R>>,
}

impl<R, F: FnMut(R) -> Result<Flow>> RowSink for Waiting<'_, R, F> {
    fn row(&mut self, cells: &mut Cells<'_>, waits: bool) -> Result<Flow> {
        let row = (self.read)(cells)?;
        if let Some(is_new) = &mut self.is_new
            && !is_new(cells.key())
        {
            return Ok(Flow::Continue(()));
        }
        if waits {
            self.rows.push_back(row);
            return Ok(Flow::Continue(()));
        }
        (self.each)(row)
    }

    fn ready(&mut self) -> Result<Flow> {
        while let Some(row) = self.rows.pop_front() {
            if (self.each)(row)?.is_break() {
                return Ok(Flow::Break(()));
            }
        }
        Ok(Flow::Continue(()))
    }

    fn waiting(&self) -> usize {
        self.rows.len()
    }

    fn plain(&mut self, row: usize, item: usize) -> Option<&mut dyn PlainValue> {
        self.plain?(self.rows.get_mut(row)?, item)
    }
}
