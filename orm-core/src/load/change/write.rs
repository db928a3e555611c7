//! `Writer`: statements of a change that run, and the rows that they give back.

use std::rc::Rc;

use super::batch::Batch;
use super::changing::{Changing, Followed, Hears};
use crate::declare::SlotId;
use crate::engine::{Compiled, Connection, EngineConnection, Fetch, Flow, Row, Shape};
use crate::error::{Code, Error, Result};
use crate::load::LoadPort;
use crate::load::fresh::Fresh;
use crate::load::instance::EntityPlan;
use crate::load::lower::Column;
use crate::load::reader::Reader;
use crate::load::whole::Whole;
use crate::mapper::Mapper;
use crate::query::Cells;
use crate::query::change::Verb;
use crate::sql::{Param, Render, Rendered, render};
use crate::state::key::Key;
use crate::value::{Value, ValueRef};

/// A change that is being written.
pub(super) struct Writer<'w, 'h> {
    pub(super) of: &'w Changing,
    pub(super) cx: &'w dyn LoadPort,
    connection: &'w EngineConnection,
    pub(super) hears: &'w mut Hears<'h>,
    /// How many rows were written.
    pub(super) written: u64,
    /// The columns that the statement which runs next writes of rows that are there already.
    pub(super) columns: Vec<Column>,
    fresh: Fresh,
    /// What is loaded with the objects that are given back.
    pub(super) whole: Option<Whole>,
}

/// A statement with what its placeholders stand for.
pub(super) struct Ready {
    statement: Rc<Compiled>,
    pub(super) params: Vec<Param>,
    /// Whether it gives back rows.
    pub(super) returns: bool,
}

impl<'w, 'h> Writer<'w, 'h> {
    pub(super) fn new(
        of: &'w Changing,
        (cx, connection): (&'w dyn LoadPort, &'w EngineConnection),
        hears: &'w mut Hears<'h>,
    ) -> Self {
        Writer {
            of,
            cx,
            connection,
            hears,
            written: 0,
            columns: of.written(),
            fresh: Fresh::new(false),
            whole: None,
        }
    }

    /// The same, with what is loaded with the objects that are given back.
    pub(super) fn with(self, whole: Option<Whole>) -> Self {
        Writer { whole, ..self }
    }

    pub(super) fn mapper(&self) -> &'static Mapper {
        self.of.change.mapper
    }

    /// Prepares a statement. Its text tells it from others; its values are given each time.
    ///
    /// # Errors
    /// `query` where it has more values than a statement can bind.
    pub(super) fn ready(&self, stmt: &dyn Render, returns: bool) -> Result<Ready> {
        let dialect = self.connection.engine().dialect();
        let Rendered { sql, params } = render(stmt, dialect);
        let most = dialect.max_parameters();
        if params.len() > most {
            let message = format!("{} values for a statement that can bind {most}", params.len());
            return Err(Error::new(Code::Query, message)
                .about(self.mapper().class(), None)
                .help("write in several statements, with a part of the values each"));
        }
        let statement = self.connection.statement(Shape::Query(sql.as_bytes()), |_| {
            Ok(Rendered { sql: sql.clone(), params: (0..params.len()).map(Param::Given).collect() })
        })?;
        Ok(Ready { statement, params, returns })
    }

    /// Runs a statement once, with the values that it has in it.
    ///
    /// # Errors
    /// What the database says.
    pub(super) fn run_once(&mut self, stmt: &dyn Render) -> Result<()> {
        let ready = self.ready(stmt, self.of.gives_back())?;
        self.run(&ready, &[])
    }

    /// Runs a statement once, where these values are given.
    ///
    /// # Errors
    /// What the database says.
    pub(super) fn run(&mut self, ready: &Ready, given: &[Value]) -> Result<()> {
        let value = |param: &'_ Param| match param {
            Param::Value(value) => value.clone(),
            Param::Given(at) => given.get(*at).cloned().unwrap_or_default(),
        };
        let values: Vec<Value> = ready.params.iter().map(value).collect();
        let connection = self.connection;
        let mapper = self.mapper();
        let done = if ready.returns {
            let value = |at: usize| values.get(at).map(Value::as_ref);
            connection.run(&ready.statement, &value, Fetch::All, &mut |row| self.row(row))
        } else {
            let values: Vec<ValueRef<'_>> = values.iter().map(Value::as_ref).collect();
            connection.execute(&ready.statement, &values).map(|done| self.written += done.rows)
        };
        done.map_err(|error| self.of.about(mapper.about(error)))
    }

    /// Runs a statement that gives nothing back once for each row of a batch.
    ///
    /// # Errors
    /// What the database says.
    pub(super) fn run_many(&mut self, ready: &Ready, mut batch: Batch<'_>) -> Result<()> {
        let done = self.connection.execute_many(&ready.statement, &mut batch);
        self.written += batch.written;
        done.map_err(|error| self.of.about(self.mapper().about(error)))
    }

    /// A row that a statement gives back.
    fn row(&mut self, row: &dyn Row) -> Result<Flow> {
        self.written += 1;
        let is_deletion = self.of.change.verb == Verb::Delete;
        // An object has what was written before the row is read; one whose row is gone is read before it is deleted.
        if self.of.follows && !is_deletion {
            self.follow(row)?;
        }
        let items = &self.of.change.items;
        if !items.is_empty() {
            let mut reader = Reader::new(self.cx, items, &mut self.fresh, self.whole.as_mut());
            (self.hears.row)(&mut Cells::new(row, &mut reader, None))?;
        }
        if self.of.follows && is_deletion {
            self.follow(row)?;
        }
        Ok(Flow::Continue(()))
    }

    /// The object of a row follows, where the session has it.
    fn follow(&mut self, row: &dyn Row) -> Result<()> {
        let change = &self.of.change;
        let mapper = change.mapper;
        let (first, keys) = (change.returning.len(), mapper.primary_key());
        let place = |id| keys.iter().position(|key| *key == id);
        let value = |id| place(id).and_then(|at| row.get(first + at).ok()).unwrap_or(ValueRef::Null);
        let key = Key::of_row(mapper, value);
        let key =
            key.map_err(|(id, error)| EntityPlan::new(mapper, 0).unreadable(mapper.column(id), &error))?;
        let Some(object) = key.and_then(|key| self.cx.identity().get(mapper, &key)) else { return Ok(()) };
        if change.verb == Verb::Delete {
            return (self.hears.follow)(&object, Followed::Deleted);
        }
        let mut set: Vec<(SlotId, Option<Value>)> = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            set.push((column.slot(), Some(row.get(first + keys.len() + at)?.to_value())));
        }
        for made in self.of.made_anew() {
            if set.iter().all(|(slot, _)| *slot != made.0) {
                set.push(made);
            }
        }
        (self.hears.follow)(&object, Followed::Set(&set))
    }
}
