//! A query that runs: its rows become objects.

use super::LoadPort;
use super::instance::EntityPlan;
use super::lower;
use super::plan::{LoadPlan, RowPlan};
use super::statement::Statement;
use crate::engine::{Fetch, Flow};
use crate::error::Result;
use crate::query::Select;
use crate::sql::{Dialect, render};
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;

/// How a query is loaded. Keys of objects in it are read now.
fn plan<T>(query: &Select<T>) -> Result<LoadPlan<'static>> {
    let mapper = query.source.mapper()?;
    let statement = Statement::Query(Box::new(lower::statement(query, mapper)?));
    Ok(LoadPlan::new(statement, RowPlan::Object(EntityPlan::new(mapper, 0))))
}

/// Runs a query and gives each object, while the rows are read.
pub(crate) fn stream<T>(
    cx: &dyn LoadPort,
    query: &Select<T>,
    each: &mut dyn FnMut(Handle) -> Result<Flow>,
) -> Result<()> {
    let plan = plan(query)?;
    let connection = cx.connection(ReadOptions::DATABASE.without_autoflush())?;
    plan.run(cx, &connection, &|_| None, Fetch::Stream, each)
}

/// The text of a query.
pub(crate) fn sql<T>(query: &Select<T>, dialect: &dyn Dialect) -> Result<String> {
    let statement = lower::statement(query, query.source.mapper()?)?;
    Ok(render(&statement, dialect).sql)
}
