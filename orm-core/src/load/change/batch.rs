//! `Batch`: rows of values for which one statement runs.

use crate::engine::{Bind, Done, RowSource};
use crate::error::{Code, Error, Result};
use crate::load::lower::Column;
use crate::mapper::Relation;
use crate::sql::{Param, Tree};
use crate::state::memory::handle::Handle;
use crate::state::memory::slot::AnySlot;
use crate::value::{Value, ValueRef};

/// The rows of a batch.
#[derive(Clone, Copy)]
pub(super) enum Cells<'b> {
    /// The columns of objects.
    Objects(&'b [Handle]),
    /// Lists of values.
    Values(&'b [Vec<Tree>]),
}

/// Rows of values for which one statement runs, whose placeholders stand for the columns by their places.
pub(super) struct Batch<'b> {
    columns: &'b [Column],
    cells: Cells<'b>,
    params: &'b [Param],
    class: &'static str,
    next: usize,
    /// How many rows were written.
    pub(super) written: u64,
    /// Hears of each row that was written.
    done: Option<&'b mut dyn FnMut(usize) -> Result<()>>,
}

impl Cells<'_> {
    /// How many rows there are.
    pub(super) fn len(self) -> usize {
        match self {
            Cells::Objects(objects) => objects.len(),
            Cells::Values(rows) => rows.len(),
        }
    }

    /// The values of a row in these columns; nothing for what isn't a plain value.
    pub(super) fn values(self, columns: &[Column], row: usize) -> Result<Vec<Value>> {
        match self {
            Cells::Objects(objects) => {
                let Some(object) = objects.get(row) else { return Ok(Vec::new()) };
                object.read(|slots| {
                    let value = |column: &Column| slots.at(column.slot()).and_then(AnySlot::value);
                    columns.iter().map(|column| value(column).unwrap_or_default()).collect()
                })
            }
            Cells::Values(rows) => {
                let value = |tree: &Tree| match tree {
                    Tree::Value(value) => value.clone(),
                    _ => Value::Null,
                };
                Ok(rows.get(row).map_or_else(Vec::new, |row| row.iter().map(value).collect()))
            }
        }
    }

    /// Runs `f` with the values of each row.
    pub(super) fn each(self, columns: &[Column], mut f: impl FnMut(&[Value]) -> Result<()>) -> Result<()> {
        (0..self.len()).try_for_each(|row| f(&self.values(columns, row)?))
    }
}

impl<'b> Batch<'b> {
    pub(super) fn new(
        (columns, cells): (&'b [Column], Cells<'b>),
        params: &'b [Param],
        class: &'static str,
        done: Option<&'b mut dyn FnMut(usize) -> Result<()>>,
    ) -> Self {
        Batch { columns, cells, params, class, next: 0, written: 0, done }
    }

    fn bind(
        &self,
        bind: &mut Bind<'_>,
        mut value: impl FnMut(&mut Bind<'_>, usize) -> Result<()>,
    ) -> Result<()> {
        for param in self.params {
            match param {
                Param::Value(value) => bind(value.as_ref())?,
                Param::Given(at) => value(bind, *at).map_err(|error| self.about(error, *at))?,
            }
        }
        Ok(())
    }

    /// What the database can't take, with the attribute whose value it is.
    fn about(&self, error: Error, at: usize) -> Error {
        error.about(self.class, self.columns.get(at).map(|column| column.attribute()))
    }
}

impl RowSource for Batch<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        match self.cells {
            Cells::Objects(objects) => {
                let Some(object) = objects.get(self.next) else { return Ok(false) };
                object.read(|slots| {
                    self.bind(bind, |bind, at| {
                        let slot = self.columns.get(at).and_then(|column| slots.at(column.slot()));
                        slot.and_then(|slot| slot.with(bind)).unwrap_or_else(|| bind(ValueRef::Null))
                    })
                })??;
            }
            Cells::Values(rows) => {
                let Some(row) = rows.get(self.next) else { return Ok(false) };
                self.bind(bind, |bind, at| match row.get(at) {
                    Some(Tree::Value(value)) => bind(value.as_ref()),
                    _ => bind(ValueRef::Null),
                })?;
            }
        }
        self.next += 1;
        Ok(true)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        self.written += done.rows;
        match &mut self.done {
            Some(hears) if done.rows > 0 => hears(row),
            _ => Ok(()),
        }
    }
}

/// A statement writes columns: what an object is related to would be lost.
pub(super) fn check_unrelated(object: &Handle) -> Result<()> {
    let mapper = object.header().mapper();
    let Some(rare) = object.header().rare() else { return Ok(()) };
    let slots = rare.slots.try_borrow().map_err(|_| object.busy())?;
    let is_related =
        |relation: &&Relation| slots.get(relation.slot()).is_some_and(|slot| slot.targets().next().is_some());
    let Some(relation) = mapper.relations().iter().find(is_related) else { return Ok(()) };
    Err(Error::new(Code::Query, "a row that a statement writes is related to objects")
        .about(mapper.class(), Some(relation.name()))
        .help("give the foreign key, or `session.add` the object, which writes what it is related to"))
}
