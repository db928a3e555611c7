//! Many rows updated by their keys.

use super::batch::{Batch, Cells, check_unrelated};
use super::changing::{Followed, Hears};
use super::write::Writer;
use crate::declare::{ColumnId, SlotId};
use crate::error::{Code, Error, Result};
use crate::load::instance::EntityPlan;
use crate::load::lower::Column;
use crate::mapper::Mapper;
use crate::sql::Tree;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::value::{Value, ValueRef};

/// Updates the rows whose keys stand among these columns.
///
/// # Errors
/// `query` where a column of the key is missing; what the database says.
pub(super) fn of_columns(
    writer: &mut Writer<'_, '_>,
    columns: Vec<Column>,
    rows: Vec<Vec<Tree>>,
) -> Result<()> {
    check_key(writer.mapper(), &columns)?;
    let mut rest = rows.as_slice();
    while let [first, ..] = rest {
        let is_plain = |row: &Vec<Tree>| row.iter().all(|tree| matches!(tree, Tree::Value(_)));
        let plain = rest.iter().take_while(|row| is_plain(row)).count();
        let (batch, after) = rest.split_at(plain.max(1));
        if plain == 0 {
            check_key_is_plain(writer.mapper(), &columns, first)?;
        }
        let values = if plain == 0 { first.clone() } else { (0..columns.len()).map(Tree::Param).collect() };
        write(writer, (&columns, Cells::Values(batch)), &values)?;
        rest = after;
    }
    Ok(())
}

/// Updates the rows with the keys of these objects, which no session has: the columns that they say something of.
///
/// # Errors
/// `query` where an object has no key; what the database says.
pub(super) fn of_objects(writer: &mut Writer<'_, '_>, objects: &[Handle]) -> Result<()> {
    let mapper = writer.mapper();
    let mut rest = objects;
    while let [first, ..] = rest {
        check_unrelated(first)?;
        let columns = first.read(|slots| {
            let is_given = |column: &Column| slots.at(column.slot()).is_some_and(says_something);
            mapper.columns().iter().filter(is_given).collect::<Vec<Column>>()
        })?;
        check_key(mapper, &columns)?;
        let mut alike = 1;
        for object in rest.iter().skip(1) {
            check_unrelated(object)?;
            let is_alike = object.read(|slots| {
                let is_given = |column: &&Column| slots.at(column.slot()).is_some_and(says_something);
                mapper
                    .columns()
                    .iter()
                    .filter(|column| is_given(&column))
                    .map(|column| column.id())
                    .eq(ids(&columns))
            })?;
            if !is_alike {
                break;
            }
            alike += 1;
        }
        let (batch, after) = rest.split_at(alike);
        let values: Vec<Tree> = (0..columns.len()).map(Tree::Param).collect();
        write(writer, (&columns, Cells::Objects(batch)), &values)?;
        rest = after;
    }
    Ok(())
}

fn ids(columns: &[Column]) -> impl Iterator<Item = ColumnId> {
    columns.iter().map(|column| column.id())
}

fn says_something(slot: &dyn AnySlot) -> bool {
    matches!(slot.state(), SlotState::Set | SlotState::Null)
}

/// Runs an update for each row of a batch. `values` are what the columns are set to.
fn write(
    writer: &mut Writer<'_, '_>,
    (columns, cells): (&[Column], Cells<'_>),
    values: &[Tree],
) -> Result<()> {
    let mapper = writer.mapper();
    let both = || columns.iter().copied().zip(values.iter().cloned());
    let set: Vec<(Column, Tree)> =
        both().filter(|(column, _)| !column.is_primary_key() && !writer.of.sets(column)).collect();
    if set.is_empty() && writer.of.change.set.is_empty() {
        return Err(Error::new(Code::Query, "an update by keys sets no column")
            .about(mapper.class(), None)
            .help("give more than the key"));
    }
    let written: Vec<(SlotId, bool)> = set
        .iter()
        .map(|(column, tree)| (column.slot(), !matches!(tree, Tree::Param(_) | Tree::Value(_))))
        .chain(writer.of.change.set.iter().map(|(column, _)| (column.slot(), true)))
        .collect();
    writer.columns = set.iter().map(|(column, _)| *column).chain(writer.of.written()).collect();
    let gives_items = !writer.of.change.items.is_empty();
    let returning = if gives_items { writer.of.returning(&writer.columns) } else { Vec::new() };
    let is_row = both().filter(|(column, _)| column.is_primary_key());
    let is_row = is_row.map(|(column, value)| Tree::from(mapper.column_ref(column.id())).equals(value));
    let stmt = writer.of.statement(set, is_row.collect(), returning);
    let ready = writer.ready(&*stmt, gives_items)?;
    if ready.returns {
        return cells.each(columns, |values| writer.run(&ready, values));
    }
    if !writer.of.follows {
        return writer.run_many(&ready, Batch::new((columns, cells), &ready.params, mapper.class(), None));
    }
    let cx = writer.cx;
    let mut followed: Vec<usize> = Vec::new();
    let mut note = |row| {
        followed.push(row);
        Ok(())
    };
    let batch = Batch::new((columns, cells), &ready.params, mapper.class(), Some(&mut note));
    // Rows that were written before one that failed stay written until the transaction is rolled back.
    let ran = writer.run_many(&ready, batch);
    let Hears { follow, .. } = &mut *writer.hears;
    for row in followed {
        let values = cells.values(columns, row)?;
        let at = |id: ColumnId| columns.iter().position(|column| column.id() == id);
        let value = |id| at(id).and_then(|at| values.get(at)).map_or(ValueRef::Null, Value::as_ref);
        let key = Key::of_row(mapper, value);
        let key =
            key.map_err(|(id, error)| EntityPlan::new(mapper, 0).unreadable(mapper.column(id), &error))?;
        let Some(object) = key.and_then(|key| cx.identity().get(mapper, &key)) else { continue };
        let known = |slot: SlotId| columns.iter().position(|column| column.slot() == slot);
        let set: Vec<(SlotId, Option<Value>)> = written
            .iter()
            .map(|(slot, is_made)| {
                let value = if *is_made { None } else { known(*slot).and_then(|at| values.get(at)).cloned() };
                (*slot, value)
            })
            .collect();
        follow(&object, Followed::Set(&set))?;
    }
    ran
}

fn check_key(mapper: &Mapper, columns: &[Column]) -> Result<()> {
    let is_given = |id: &ColumnId| ids(columns).any(|given| given == *id);
    match mapper.primary_key().iter().find(|id| !is_given(id)) {
        None => Ok(()),
        Some(missing) => Err(Error::new(Code::Query, "a row is updated by its key, and doesn't have it")
            .about(mapper.class(), Some(mapper.column(*missing).attribute()))
            .help("give each column of the primary key, or say by `.filter(...)` which rows are meant")),
    }
}

fn check_key_is_plain(mapper: &Mapper, columns: &[Column], row: &[Tree]) -> Result<()> {
    let mut cells = columns.iter().zip(row);
    match cells.find(|(column, tree)| column.is_primary_key() && !matches!(tree, Tree::Value(_))) {
        None => Ok(()),
        Some((column, _)) => Err(Error::new(Code::Query, "a row is updated by a key that is an expression")
            .about(mapper.class(), Some(column.attribute()))
            .help("give the key as a value, or say by `.filter(...)` which rows are meant")),
    }
}
