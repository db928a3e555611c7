//! Many rows updated by their keys, and where they have versions by these too.

use super::batch::{Batch, Cells, check_unrelated};
use super::changing::{Followed, Hears};
use super::write::Writer;
use crate::declare::{ColumnId, Made, SlotId};
use crate::error::{Code, Error, Result};
use crate::load::instance::EntityPlan;
use crate::load::lower::{self, Column};
use crate::mapper::{Mapper, Version};
use crate::sql::Tree;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::late::Late;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::value::{Value, ValueRef};

/// What a cell of a row is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// To find the row.
    Finds,
    /// To be written into it.
    Set,
}

/// The columns that rows have cells for, and what these are for.
struct Head {
    columns: Vec<Column>,
    roles: Vec<Role>,
    /// What is written into each row besides.
    more: Vec<(Column, Tree)>,
}

/// Updates the rows whose keys stand among these columns.
///
/// # Errors
/// `query` where a column of the key or the version is missing; `stale-data`; what the database says.
pub(super) fn of_columns(
    writer: &mut Writer<'_, '_>,
    columns: Vec<Column>,
    mut rows: Vec<Vec<Tree>>,
) -> Result<()> {
    let named = columns.len();
    let head = Head::of(writer, columns, &mut rows)?;
    let mut rest = rows.as_slice();
    while let [first, ..] = rest {
        let is_plain = |row: &Vec<Tree>| row.iter().all(|tree| matches!(tree, Tree::Value(_)));
        let plain = rest.iter().take_while(|row| is_plain(row)).count();
        let (batch, after) = rest.split_at(plain.max(1));
        if plain == 0 {
            let named = head.columns.get(..named).unwrap_or_default();
            check_key_is_plain(writer.mapper(), named, first)?;
        }
        let values = if plain == 0 { first.clone() } else { params(head.columns.len()) };
        write(writer, &head, Cells::Values(batch), &values)?;
        rest = after;
    }
    Ok(())
}

fn params(count: usize) -> Vec<Tree> {
    (0..count).map(Tree::Param).collect()
}

/// Updates the rows with the keys of these objects, which no session has: the columns that they say something of.
///
/// # Errors
/// `query` where an object has no key or version; `stale-data`; what the database says.
pub(super) fn of_objects(writer: &mut Writer<'_, '_>, objects: &[Handle]) -> Result<()> {
    let mapper = writer.mapper();
    let makes_more = mapper.version().is_some() || !mapper.writes().onupdate.is_empty();
    let mut rest = objects;
    while let [first, ..] = rest {
        check_unrelated(first)?;
        let is_given = |object: &Handle, column: Column| {
            let is_made = column.is_computed() || column.is_expression();
            object.read(|slots| !is_made && slots.at(column.slot()).is_some_and(says_something))
        };
        let mut columns: Vec<Column> = Vec::new();
        for column in mapper.columns() {
            if is_given(first, column)? {
                columns.push(column);
            }
        }
        let mut alike = 1;
        for object in rest.iter().skip(1) {
            check_unrelated(object)?;
            let mut given = columns.iter().map(|column| column.id());
            let mut is_alike = true;
            for column in mapper.columns() {
                is_alike &= !is_given(object, column)? || given.next() == Some(column.id());
            }
            if !is_alike || given.next().is_some() {
                break;
            }
            alike += 1;
        }
        let (batch, after) = rest.split_at(alike);
        if makes_more {
            let cells = Cells::Objects(batch);
            let row = |at| Ok(cells.values(&columns, at)?.into_iter().map(Tree::Value).collect());
            let rows = (0..alike).map(row).collect::<Result<Vec<Vec<Tree>>>>()?;
            of_columns(writer, columns, rows)?;
        } else {
            let values = params(columns.len());
            let head = Head::of(writer, columns, &mut [])?;
            write(writer, &head, Cells::Objects(batch), &values)?;
        }
        rest = after;
    }
    Ok(())
}

fn says_something(slot: &dyn AnySlot) -> bool {
    matches!(slot.state(), SlotState::Set | SlotState::Null)
}

impl Head {
    /// Says what the cells of rows are for, and adds those that are made: the next version, and what an update sets besides.
    fn of(writer: &Writer<'_, '_>, columns: Vec<Column>, rows: &mut [Vec<Tree>]) -> Result<Self> {
        let mapper = writer.mapper();
        check_key(mapper, &columns)?;
        let finds = |column: &Column| column.is_primary_key() || column.is_version();
        let role = |column: &Column| if finds(column) { Role::Finds } else { Role::Set };
        let mut head = Head { roles: columns.iter().map(role).collect(), columns, more: Vec::new() };
        if let Some(version) = mapper.version() {
            head.add_version(mapper, version, rows)?;
        }
        let is_set = |id| {
            let mut all = head.columns.iter().zip(&head.roles);
            all.any(|(column, role)| *role == Role::Set && column.id() == id)
        };
        let made: Vec<ColumnId> =
            mapper.writes().onupdate.iter().copied().filter(|id| !is_set(*id)).collect();
        for column in made.into_iter().map(|id| mapper.column(id)) {
            if !writer.of.sets(column) {
                head.add_made(mapper, column, rows)?;
            }
        }
        Ok(head)
    }

    fn push(&mut self, column: Column) {
        self.columns.push(column);
        self.roles.push(Role::Set);
    }

    fn add_version(
        &mut self,
        mapper: &'static Mapper,
        version: Version,
        rows: &mut [Vec<Tree>],
    ) -> Result<()> {
        let column = mapper.column(version.id);
        let about = |error: Error| error.about(mapper.class(), Some(column.attribute()));
        let Some(at) = self.columns.iter().position(|one| one.id() == version.id) else {
            return Err(about(Error::new(
                Code::Query,
                "a row is updated by its key and its version, and doesn't have it",
            ))
            .help("give the version that the row has, or say by `.filter(...)` which rows are meant"));
        };
        let Some(next) = version.next else { return Ok(()) };
        for row in rows {
            let Some(Tree::Value(current)) = row.get(at) else {
                return Err(about(Error::new(
                    Code::Query,
                    "a row is updated by a version that is an expression",
                ))
                .help("give the version that the row has as a value"));
            };
            let next = next.make(Some(current.as_ref()));
            let next = next.map_err(|error| about(Error::new(Code::Value, error.to_string())))?;
            row.push(Tree::Value(next));
        }
        self.push(column);
        Ok(())
    }

    /// Adds what an update sets a column to: a value of its own for each row, or an expression.
    fn add_made(&mut self, mapper: &'static Mapper, column: Column, rows: &mut [Vec<Tree>]) -> Result<()> {
        let Some(make) = column.onupdate() else { return Ok(()) };
        let about = |error: Error| error.about(mapper.class(), Some(column.attribute()));
        let made = || make.make().map_err(|error| about(Error::new(Code::Value, error.to_string())));
        let mut rows = rows.iter_mut();
        let Some(first) = rows.next() else { return Ok(()) };
        match made()? {
            Made::Expression(tree) => {
                let tree = lower::expression(mapper, &Late::of(tree), false).map_err(about)?;
                self.more.push((column, tree));
                return Ok(());
            }
            Made::Value(value) => first.push(Tree::Value(value)),
        }
        for row in rows {
            match made()? {
                Made::Value(value) => row.push(Tree::Value(value)),
                Made::Expression(tree) => {
                    row.push(lower::expression(mapper, &Late::of(tree), false).map_err(about)?)
                }
            }
        }
        self.push(column);
        Ok(())
    }
}

/// Runs an update for each row of a batch. `values` are what the columns are set to.
fn write(writer: &mut Writer<'_, '_>, head: &Head, cells: Cells<'_>, values: &[Tree]) -> Result<()> {
    let mapper = writer.mapper();
    let columns = head.columns.as_slice();
    let of = |wanted: Role| {
        let all = columns.iter().copied().zip(values.iter().cloned()).zip(&head.roles);
        all.filter(move |(_, role)| **role == wanted).map(|(pair, _)| pair)
    };
    let set: Vec<(Column, Tree)> = of(Role::Set)
        .filter(|(column, _)| !writer.of.sets(column))
        .chain(head.more.iter().cloned())
        .collect();
    if set.is_empty() && writer.of.change.set.is_empty() {
        return Err(Error::new(Code::Query, "an update by keys sets no column")
            .about(mapper.class(), None)
            .help("give more than the key"));
    }
    let written: Vec<(SlotId, bool)> = set
        .iter()
        .map(|(column, tree)| (column.slot(), !matches!(tree, Tree::Param(_) | Tree::Value(_))))
        .chain(writer.of.change.set.iter().map(|(column, _)| (column.slot(), true)))
        .chain(mapper.writes().changed.iter().chain(mapper.expressions()).map(|id| (mapper.slot(*id), true)))
        .collect();
    writer.columns = set.iter().map(|(column, _)| *column).chain(writer.of.set()).collect();
    let gives_items = !writer.of.change.items.is_empty();
    let returning = if gives_items { writer.of.returning(&writer.columns) } else { Vec::new() };
    let is_row =
        of(Role::Finds).map(|(column, value)| Tree::from(mapper.column_ref(column.id())).equals(value));
    let stmt = writer.of.statement(set, is_row.collect(), returning);
    let ready = writer.ready(&*stmt, gives_items)?;
    let before = writer.written;
    let check = |writer: &Writer<'_, '_>| {
        let found = writer.written - before;
        match mapper.version() {
            Some(version) if writer.of.change.filters.is_empty() && found != cells.len() as u64 => {
                Err(stale(mapper, version, cells.len(), found))
            }
            _ => Ok(()),
        }
    };
    if ready.returns {
        cells.each(columns, |values| writer.run(&ready, values))?;
        return check(writer);
    }
    if !writer.of.follows {
        writer.run_many(&ready, Batch::new((columns, cells), &ready.params, mapper.class(), None))?;
        return check(writer);
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
        let finds = |id: ColumnId| {
            let mut all = columns.iter().zip(&head.roles);
            all.position(|(column, role)| *role == Role::Finds && column.id() == id)
        };
        let value = |id| finds(id).and_then(|at| values.get(at)).map_or(ValueRef::Null, Value::as_ref);
        let key = Key::of_row(mapper, value);
        let key =
            key.map_err(|(id, error)| EntityPlan::new(mapper, 0).unreadable(mapper.column(id), &error))?;
        let Some(object) = key.and_then(|key| cx.identity().get(mapper, &key)) else { continue };
        let known = |slot: SlotId| {
            let mut all = columns.iter().zip(&head.roles);
            all.position(|(column, role)| *role == Role::Set && column.slot() == slot)
        };
        let set: Vec<(SlotId, Option<Value>)> = written
            .iter()
            .map(|(slot, is_made)| {
                let value = if *is_made { None } else { known(*slot).and_then(|at| values.get(at)).cloned() };
                (*slot, value)
            })
            .collect();
        follow(&object, Followed::Set(&set))?;
    }
    ran.and_then(|()| check(writer))
}

#[cold]
fn stale(mapper: &Mapper, version: Version, rows: usize, found: u64) -> Error {
    let message = format!("an update of {rows} row(s) by keys and versions found {found}");
    Error::new(Code::StaleData, message)
        .about(mapper.class(), mapper.attribute_in(version.slot))
        .help("somebody else changed or deleted a row: roll back, load the rows again, and give the versions that they have")
}

fn check_key(mapper: &Mapper, columns: &[Column]) -> Result<()> {
    let is_given = |id: &ColumnId| columns.iter().any(|given| given.id() == *id);
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
