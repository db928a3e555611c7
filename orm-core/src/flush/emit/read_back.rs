//! SELECT of what the database made of rows that a step of a flush wrote: the versions that it counts, what
//! `eager_defaults` asks for, and what relationships carry into foreign keys.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::row::{has_key, has_key_among, key_of};
use crate::declare::ColumnId;
use crate::engine::{Compiled, Fetch, Flow, Row, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::flush::port::FlushSession;
use crate::mapper::{Mapper, Version};
use crate::sql::{SelectStmt, Tree, render_row};
use crate::state::key::Key;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::value::ValueRef;

/// How many keys one statement has: the next of these numbers, so that there are few texts.
const LENGTHS: [usize; 4] = [1, 4, 16, 64];

/// Reads what the database made of the rows of these objects, as far as they don't know it.
///
/// # Errors
/// `flush` where a row has no version; `value` where a value can't be read; what the database says.
pub(super) fn read_back<'i>(
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    objects: impl Iterator<Item = &'i Rc<Instance>>,
) -> Result<()> {
    let columns = &mapper.writes().read_back;
    if columns.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(Key, &Rc<Instance>)> = Vec::new();
    for instance in objects {
        let is_unread = |id: &ColumnId| is_unread(instance, mapper, *id);
        if columns.iter().map(is_unread).collect::<Result<Vec<_>>>()?.contains(&true)
            && let Some(key) = key_of(instance)?
        {
            rows.push((key, instance));
        }
    }
    let reading = Reading { cx, mapper, columns };
    let together = if mapper.primary_key().len() == 1 { LENGTHS[LENGTHS.len() - 1] } else { 1 };
    let most = cx.connection().engine().dialect().max_parameters().max(1);
    rows.chunks(together.min(most)).try_for_each(|rows| reading.read(rows, most))
}

/// The columns that are read of rows of a class.
struct Reading<'r> {
    cx: FlushSession<'r>,
    mapper: &'static Mapper,
    columns: &'r [ColumnId],
}

impl Reading<'_> {
    fn read(&self, rows: &[(Key, &Rc<Instance>)], most: usize) -> Result<()> {
        let Some((last, _)) = rows.last() else { return Ok(()) };
        let count = LENGTHS.into_iter().find(|length| *length >= rows.len());
        let count = count.unwrap_or(rows.len()).min(most);
        let statement = self.statement(count)?;
        let given = |at: usize| {
            Some(if count == 1 { last.get(at) } else { rows.get(at).map_or(last, |(key, _)| key).get(0) })
        };
        let by_key: HashMap<&Key, &Rc<Instance>, FxBuildHasher> =
            rows.iter().map(|(key, instance)| (key, *instance)).collect();
        self.cx.connection().run(&statement, &given, Fetch::All, &mut |row| {
            let key = self.key(row)?;
            match key.as_ref().and_then(|key| by_key.get(key)) {
                Some(instance) => self.take(instance, row)?,
                // A key that the database gives in another form than it was given.
                None if rows.len() == 1 => {
                    rows.iter().try_for_each(|(_, instance)| self.take(instance, row))?
                }
                None => {}
            }
            Ok(Flow::Continue(()))
        })?;
        let Some(version) = self.mapper.version().filter(|version| version.by_server) else { return Ok(()) };
        for (_, instance) in rows {
            if is_unread(instance, self.mapper, version.id)? {
                return Err(without_version(instance, version));
            }
        }
        Ok(())
    }

    fn statement(&self, count: usize) -> Result<Rc<Compiled>> {
        let mapper = self.mapper;
        let of = mapper.id().index();
        let columns = [u16::try_from(count).unwrap_or(u16::MAX)];
        let shape = Shape::Own { kind: StatementKind::ReadBack, of, columns: &columns };
        self.cx.connection().statement(shape, |dialect| {
            let ids = mapper.primary_key().iter().chain(self.columns);
            let items = ids.map(|id| Tree::from(mapper.column_ref(*id)));
            let is_row = if count == 1 { has_key(mapper, 0) } else { has_key_among(mapper, count) };
            let select = SelectStmt::new().items(items).from(mapper.table_ref()).filter(is_row);
            Ok(render_row(&select, dialect))
        })
    }

    /// The key of a row; nothing where it can't be read as one.
    fn key(&self, row: &dyn Row) -> Result<Option<Key>> {
        let keys = self.mapper.primary_key();
        let mut values: SmallVec<[ValueRef<'_>; 2]> = SmallVec::new();
        for at in 0..keys.len() {
            values.push(row.get(at)?);
        }
        let place = |id| keys.iter().position(|key| *key == id);
        let value = |id| place(id).and_then(|at| values.get(at).copied()).unwrap_or(ValueRef::Null);
        Ok(Key::of_row(self.mapper, value).ok().flatten())
    }

    /// Takes over what the object of a row doesn't know.
    fn take(&self, instance: &Rc<Instance>, row: &dyn Row) -> Result<()> {
        let first = self.mapper.primary_key().len();
        for (at, id) in self.columns.iter().enumerate() {
            let (column, value) = (self.mapper.column(*id), row.get(first + at)?);
            if !is_unread(instance, self.mapper, *id)? {
                continue;
            }
            let version = self.mapper.version().filter(|version| version.by_server && version.id == *id);
            if let Some(version) = version.filter(|_| value == ValueRef::Null) {
                return Err(without_version(instance, version));
            }
            let loaded = instance.write(|columns| match columns.at_mut(column.slot()) {
                Some(slot) => slot.load(value),
                None => Ok(()),
            })?;
            loaded.map_err(|error| {
                let message = format!("what the database made of `{}` can't be read: {error}", column.name());
                Error::new(Code::Value, message).about(self.mapper.class(), Some(column.attribute()))
            })?;
        }
        Ok(())
    }
}

/// Whether an object doesn't know what the database made of a column. A deferred one is left until it is read, and what
/// relationships carry until it is needed, but for a new row: who refers to it waits, and it can't be loaded yet.
fn is_unread(instance: &Rc<Instance>, mapper: &'static Mapper, id: ColumnId) -> Result<bool> {
    let state = instance.read(|columns| columns.at(mapper.slot(id)).map(AnySlot::state))?;
    let is_waited_for = instance.header().has(Mark::NEW) && mapper.writes().carried.contains(&id);
    Ok(match state {
        Some(SlotState::Expired | SlotState::Unset) => is_waited_for || mapper.column(id).is_read_back(),
        Some(SlotState::Deferred) => is_waited_for,
        _ => false,
    })
}

#[cold]
fn without_version(instance: &Rc<Instance>, version: Version) -> Error {
    let mapper = instance.header().mapper();
    Error::new(Code::Flush, format!("the row of {} has no version after it was written", instance.header().label()))
        .about(mapper.class(), mapper.attribute_in(version.slot))
        .help("let a default or a trigger of the database give each row a version, or drop `version_id = \"server\"`")
}
