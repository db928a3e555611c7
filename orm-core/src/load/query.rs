//! A query that runs: its rows become objects.

use super::LoadPort;
use super::instance::EntityPlan;
use super::lower;
use crate::engine::{Connection, Flow};
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::query::Select;
use crate::sql::{Param, SelectStmt, render};
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;

/// A query that is ready to run.
pub(crate) struct Fetch {
    mapper: &'static Mapper,
    stmt: SelectStmt,
}

/// Makes the statement of a query. Keys of objects in it are read now.
pub(crate) fn fetch<T>(query: &Select<T>) -> Result<Fetch> {
    let mapper = query.source.mapper()?;
    Ok(Fetch { mapper, stmt: lower::statement(query, mapper)? })
}

impl Fetch {
    /// Runs the statement and gives each object.
    pub(crate) fn run(&self, cx: &dyn LoadPort, each: &mut dyn FnMut(Handle) -> Result<Flow>) -> Result<()> {
        let connection = cx.connection(ReadOptions::DATABASE.without_autoflush())?;
        let rendered = render(&self.stmt, connection.engine().dialect());
        let mut statement = connection.prepare(&rendered.sql)?;
        for (at, param) in rendered.params.iter().enumerate() {
            match param {
                Param::Value(value) => statement.bind(at, value.as_ref())?,
                Param::Given(_) => {
                    return Err(Error::new(Code::Query, "a parameter of the query has no value"));
                }
            }
        }
        let plan = EntityPlan::new(self.mapper, 0);
        statement.query(&mut |row| match plan.object(cx, row)? {
            Some(object) => each(object),
            None => Ok(Flow::Continue(())),
        })
    }

    /// The statement's text.
    pub(crate) fn sql(&self, dialect: &dyn crate::sql::Dialect) -> String {
        render(&self.stmt, dialect).sql
    }
}
