//! A query that runs: its rows become objects.

use super::LoadPort;
use super::instance::EntityPlan;
use super::lower;
use crate::engine::{self, Flow, Shape};
use crate::error::Result;
use crate::mapper::Mapper;
use crate::query::Select;
use crate::sql::{Param, Rendered, SelectStmt, render};
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
        // The text tells the query from others; which values it has is said anew each time.
        let statement = connection.statement(Shape::Query(rendered.sql.as_bytes()), |_| {
            let params = (0..rendered.params.len()).map(Param::Given).collect();
            Ok(Rendered { sql: rendered.sql.clone(), params })
        })?;
        let given = |at: usize| match rendered.params.get(at) {
            Some(Param::Value(value)) => Some(value.as_ref()),
            _ => None,
        };
        let plan = EntityPlan::new(self.mapper, 0);
        connection.run(&statement, &given, engine::Fetch::Stream, &mut |row| match plan.object(cx, row)? {
            Some(object) => each(object),
            None => Ok(Flow::Continue(())),
        })
    }

    /// The statement's text.
    pub(crate) fn sql(&self, dialect: &dyn crate::sql::Dialect) -> String {
        render(&self.stmt, dialect).sql
    }
}
