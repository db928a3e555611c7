//! Rows of a table between: inserted and deleted as the collections say.

use crate::declare::{ColumnDecl, DefaultValue, TableDecl};
use crate::engine::Connection;
use crate::engine::cache::{TextKey, TextKind, text};
use crate::error::{Code, Error, Result};
use crate::flush::FlushSession;
use crate::mapper::Relation;
use crate::sql::text as sql_text;
use crate::value::Value;

/// Inserts rows.
pub(in crate::flush) fn link(
    cx: FlushSession<'_>,
    relation: &'static Relation,
    rows: &[Vec<Value>],
) -> Result<()> {
    run(cx, relation, rows, TextKind::Link).map(|_| ())
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
    let matched = run(cx, relation, rows, TextKind::Unlink)?;
    if matched == rows.len() as u64 {
        return Ok(());
    }
    let table = relation.secondary().map_or("", |table| table.name);
    Err(Error::new(
        Code::StaleData,
        format!("a deletion of {} row(s) in `{table}` matched {matched}", rows.len()),
    )
    .about(relation.class(), Some(relation.name()))
    .help("somebody else changed the links: roll back and load the collection again"))
}

fn run(
    cx: FlushSession<'_>,
    relation: &'static Relation,
    rows: &[Vec<Value>],
    kind: TextKind,
) -> Result<u64> {
    let (Some(table), false) = (relation.secondary(), rows.is_empty()) else { return Ok(0) };
    let inserts = kind == TextKind::Link;
    let key = TextKey::new(kind, relation.id().index());
    let sql = text(cx.dialect(), key, || {
        let mut columns = columns(relation, table);
        if inserts {
            columns.extend(defaults(relation, table).map(|(column, _)| column.name));
            sql_text::insert(table.name, &columns, cx.dialect())
        } else {
            sql_text::delete(table.name, &columns, cx.dialect())
        }
    });
    let mut statement = cx.connection().prepare(&sql)?;
    let mut matched = 0;
    for row in rows {
        for (at, value) in row.iter().enumerate() {
            statement.bind(at, value.as_ref())?;
        }
        if inserts {
            for (at, (column, default)) in defaults(relation, table).enumerate() {
                let value = default().map_err(|error| {
                    Error::new(
                        Code::Value,
                        format!("the default of `{}.{}`: {error}", table.name, column.name),
                    )
                    .about(relation.class(), Some(relation.name()))
                })?;
                statement.bind(row.len() + at, value.as_ref())?;
            }
        }
        matched += statement
            .execute()
            .map_err(|error| match error.code() {
                Code::Integrity => error.about(relation.class(), Some(relation.name())),
                _ => error,
            })?
            .rows;
    }
    Ok(matched)
}

fn columns(relation: &Relation, table: &'static TableDecl) -> Vec<&'static str> {
    keys(relation).map(|index| table.columns[index].name).collect()
}

/// The columns that the relationship fills.
fn keys(relation: &Relation) -> impl Iterator<Item = usize> {
    relation.near_pairs().iter().chain(relation.far_pairs()).map(|pair| pair.link)
}

/// The columns beside them that the declaration fills.
fn defaults(
    relation: &Relation,
    table: &'static TableDecl,
) -> impl Iterator<Item = (&'static ColumnDecl, DefaultValue)> {
    let others =
        table.columns.iter().enumerate().filter(|(index, _)| !keys(relation).any(|key| key == *index));
    others.filter_map(|(_, column)| column.default.map(|default| (column, default)))
}
