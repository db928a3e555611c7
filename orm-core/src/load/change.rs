//! Statements that change many rows: what they are, and which rows they change.

use super::LoadPort;
use super::instance::EntityPlan;
use super::lower;
use super::statement::Statement;
use crate::engine::{EngineConnection, Fetch, Flow, Shape};
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::query::change::ChangeParts;
use crate::sql::{DeleteStmt, Param, Render, Rendered, SelectStmt, Tree, UpdateStmt, render};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::value::ValueRef;

/// A statement that changes rows of a class, with every name in it resolved.
pub(crate) struct Changing {
    pub(crate) mapper: &'static Mapper,
    /// The columns that are set, and their values; none where the rows are deleted.
    set: Option<Vec<(&'static str, Tree)>>,
    filters: Vec<Tree>,
}

impl Changing {
    /// Resolves it.
    ///
    /// # Errors
    /// `query` where it can't be built.
    pub(crate) fn of(change: &ChangeParts) -> Result<Self> {
        let mapper = change.class.mapper()?;
        let (set, filters) = lower::change(change, mapper)?;
        if set.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::new(Code::Query, "an update sets no column")
                .about(mapper.class(), None)
                .help("say what it sets by `.set(column, value)`"));
        }
        Ok(Changing { mapper, set, filters })
    }

    /// The objects of the session whose rows it changes, by the keys of the rows.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn objects(&self, cx: &dyn LoadPort, connection: &EngineConnection) -> Result<Vec<Handle>> {
        let mapper = self.mapper;
        let table = mapper.table_ref();
        let keys = mapper.primary_key().iter().map(|id| mapper.column_ref(*id));
        let stmt = SelectStmt { filter: self.filters.clone(), ..SelectStmt::new().items(keys).from(table) };
        let entity = EntityPlan::new(mapper, 0);
        let mut found = Vec::new();
        Statement::Query(Box::new(stmt)).run(None, connection, &|_| None, Fetch::All, &mut |row| {
            let place = |id| mapper.primary_key().iter().position(|key| *key == id);
            let value = |id| place(id).and_then(|at| row.get(at).ok()).unwrap_or(ValueRef::Null);
            let key = Key::of_row(mapper, value);
            let key = key.map_err(|(id, error)| entity.unreadable(mapper.column(id), &error))?;
            found.extend(key.and_then(|key| cx.identity().get(mapper, &key)));
            Ok(Flow::Continue(()))
        })?;
        Ok(found)
    }

    /// Runs it, and says how many rows it changed.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn run(&self, connection: &EngineConnection) -> Result<u64> {
        let table = self.mapper.table_ref();
        let stmt: Box<dyn Render> = match &self.set {
            Some(set) => {
                let set = set.iter().map(|(name, tree)| ((*name).into(), tree.clone())).collect();
                Box::new(UpdateStmt { table, set, filter: self.filters.clone() })
            }
            None => Box::new(DeleteStmt { table, filter: self.filters.clone() }),
        };
        let Rendered { sql, params } = render(&*stmt, connection.engine().dialect());
        let statement = connection.statement(Shape::Query(sql.as_bytes()), |_| {
            Ok(Rendered { sql: sql.clone(), params: (0..params.len()).map(Param::Given).collect() })
        })?;
        let values: Vec<ValueRef<'_>> = params
            .iter()
            .map(|param| match param {
                Param::Value(value) => value.as_ref(),
                Param::Given(_) => ValueRef::Null,
            })
            .collect();
        let done = crate::engine::Connection::execute(connection, &statement, &values);
        done.map(|done| done.rows).map_err(|error| match error.code() {
            Code::Integrity => error.about(self.mapper.class(), None),
            _ => error,
        })
    }
}
