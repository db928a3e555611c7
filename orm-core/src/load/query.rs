//! A query that runs: its rows are read item by item.

use super::LoadPort;
use super::fresh::Fresh;
use super::lower::{self, ItemPlan};
use super::statement::Statement;
use super::whole::Whole;
use crate::declare::ColumnId;
use crate::engine::{EngineConnection, Fetch, Flow, Row};
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::query::parts::{Item, QueryParts};
use crate::query::{Cells, Items, RowKey};
use crate::sql::{Dialect, Op, SelectStmt, TableRef, Tree, func, render};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;
use crate::value::{Value, ValueRef};

/// How many rows wait for what is loaded with their objects before they are given.
const PART: usize = 500;

/// How the rows of a query are read.
#[derive(Clone, Copy)]
pub(crate) struct Reads {
    pub(crate) fetch: Fetch,
    /// Whether what is read of a row knows what tells it from others.
    pub(crate) told: bool,
    /// Whether plain values are made, for which nothing is loaded besides.
    pub(crate) plain: bool,
    /// Whether no more rows are held than are given at once.
    pub(crate) bounded: bool,
}

/// Who is given the rows of a query.
pub(crate) trait RowSink {
    /// A row, to be read item by item. What is loaded with its objects is still missing where it has to wait.
    ///
    /// # Errors
    /// `value`, and those of whoever reads the rows.
    fn row(&mut self, cells: &mut Cells<'_>, waits: bool) -> Result<Flow>;

    /// The objects of all rows that wait are whole.
    ///
    /// # Errors
    /// Those of whoever reads the rows.
    fn ready(&mut self) -> Result<Flow>;
}

/// Runs a query and lends each row. Keys of objects in it are read now.
///
/// # Errors
/// `query` where it can't be built; what the database or the sink says.
pub(crate) fn stream(
    cx: &dyn LoadPort,
    query: &QueryParts,
    reads: Reads,
    sink: &mut dyn RowSink,
) -> Result<()> {
    let (stmt, mut lowered) = lower::statement(query)?;
    let (stmt, mut whole) =
        if reads.plain { (stmt, None) } else { Whole::of(cx, stmt, query, &mut lowered)? };
    if reads.plain && !query.options.is_empty() {
        let message = "options say how objects are loaded, and plain values are none";
        return Err(
            Error::new(Code::Query, message).help("take `scalars` or `execute`, and `to_value_nested()`")
        );
    }
    if reads.bounded && whole.as_ref().is_some_and(Whole::multiplies) {
        let message = "a joined collection is whole when all rows are read, and these are read one by one";
        return Err(Error::new(Code::Query, message).help("load it by `selectin`"));
    }
    let items = lowered.items;
    let connection = cx.connection(ReadOptions::DATABASE.without_autoflush())?;
    let statement = Statement::Query(Box::new(stmt));
    let mut fresh = Fresh::new(false);
    let (notes_reads, mut key) = (cx.notes_reads(), RowKey::default());
    let mut ended = false;
    let mut waiting = 0;
    statement.run((None, None), &connection, &|_| None, reads.fetch, &mut |row| {
        key.clear();
        let Some(of_row) = &mut whole else {
            let (items, fresh) = (&items, &mut fresh);
            let mut reader = Reader { cx, items, at: 0, fresh, notes_reads, whole: None };
            return sink.row(&mut Cells::new(row, &mut reader, reads.told.then_some(&mut key)), false);
        };
        let is_new = of_row.is_new(row)?;
        let (items, fresh) = (&items, &mut fresh);
        let mut reader = Reader { cx, items, at: 0, fresh, notes_reads, whole: Some(of_row) };
        if is_new {
            let _ = sink.row(&mut Cells::new(row, &mut reader, reads.told.then_some(&mut key)), true)?; // it waits
        } else {
            // What stands beside the objects is read all the same.
            while let Some(is_object) = reader.next() {
                if is_object {
                    reader.object(row)?;
                } else {
                    reader.at += 1;
                }
            }
        }
        waiting += 1;
        if of_row.multiplies() || waiting < PART {
            return Ok(Flow::Continue(()));
        }
        waiting = 0;
        of_row.finish(cx)?;
        let flow = sink.ready()?;
        ended = flow.is_break();
        Ok(flow)
    })?;
    if let Some(whole) = &mut whole
        && !ended
    {
        whole.finish(cx)?;
        let _ = sink.ready()?; // there are no more
    }
    Ok(())
}

/// How many rows a query gives.
///
/// # Errors
/// As [`stream`].
pub(crate) fn count(cx: &dyn LoadPort, query: &QueryParts, (unique, plain): (bool, bool)) -> Result<i64> {
    one_value(cx, &asking(cx, query, plain, |stmt, multiplies| counted(stmt, unique || multiplies))?)
}

/// How many rows a query with named columns gives: all of them, or each once.
fn counted(stmt: SelectStmt, unique: bool) -> SelectStmt {
    let count: Tree = func::call("count", [Tree::node(Op::Star, Vec::new())]);
    let rows = match unique {
        true => {
            SelectStmt::new().item(Tree::text("*")).distinct().from(stmt.aliased(TableRef::new("counted")))
        }
        false => stmt,
    };
    SelectStmt::new().item(count).from(rows.aliased(TableRef::new("rows")))
}

/// Whether a query gives a row.
///
/// # Errors
/// As [`stream`].
pub(crate) fn exists(cx: &dyn LoadPort, query: &QueryParts, plain: bool) -> Result<bool> {
    let stmt = asking(cx, query, plain, |stmt, _| SelectStmt::new().item(Tree::exists(stmt)))?;
    one_value(cx, &stmt).map(|found| found != 0)
}

/// A statement that asks something of the rows of a query, with named columns, as they are when all of them are read: with
/// what is joined to them where that leaves some out. Says too whether each is given once, since what is joined makes
/// several of one.
fn asking(
    cx: &dyn LoadPort,
    query: &QueryParts,
    plain: bool,
    ask: impl FnOnce(SelectStmt, bool) -> SelectStmt,
) -> Result<SelectStmt> {
    let mut multiplies = false;
    if !plain {
        let (stmt, mut lowered) = lower::statement(query)?;
        if let (stmt, Some(whole)) = Whole::of(cx, stmt, query, &mut lowered)? {
            multiplies = whole.multiplies();
            if whole.narrows() {
                let mut stmt = whole.items_only(stmt);
                let with = std::mem::take(&mut stmt.with);
                return Ok(SelectStmt { with, ..ask(stmt, multiplies) });
            }
        }
    }
    // Without joins of its own a query gives one object once.
    let is_one = matches!(query.items.as_slice(), [Item::Entity(_)]);
    lower::around(query, |stmt| ask(stmt, multiplies && !is_one))
}

fn one_value(cx: &dyn LoadPort, stmt: &SelectStmt) -> Result<i64> {
    let connection: std::rc::Rc<EngineConnection> =
        cx.connection(ReadOptions::DATABASE.without_autoflush())?;
    let statement = Statement::Query(Box::new(stmt.clone()));
    let mut value = Value::Null;
    statement.run((None, None), &connection, &|_| None, Fetch::All, &mut |row| {
        value = row.get(0)?.to_value();
        Ok(Flow::Break(()))
    })?;
    match value {
        Value::Int(value) => Ok(value),
        other => Err(Error::new(Code::Internal, format!("a count is {other}"))),
    }
}

/// The text of a query, and its values.
///
/// # Errors
/// `query` where it can't be built.
pub(crate) fn sql(cx: &dyn LoadPort, query: &QueryParts, dialect: &dyn Dialect) -> Result<String> {
    let (stmt, mut lowered) = lower::statement(query)?;
    let (stmt, _) = Whole::of(cx, stmt, query, &mut lowered)?;
    Ok(render(&stmt, dialect).sql)
}

/// Finds the items of a row one after another, and makes objects of those that are some.
pub(super) struct Reader<'a> {
    cx: &'a dyn LoadPort,
    items: &'a [ItemPlan],
    at: usize,
    fresh: &'a mut Fresh,
    notes_reads: bool,
    whole: Option<&'a mut Whole>,
}

impl<'a> Reader<'a> {
    /// Of rows whose objects nothing else is loaded with.
    pub(super) fn new(cx: &'a dyn LoadPort, items: &'a [ItemPlan], fresh: &'a mut Fresh) -> Self {
        Reader { cx, items, at: 0, fresh, notes_reads: cx.notes_reads(), whole: None }
    }

    #[inline]
    fn take(&mut self) -> Option<&ItemPlan> {
        let item = self.items.get(self.at);
        self.at += 1;
        item
    }

    #[cold]
    fn none(&self, what: &str) -> Error {
        Error::new(Code::Internal, format!("item {} of a row is no {what}", self.at))
    }
}

impl Items for Reader<'_> {
    #[inline]
    fn value(&mut self) -> Result<usize> {
        match self.take() {
            Some(ItemPlan::Value(place, _)) => Ok(*place),
            _ => Err(self.none("value")),
        }
    }

    #[inline]
    fn object(&mut self, row: &dyn Row) -> Result<Option<Handle>> {
        let items = self.items;
        let Some(ItemPlan::Entity(entity)) = items.get(self.at) else {
            return Err(self.none("object"));
        };
        let at = self.at;
        self.at += 1;
        let object = match &mut self.whole {
            None => entity.object(self.cx, row, self.fresh)?,
            Some(whole) => match whole.fresh(at) {
                Some(fresh) => entity.object(self.cx, row, fresh)?,
                None => entity.object(self.cx, row, self.fresh)?,
            },
        };
        if let Some(object) = &object {
            if self.notes_reads {
                self.cx.note_read(object);
            }
            if let Some(whole) = &mut self.whole {
                whole.row(self.cx, row, (at, object))?;
            }
        }
        Ok(object)
    }

    fn entity(&mut self, row: &dyn Row) -> Result<(&'static Mapper, usize, Option<Key>)> {
        match self.take() {
            Some(ItemPlan::Entity(entity)) => {
                let (mapper, offset) = (entity.mapper, entity.offset);
                let value = |id: ColumnId| row.get(offset + id.index()).unwrap_or(ValueRef::Null);
                let key = Key::of_row(mapper, value);
                Ok((mapper, offset, key.map_err(|(id, error)| entity.unreadable(mapper.column(id), &error))?))
            }
            _ => Err(self.none("object")),
        }
    }

    fn next(&self) -> Option<bool> {
        self.items.get(self.at).map(|item| matches!(item, ItemPlan::Entity(_)))
    }

    fn last(&self) -> String {
        let at = self.at.saturating_sub(1);
        match self.items.get(at) {
            Some(ItemPlan::Value(_, Some(name))) => format!("`{name}`"),
            Some(ItemPlan::Entity(entity)) => format!("`{}`", entity.mapper.class()),
            _ => format!("item {} of the row", at + 1),
        }
    }
}
