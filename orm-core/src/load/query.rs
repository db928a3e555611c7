//! A query that runs.

use super::LoadPort;
use super::cached;
use super::fresh::Fresh;
use super::lower::{self, ItemPlan};
use super::nested::Nest;
use super::reader::Reader;
use super::scope::Place;
use super::statement::{compiled, run_text};
use super::whole::{Whole, WholePlan};
use super::within;
use super::written::{self, Layout};
use std::rc::Rc;

use crate::engine::{Connection as _, EngineConnection, Fetch, Flow, Row};
use crate::error::{Code, Error, Result};
use crate::query::leaf::Output;
use crate::query::parts::{Item, QueryParts};
use crate::query::{Cells, Items, Names, RowKey};
use crate::sql::{Dialect, SelectItem, render};
use crate::state::read::reach::ReadOptions;
use crate::state::typed::obj::PlainValue;

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

    /// How many rows wait.
    fn waiting(&self) -> usize;

    /// The plain value of an item of a row that waits, where it is there.
    fn plain(&mut self, row: usize, item: usize) -> Option<&mut dyn PlainValue>;
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
    let connection = cx.connection(ReadOptions::DATABASE.without_autoflush())?;
    let mut run = Run {
        cx,
        items: Rc::default(),
        reads,
        sink,
        fresh: Fresh::new(false),
        notes_reads: cx.notes_reads(),
        selected: &query.items,
        names: None,
        key: RowKey::default(),
        whole: None,
        nest: None,
        connection: Rc::clone(&connection),
        waiting: 0,
        is_all: false,
        ended: false,
    };
    if let Some(ready) = cached::ready(query, &connection, reads.plain)? {
        (run.items, run.whole, run.nest) = ready.reading(cx, query, reads.plain)?;
        run.begin(query)?;
        let given = |at: usize| ready.value(at);
        connection.run(&ready.cached.statement, &given, reads.fetch, &mut |row| run.row(row))?;
        return run.finish();
    }
    cached::count_built();
    let (stmt, mut lowered) = lower::statement(query)?;
    let stmt = if !reads.plain {
        let (stmt, whole) = Whole::of(cx, stmt, query, &mut lowered)?;
        run.whole = whole;
        stmt
    } else if query.options.is_empty() {
        stmt
    } else {
        within::check(&query.options)?;
        let (stmt, plan) = WholePlan::of(stmt, query, &mut lowered, (true, None), None)?;
        run.nest = Nest::of(&plan, &lowered.items, !query.is_whole_table());
        stmt
    };
    run.begin(query)?;
    run.items = lowered.items.into();
    let Some(written) = &query.written else {
        run_text(&stmt, &connection, &|_| None, reads.fetch, &mut |row| run.row(row))?;
        return run.finish();
    };
    // Which columns there are a row tells for sure: a table may have changed since the statement was prepared.
    let said = (written.columns.as_deref(), lowered.places.as_slice());
    let mut layout = None;
    run_text(&stmt, &connection, &|_| None, reads.fetch, &mut |row| {
        let layout = match &mut layout {
            Some(layout) => layout,
            none => none.insert(run.layout(&stmt.items, written::names(row), said)?),
        };
        run.row(&layout.arrange(row))
    })?;
    if layout.is_none() {
        run.layout(&stmt.items, connection.columns(&compiled(&stmt, &connection)?.0)?, said)?;
    }
    run.finish()
}

/// A query that is reading rows.
struct Run<'a> {
    cx: &'a dyn LoadPort,
    items: Rc<[ItemPlan]>,
    reads: Reads,
    sink: &'a mut dyn RowSink,
    fresh: Fresh,
    notes_reads: bool,
    /// What the query selects: that may have names.
    selected: &'a [Item],
    /// The names of the items, where they were asked for.
    names: Option<Names>,
    key: RowKey,
    whole: Option<Whole>,
    /// What is nested in plain values.
    nest: Option<Nest>,
    connection: Rc<EngineConnection>,
    /// How many rows wait for what is loaded with their objects.
    waiting: usize,
    /// Whether all rows of a class are read, and wait for each other.
    is_all: bool,
    ended: bool,
}

impl Run<'_> {
    /// What is loaded for the rows is known.
    ///
    /// # Errors
    /// `query` where a collection is joined to rows that are read one by one.
    fn begin(&mut self, query: &QueryParts) -> Result<()> {
        let multiplies = self.whole.as_ref().is_some_and(Whole::multiplies)
            || self.nest.as_ref().is_some_and(Nest::multiplies);
        if self.reads.bounded && multiplies {
            let message =
                "a joined collection is whole when all rows are read, and these are read one by one";
            return Err(Error::new(Code::Query, message).help("load it by `selectin`"));
        }
        if self.reads.bounded {
            self.whole.iter_mut().for_each(Whole::one_by_one);
            self.nest.iter_mut().for_each(Nest::one_by_one);
        }
        // Whoever asks for all rows of a class holds them anyway: what they lead to is loaded for all of them at once.
        let is_all = self.reads.fetch == Fetch::All && !self.reads.bounded && query.is_whole_table();
        self.is_all = is_all && (self.nest.is_some() || self.whole.as_ref().is_some_and(Whole::has_posts));
        Ok(())
    }

    /// Where the items are found in the rows of SQL of the user's.
    fn layout(
        &mut self,
        items: &[SelectItem],
        names: Vec<String>,
        (said, places): (Option<&[Output]>, &[Place]),
    ) -> Result<Layout> {
        let layout = if self.items.is_empty() {
            let (items, plan) = Layout::all(&names);
            self.items = plan.into();
            Layout::of(&items, names, said, places)
        } else {
            Layout::of(items, names, said, places)
        }?;
        let mut items = self.items.to_vec();
        layout.leave_out(&mut items, self.whole.as_mut(), self.reads.plain)?;
        self.items = items.into();
        let mut standing = self.nest.iter().flat_map(Nest::standing);
        standing.try_for_each(|mut entity| layout.leave_out_of(&mut entity, true))?;
        Ok(layout)
    }

    fn row(&mut self, row: &dyn Row) -> Result<Flow> {
        let Run { cx, items, selected, names, fresh, notes_reads, key, reads, .. } = self;
        let (cx, notes_reads) = (*cx, *notes_reads);
        key.clear();
        if let Some(nest) = &mut self.nest {
            if let Some(known) = nest.known(row)? {
                return known.map_or(Ok(()), |number| nest.again(number, row)).map(Flow::Continue);
            }
            let number = self.sink.waiting();
            let mut reader = Reader::of_query((cx, notes_reads), (items, selected, names), fresh, None);
            let _ = self.sink.row(&mut Cells::new(row, &mut reader, reads.told.then_some(key)), true)?;
            let is_given = self.sink.waiting() > number;
            nest.first(is_given.then_some(number), row)?;
            if self.is_all || nest.waits() || self.sink.waiting() < PART {
                return Ok(Flow::Continue(()));
            }
            let flow = self.nested()?;
            self.ended = flow.is_break();
            return Ok(flow);
        }
        let Some(of_row) = &mut self.whole else {
            let mut reader = Reader::of_query((cx, notes_reads), (items, selected, names), fresh, None);
            return self.sink.row(&mut Cells::new(row, &mut reader, reads.told.then_some(key)), false);
        };
        let is_new = of_row.is_new(row)?;
        let mut reader = Reader::of_query((cx, notes_reads), (items, selected, names), fresh, Some(of_row));
        if is_new {
            // It waits.
            let _ = self.sink.row(&mut Cells::new(row, &mut reader, reads.told.then_some(key)), true)?;
        } else {
            // What stands beside the objects is read all the same.
            while let Some(is_object) = reader.next() {
                if is_object {
                    reader.object(row)?;
                } else {
                    reader.skip();
                }
            }
        }
        self.waiting += 1;
        if self.is_all || of_row.multiplies() || self.waiting < PART {
            return Ok(Flow::Continue(()));
        }
        self.waiting = 0;
        of_row.finish(cx, None)?;
        let flow = self.sink.ready()?;
        self.ended = flow.is_break();
        Ok(flow)
    }

    /// Nests what belongs to the plain values of the rows so far, and gives those.
    fn nested(&mut self) -> Result<Flow> {
        let Run { connection, nest, sink, is_all, .. } = self;
        if let Some(nest) = nest {
            nest.finish(connection, *is_all, &mut |(row, item), give| {
                sink.plain(row, item).map_or(Ok(()), &mut *give)
            })?;
        }
        self.sink.ready()
    }

    /// The rows are read.
    fn finish(&mut self) -> Result<()> {
        if self.nest.is_some() && !self.ended {
            let _ = self.nested()?; // there are no more
        }
        if let Some(whole) = &mut self.whole
            && !self.ended
        {
            whole.finish(self.cx, self.is_all.then_some(self.waiting))?;
            let _ = self.sink.ready()?; // there are no more
        }
        Ok(())
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
