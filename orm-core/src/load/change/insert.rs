//! New rows: of values or expressions for columns, of objects, of a query.

use super::batch::{Batch, Cells, check_unrelated};
use super::write::Writer;
use crate::declare::{Made, Make};
use crate::error::{Code, Error, Result};
use crate::load::lower::{self, Column};
use crate::mapper::{MappedColumn, Mapper};
use crate::sql::{FromItem, InsertStmt, Name, NewRows, SelectItem, SelectStmt, Source, TableRef, Tree};
use crate::state::change::defaults;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Changes;
use crate::state::memory::handle::Handle;
use crate::state::memory::late::Late;
use crate::state::memory::slot::{AnySlot, Columns, SlotState};

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
            row.push(made(mapper, column, default)?);
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
    while let [first, after @ ..] = rest {
        if let Some((columns, row)) = with_expressions(writer, first)? {
            writer.run_once(&writer.of.insert(into(mapper, &columns, row)))?;
            rest = after;
            continue;
        }
        let columns: Vec<Column> = first.read(|slots| given(writer, slots).collect())?;
        let mut alike = 0;
        for object in rest {
            let is_alike = object.read(|slots| {
                given(writer, slots).map(MappedColumn::id).eq(columns.iter().map(|column| column.id()))
            })?;
            if !is_alike || has_expressions(object)? {
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
        added.push((column, made(mapper, column, default)?));
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
fn missing_defaults(writer: &Writer<'_, '_>, given: &[Column]) -> Vec<(Column, Make)> {
    let is_given =
        |column: Column| given.iter().any(|other| other.id() == column.id()) || writer.of.sets(column);
    let columns = writer.mapper().columns().iter().filter(|column| !is_given(column));
    columns.filter_map(|column| Some((column, column.default()?))).collect()
}

fn made(mapper: &'static Mapper, column: Column, default: Make) -> Result<Tree> {
    let about = |error: Error| error.about(mapper.class(), Some(column.attribute()));
    match default.make().map_err(|error| about(Error::new(Code::Value, error.to_string())))? {
        Made::Value(value) => Ok(Tree::Value(value)),
        Made::Expression(tree) => lower::expression(mapper, &Late::of(tree), true).map_err(about),
    }
}

/// The row of an object with expressions: those that its columns are set to, and those that are their defaults.
fn with_expressions(writer: &Writer<'_, '_>, object: &Handle) -> Result<Option<(Vec<Column>, Vec<Tree>)>> {
    let defaults = defaults::take(object)?;
    let late = with_changes(object, |changes| {
        changes.into_iter().flat_map(Changes::all_late).cloned().collect::<Vec<_>>()
    })?;
    if defaults.is_empty() && late.is_empty() {
        return Ok(None);
    }
    let mapper = writer.mapper();
    let expression = |column: Column| {
        let all = late.iter().chain(&defaults);
        all.clone().find(|(place, _)| *place == column.slot()).map(|(_, late)| late)
    };
    let columns: Vec<Column> = object.read(|slots| {
        let mut columns: Vec<Column> = given(writer, slots).collect();
        let others =
            mapper.columns().iter().filter(|column| expression(column).is_some() && !writer.of.sets(column));
        for column in others {
            if !columns.iter().any(|one| one.id() == column.id()) {
                columns.push(column);
            }
        }
        columns.sort_by_key(|column| column.id());
        columns
    })?;
    let tree = |column: &Column| match expression(column) {
        Some(late) => lower::expression(mapper, late, true)
            .map_err(|error| error.about(mapper.class(), Some(column.attribute()))),
        None => Ok(Tree::Value(object.column_value(column.slot())?.unwrap_or_default())),
    };
    let row = columns.iter().map(tree).collect::<Result<_>>()?;
    Ok(Some((columns, row)))
}

/// Whether columns of an object are set to expressions, or have such as defaults.
fn has_expressions(object: &Handle) -> Result<bool> {
    with_changes(object, |changes| {
        changes.is_some_and(|changes| changes.has_late() || !changes.defaults().is_empty())
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
