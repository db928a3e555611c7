//! Rows of an association table: inserted and deleted as the collections say, and changed with the keys they hold.

use super::late::execute;
use super::row::{is_row, mismatch, not_one_row};
use crate::declare::{ColumnDecl, Made, Make, TableDecl};
use crate::engine::{Bind, Connection, Done, RowSource, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::flush::port::FlushSession;
use crate::mapper::Relation;
use crate::sql::{DeleteStmt, InsertStmt, TableRef, Tree, UpdateStmt, render_row};
use crate::state::memory::late::Late;
use crate::value::Value;

/// Inserts rows.
pub(in crate::flush) fn link(
    cx: FlushSession<'_>,
    relation: &'static Relation,
    rows: &[Vec<Value>],
) -> Result<()> {
    run(cx, relation, rows, StatementKind::Link).map(drop)
}

/// Deletes rows.
///
/// # Errors
/// `stale-data` where a row was gone.
pub(in crate::flush) fn unlink(
    cx: FlushSession<'_>,
    relation: &'static Relation,
    rows: &[Vec<Value>],
) -> Result<()> {
    let matched = run(cx, relation, rows, StatementKind::Unlink)?;
    if matched.rows == rows.len() as u64 && matched.fits(rows) {
        return Ok(());
    }
    Err(stale(relation, "a deletion", rows, &matched))
}

/// Changes rows: each is the row to be, followed by the row that is there.
///
/// # Errors
/// `stale-data` where a row was gone.
pub(in crate::flush) fn relink(
    cx: FlushSession<'_>,
    relation: &'static Relation,
    rows: &[Vec<Value>],
) -> Result<()> {
    let matched = run(cx, relation, rows, StatementKind::Relink)?;
    if matched.rows == rows.len() as u64 && matched.others.is_empty() {
        return Ok(());
    }
    Err(stale(relation, "an update", rows, &matched))
}

#[cold]
fn stale(relation: &'static Relation, verb: &str, rows: &[Vec<Value>], matched: &Matched) -> Error {
    let table = relation.secondary().map_or("", |table| table.name);
    Error::new(Code::StaleData, mismatch(verb, table, rows.len(), matched.rows))
        .about(relation.class(), Some(relation.name()))
        .help("somebody else changed the links, or one stands there twice: roll back and load the collection again")
}

/// The rows that deletions found.
#[derive(Default)]
struct Matched {
    rows: u64,
    /// The deletions that didn't find one, by their numbers, and how many they found. Empty where only all rows
    /// together are counted.
    others: Vec<(usize, u64)>,
}

impl Matched {
    /// Whether each row was found as often as it was to be deleted: one that stands twice in a collection is, the
    /// first time, with the second.
    fn fits(&self, rows: &[Vec<Value>]) -> bool {
        self.others.iter().all(|(number, _)| {
            let row = &rows[*number];
            let found = self.others.iter().filter(|(other, _)| rows[*other] == *row);
            let found: u64 = found.map(|(_, matched)| matched).sum();
            found == rows.iter().filter(|other| *other == row).count() as u64
        })
    }
}

fn run(
    cx: FlushSession<'_>,
    relation: &'static Relation,
    rows: &[Vec<Value>],
    kind: StatementKind,
) -> Result<Matched> {
    let (Some(table), false) = (relation.secondary(), rows.is_empty()) else { return Ok(Matched::default()) };
    if relation.association().is_some_and(|rows| !rows.is_table()) {
        return Err(Error::new(Code::Flush, format!("the links in `{}` come from a query", table.name))
            .about(relation.class(), Some(relation.name()))
            .help("change them by a relationship whose `secondary` is a table"));
    }
    let inserts = kind == StatementKind::Link;
    let statement = cx.connection().statement(Shape::own(kind, relation.id().index()), |dialect| {
        let of = TableRef::new(table.name);
        let columns = columns(relation, table);
        if kind == StatementKind::Relink {
            let names: Vec<&'static str> = columns.collect();
            let is_row = is_row(names.iter().map(|column| of.column(*column)), names.len());
            let set = names.iter().enumerate().map(|(at, name)| ((*name).into(), Tree::Param(at))).collect();
            let update = UpdateStmt { set, ..UpdateStmt::new(of.clone()) };
            return Ok(render_row(&update.filter(is_row), dialect));
        }
        if !inserts {
            let is_row = is_row(columns.map(|column| of.column(column)), 0);
            return Ok(render_row(&DeleteStmt::new(of.clone()).filter(is_row), dialect));
        }
        let defaults = defaults(relation, table).map(|(column, _)| column.name);
        let names = columns.chain(defaults).enumerate();
        let insert = names.fold(InsertStmt::new(of), |stmt, (at, column)| stmt.set(column, Tree::Param(at)));
        Ok(render_row(&insert, dialect))
    })?;
    let mut made = if inserts { made(relation, table, rows)? } else { None };
    if let Some(Filled::Expressions(rows)) = &mut made {
        let rows = std::mem::take(rows);
        let link = |all, row| link_by_itself((cx, relation, table), row, all);
        return rows.into_iter().try_fold(Matched::default(), link);
    }
    let rows = match &made {
        Some(Filled::Values(rows)) => rows,
        _ => rows,
    };
    let is_checked = cx.rules().checks_rows;
    let matched = Matched::default();
    let mut rows = Links { relation, table, rows: rows.iter(), inserts, is_checked, matched };
    match cx.connection().execute_many(&statement, &mut rows) {
        Ok(()) => Ok(rows.matched),
        Err(error) if error.code() == Code::Integrity => {
            Err(error.about(relation.class(), Some(relation.name())))
        }
        Err(error) => Err(error),
    }
}

/// The rows to be inserted or deleted.
struct Links<'r> {
    relation: &'static Relation,
    table: &'static TableDecl,
    rows: std::slice::Iter<'r, Vec<Value>>,
    inserts: bool,
    is_checked: bool,
    matched: Matched,
}

impl RowSource for Links<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let Some(row) = self.rows.next() else { return Ok(false) };
        for value in row {
            bind(value.as_ref())?;
        }
        Ok(true)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        self.matched.rows += done.rows;
        if done.rows != 1 && self.is_checked {
            if self.inserts {
                let error = not_one_row(self.table.name, done);
                return Err(error.about(self.relation.class(), Some(self.relation.name())));
            }
            self.matched.others.push((row, done.rows));
        }
        Ok(())
    }
}

/// Rows to be inserted, with what the declaration fills in.
enum Filled {
    /// Values.
    Values(Vec<Vec<Value>>),
    /// Values and expressions.
    Expressions(Vec<Vec<Made>>),
}

/// Fills in the columns of rows to be inserted that the relationship doesn't; `None` where there are none.
fn made(
    relation: &'static Relation,
    table: &'static TableDecl,
    rows: &[Vec<Value>],
) -> Result<Option<Filled>> {
    let defaults: Vec<(&ColumnDecl, Make)> = defaults(relation, table).collect();
    if defaults.is_empty() {
        return Ok(None);
    }
    let mut filled = Vec::with_capacity(rows.len());
    for row in rows {
        let mut cells: Vec<Made> = row.iter().cloned().map(Made::Value).collect();
        for (column, default) in &defaults {
            cells.push(default.make().map_err(|error| {
                let what = format!("the default of `{}.{}`: {error}", table.name, column.name);
                Error::new(Code::Value, what).about(relation.class(), Some(relation.name()))
            })?);
        }
        filled.push(cells);
    }
    let is_value = |made: &Made| matches!(made, Made::Value(_));
    if !filled.iter().flatten().all(is_value) {
        return Ok(Some(Filled::Expressions(filled)));
    }
    let value = |made| match made {
        Made::Value(value) => value,
        Made::Expression(_) => Value::Null,
    };
    Ok(Some(Filled::Values(filled.into_iter().map(|row| row.into_iter().map(value).collect()).collect())))
}

/// Inserts a row of which columns have expressions as defaults.
fn link_by_itself(
    (cx, relation, table): (FlushSession<'_>, &'static Relation, &'static TableDecl),
    row: Vec<Made>,
    mut matched: Matched,
) -> Result<Matched> {
    let about = |error: Error| error.about(relation.class(), Some(relation.name()));
    let names = columns(relation, table).chain(defaults(relation, table).map(|(column, _)| column.name));
    let mut insert = InsertStmt::new(TableRef::new(table.name));
    for (name, made) in names.zip(row) {
        let tree = match made {
            Made::Value(value) => Tree::Value(value),
            Made::Expression(tree) => {
                cx.expression(relation.mapper(), &Late::of(tree), true).map_err(about)?
            }
        };
        insert = insert.set(name, tree);
    }
    let done = execute(cx, &insert).map_err(about)?;
    if done.rows != 1 && cx.rules().checks_rows {
        return Err(about(not_one_row(table.name, done)));
    }
    matched.rows += done.rows;
    Ok(matched)
}

fn columns(relation: &Relation, table: &'static TableDecl) -> impl Iterator<Item = &'static str> {
    keys(relation).map(|index| table.columns[index].name)
}

/// The columns that the relationship fills.
fn keys(relation: &Relation) -> impl Iterator<Item = usize> {
    relation.near_pairs().iter().chain(relation.far_pairs()).map(|pair| pair.link)
}

/// The columns beside them that the declaration fills.
fn defaults(
    relation: &Relation,
    table: &'static TableDecl,
) -> impl Iterator<Item = (&'static ColumnDecl, Make)> {
    let others =
        table.columns.iter().enumerate().filter(|(index, _)| !keys(relation).any(|key| key == *index));
    others.filter_map(|(_, column)| column.default.map(|default| (column, default)))
}
