//! New rows: of values or expressions for columns, of objects, of a query.

use super::batch::{Batch, Cells, check_unrelated};
use super::write::Writer;
use crate::declare::DefaultValue;
use crate::error::{Code, Error, Result};
use crate::load::lower::Column;
use crate::mapper::{MappedColumn, Mapper};
use crate::sql::{FromItem, InsertStmt, Name, NewRows, SelectItem, SelectStmt, Source, TableRef, Tree};
use crate::state::change::defaults;
use crate::state::memory::handle::Handle;
use crate::state::memory::slot::{AnySlot, Columns, SlotState};
use crate::value::Value;

/// The name that the rows of a query go by where something is added to them.
const ROWS: &str = "rows";

/// Inserts rows of values or expressions for columns.
///
/// # Errors
/// What a default or the database says.
pub(super) fn of_columns(
    writer: &mut Writer<'_, '_>,
    mut columns: Vec<Column>,
    mut rows: Vec<Vec<Tree>>,
) -> Result<()> {
    let mapper = writer.mapper();
    let kept: Vec<bool> = columns.iter().map(|column| !writer.of.sets(column)).collect();
    if kept.contains(&false) {
        keep(&mut columns, &kept);
        rows.iter_mut().for_each(|row| keep(row, &kept));
    }
    for (column, default) in missing_defaults(writer, &columns) {
        for row in &mut rows {
            row.push(Tree::Value(made(mapper, column, default)?));
        }
        columns.push(column);
    }
    let mut rest = rows.as_slice();
    while let [first, ..] = rest {
        let is_plain = |row: &Vec<Tree>| row.iter().all(|tree| matches!(tree, Tree::Value(_)));
        let plain = rest.iter().take_while(|row| is_plain(row)).count();
        if plain == 0 {
            let insert = into(mapper, &columns, first.clone());
            writer.run_once(&writer.of.insert(insert))?;
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let (batch, after) = rest.split_at(plain);
        let insert = into(mapper, &columns, (0..columns.len()).map(Tree::Param).collect());
        write(writer, &insert, (&columns, Cells::Values(batch)))?;
        rest = after;
    }
    Ok(())
}

/// Inserts the columns of objects that no session has. A row leaves to the database what its object doesn't say.
///
/// # Errors
/// `query` where an object is related to others; what a default or the database says.
pub(super) fn of_objects(writer: &mut Writer<'_, '_>, objects: &[Handle]) -> Result<()> {
    let mapper = writer.mapper();
    let fill = defaults::filler(mapper, true);
    for object in objects {
        check_unrelated(object)?;
        fill.as_ref().map_or(Ok(()), |fill| fill(object))?;
    }
    let mut rest = objects;
    while let [first, ..] = rest {
        let columns: Vec<Column> = first.read(|slots| given(writer, slots).collect())?;
        let mut alike = 0;
        for object in rest {
            let is_alike = object.read(|slots| {
                given(writer, slots).map(MappedColumn::id).eq(columns.iter().map(|column| column.id()))
            })?;
            if !is_alike {
                break;
            }
            alike += 1;
        }
        let (batch, after) = rest.split_at(alike);
        let insert = into(mapper, &columns, (0..columns.len()).map(Tree::Param).collect());
        write(writer, &insert, (&columns, Cells::Objects(batch)))?;
        rest = after;
    }
    Ok(())
}

/// Inserts the rows of a query. A default is made once for all of them.
///
/// # Errors
/// What a default or the database says.
pub(super) fn of_query(writer: &mut Writer<'_, '_>, columns: Vec<Column>, select: SelectStmt) -> Result<()> {
    let mapper = writer.mapper();
    let mut added: Vec<(Column, Tree)> = Vec::new();
    for (column, default) in missing_defaults(writer, &columns) {
        added.push((column, Tree::Value(made(mapper, column, default)?)));
    }
    let change = &writer.of.change;
    let is_alone = added.is_empty() && change.set.is_empty() && change.conflicts.is_empty();
    let (names, select) = if is_alone {
        (columns, select)
    } else {
        let rows = TableRef::new(ROWS);
        let kept = |(column, _): &(Column, Name)| !writer.of.sets(column);
        let named = columns.into_iter().zip(names(&select)).filter(kept);
        let (columns, items): (Vec<Column>, Vec<Tree>) =
            named.map(|(column, name)| (column, Tree::Column(rows.column(name)))).unzip();
        let from = FromItem { source: Source::Select(Box::new(select), rows), joins: Vec::new() };
        // Without a condition, what follows `ON` would be that of a join.
        let whole = SelectStmt::new().items(items).from(from).filter(Tree::text("true"));
        (columns, whole)
    };
    let columns = names.iter().map(|column| Name::new(column.name())).collect();
    let insert = InsertStmt::of(mapper.table_ref(), columns, NewRows::Query(Box::new(select)));
    let insert = added.into_iter().fold(insert, |insert, (column, tree)| insert.set(column.name(), tree));
    writer.run_once(&writer.of.insert(insert))
}

/// Runs an insert for each row.
fn write(
    writer: &mut Writer<'_, '_>,
    insert: &InsertStmt,
    (columns, cells): (&[Column], Cells<'_>),
) -> Result<()> {
    let insert = writer.of.insert(insert.clone());
    let ready = writer.ready(&insert, writer.of.gives_back())?;
    if !ready.returns {
        let class = writer.mapper().class();
        return writer.run_many(&ready, Batch::new((columns, cells), &ready.params, class, None));
    }
    cells.each(columns, |values| writer.run(&ready, values))
}

fn into(mapper: &Mapper, columns: &[Column], values: Vec<Tree>) -> InsertStmt {
    let names = columns.iter().map(|column| Name::new(column.name())).collect();
    InsertStmt::of(mapper.table_ref(), names, NewRows::Row(values))
}

/// Leaves out what isn't kept.
fn keep<T>(list: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    list.retain(|_| kept.next().copied().unwrap_or(true));
}

/// The columns that have a default of the declaration, and that nothing gives.
fn missing_defaults(writer: &Writer<'_, '_>, given: &[Column]) -> Vec<(Column, DefaultValue)> {
    let is_given =
        |column: Column| given.iter().any(|other| other.id() == column.id()) || writer.of.sets(column);
    let columns = writer.mapper().columns().iter().filter(|column| !is_given(column));
    columns.filter_map(|column| Some((column, column.default()?))).collect()
}

fn made(mapper: &Mapper, column: Column, default: DefaultValue) -> Result<Value> {
    default().map_err(|error| {
        Error::new(Code::Value, error.to_string()).about(mapper.class(), Some(column.attribute()))
    })
}

/// The columns that the row of an object gives: not those that the database makes, and not those that are set in each row.
fn given(writer: &Writer<'_, '_>, slots: &dyn Columns) -> impl Iterator<Item = Column> {
    let mapper = writer.mapper();
    let is_given = move |column: &Column| {
        let slot = slots.at(column.slot());
        let is_left = if mapper.db_generated_key() == Some(column.id()) {
            slot.is_none_or(AnySlot::is_null)
        } else {
            column.is_never_given()
                || column.has_server_default()
                    && slot.is_none_or(|slot| !matches!(slot.state(), SlotState::Set | SlotState::Null))
        };
        !is_left && !writer.of.sets(column)
    };
    mapper.columns().iter().filter(is_given)
}

/// The names of a query's columns.
fn names(select: &SelectStmt) -> Vec<Name> {
    let name = |item: &SelectItem| match (&item.label, &item.tree) {
        (Some(label), _) => Name::made(label.to_string()),
        (None, Tree::Column(column)) => column.name.clone(),
        (None, _) => Name::new(""),
    };
    select.items.iter().map(name).collect()
}
