//! How many rows a query gives, and whether it gives any: counted by the database.

use std::rc::Rc;

use super::LoadPort;
use super::lower;
use super::statement::{compiled, run_text};
use super::whole::Whole;
use super::written::Layout;
use crate::engine::{Connection as _, EngineConnection, Fetch, Flow};
use crate::error::{Code, Error, Result};
use crate::query::parts::{Item, QueryParts, WrittenParts};
use crate::sql::{CommonRows, CommonTable, Name, Op, SelectStmt, TableRef, Tree, func};
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// How many rows a query gives.
///
/// # Errors
/// `query` where it can't be built; what the database says.
pub(crate) fn count(cx: &dyn LoadPort, query: &QueryParts, (unique, plain): (bool, bool)) -> Result<i64> {
    match &query.written {
        Some(written) if unique => one_value(cx, &counted_of_sql(cx, query, written)?),
        Some(_) => one_value(cx, &lower::around(query, |stmt| counted(stmt, unique))?),
        None => {
            one_value(cx, &asking(cx, query, plain, |stmt, multiplies| counted(stmt, unique || multiplies))?)
        }
    }
}

/// How many rows SQL of the user's gives, each once. Its columns have numbers, whatever they are called.
fn counted_of_sql(cx: &dyn LoadPort, query: &QueryParts, written: &WrittenParts) -> Result<SelectStmt> {
    let (mut stmt, mut lowered) = lower::statement(query)?;
    let connection = cx.connection(ReadOptions::DATABASE.without_autoflush())?;
    let names = connection.columns(&compiled(&stmt, &connection)?.0)?;
    if query.items.is_empty() {
        (stmt.items, lowered.items) = Layout::all(&names);
    }
    let (name, count) = (TableRef::new("rows of the sql"), names.len());
    let layout = Layout::of(&stmt.items, names, written.columns.as_deref(), &lowered.places)?;
    layout.leave_out(&mut lowered.items, None, false)?;
    let column = |at: usize| Name::made(format!("column {}", at + 1));
    let told = layout.told(&lowered.items).into_iter().map(|at| name.column(column(at)));
    let told = SelectStmt::new().items(told).distinct().from(name.clone());
    let mut with = std::mem::take(&mut stmt.with);
    let columns = (0..count).map(column).collect();
    let rows = CommonRows::Select(Box::new(stmt));
    with.push(CommonTable { name: name.name, columns, rows, recursive: false });
    let count: Tree = func::call("count", [Tree::node(Op::Star, Vec::new())]);
    let counted = SelectStmt::new().item(count).from(told.aliased(TableRef::new("counted")));
    Ok(SelectStmt { with, ..counted })
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
/// `query` where it can't be built; what the database says.
pub(crate) fn exists(cx: &dyn LoadPort, query: &QueryParts, plain: bool) -> Result<bool> {
    let ask = |stmt, _| SelectStmt::new().item(Tree::exists(stmt));
    let stmt = match &query.written {
        Some(_) => lower::around(query, |stmt| ask(stmt, false))?,
        None => asking(cx, query, plain, ask)?,
    };
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
    let is_one = matches!(query.items.as_slice(), [Item::Entity(..)]);
    lower::around(query, |stmt| ask(stmt, multiplies && !is_one))
}

fn one_value(cx: &dyn LoadPort, stmt: &SelectStmt) -> Result<i64> {
    let connection: Rc<EngineConnection> = cx.connection(ReadOptions::DATABASE.without_autoflush())?;
    let mut value = Value::Null;
    run_text(stmt, &connection, &|_| None, Fetch::All, &mut |row| {
        value = row.get(0)?.to_value();
        Ok(Flow::Break(()))
    })?;
    match value {
        Value::Int(value) => Ok(value),
        other => Err(Error::new(Code::Internal, format!("a count is {other}"))),
    }
}
