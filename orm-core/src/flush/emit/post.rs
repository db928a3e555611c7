//! UPDATE of foreign keys alone: rows that were saved get them, and rows that are deleted next lose them.

use std::rc::Rc;
use std::vec::IntoIter;

use super::delete::key_of_row;
use super::extra::{Extra, bind_made, expire};
use super::late;
use super::omitted::is_unset;
use super::read_back::read_back;
use super::required;
use super::row::{bind_column, bind_key, key_of, order, stale};
use super::update::statement;
use super::version;
use crate::declare::SlotId;
use crate::engine::{Bind, Connection, Done, RowSource};
use crate::error::Result;
use crate::flush::plan::{ItemId, Verb};
use crate::flush::port::FlushSession;
use crate::flush::post::Columns;
use crate::flush::work::Work;
use crate::mapper::{Mapper, Version};
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::column;
use crate::value::Value;

/// A row to update.
struct Row<'w> {
    item: ItemId,
    instance: &'w Handle,
    key: Key,
    columns: Columns,
    version: Option<RowVersion>,
    extra: Extra,
    verb: Verb,
}

/// The version of a row, and that which it gets, where the flush makes it.
struct RowVersion {
    of: Version,
    current: Value,
    next: Option<Value>,
}

impl RowVersion {
    /// A row that this flush inserted keeps its version, as in SQLAlchemy.
    fn of(mapper: &Mapper, instance: &Rc<Instance>, verb: Verb) -> Result<Option<Self>> {
        let Some(of) = mapper.version() else { return Ok(None) };
        let current = match verb {
            // A save has written what the object holds.
            Verb::Save => instance.column_value(of.slot)?,
            _ => None,
        };
        let current = match current {
            Some(current) => current,
            None => version::in_database(instance, of)?,
        };
        let next = match of.next.filter(|_| instance.header().has_key()) {
            Some(next) => Some(version::after(instance, of, next, Some(&current))?),
            None => None,
        };
        Ok(Some(RowVersion { of, current, next }))
    }
}

/// Writes the columns of the rows: first those that were inserted, in the order in which they came, then the others in
/// the order of their keys.
pub(in crate::flush) fn post(
    work: &mut Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    verb: Verb,
    rows: Vec<(ItemId, Columns)>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for (item, mut columns) in rows {
        let instance = &work.item(item).instance;
        let header = instance.header();
        let key = key(work, instance, verb)?;
        let version = RowVersion::of(mapper, instance, verb)?;
        if let Some(version) = version.as_ref().filter(|version| version.next.is_some())
            && let Err(at) = columns.binary_search(&version.of.id)
        {
            columns.insert(at, version.of.id);
        }
        let extra = extra_of(mapper, instance, &mut columns)?;
        let row = Row { item, instance, key, columns, version, extra, verb };
        match header.has_key() {
            true => known.push(row),
            false => new.push(((header.rank(), header.place.get()), row)),
        }
    }
    new.sort_by_key(|(place, _)| *place);
    known.sort_by(|a, b| order(&a.key, &b.key));
    let rows: Vec<Row<'_>> = new.into_iter().map(|(_, row)| row).chain(known).collect();
    let referred = |row: &&Row<'_>| mapper.referrers().is_some_and(|by| by.concern(&row.columns));
    let rekeyed: Vec<ItemId> = rows.iter().filter(referred).map(|row| row.item).collect();
    let written: Vec<ItemId> = rows.iter().map(|row| row.item).collect();
    let mut rows = rows.into_iter();
    while let Some(first) = rows.as_slice().first() {
        if first.extra.has_expressions() {
            if let Some(row) = rows.next() {
                write_alone(work, cx, mapper, row)?;
            }
            continue;
        }
        let shape = first.columns.clone();
        let statement = statement(cx, mapper, &shape, &[])?;
        let mut group = Group {
            mapper,
            shape,
            rows,
            written: 0,
            matched: 0,
            checks: cx.rules().checks_rows,
            is_off: false,
            last: None,
            stale: None,
        };
        let done = cx.connection().execute_many(&statement, &mut group);
        done.map_err(|error| required::of_children(work, mapper, mapper.about(error)))?;
        if let Some((row, version)) = group.stale.as_ref().and_then(|row| Some((row, row.version.as_ref()?)))
        {
            return Err(version::stale(row.instance, version.of, &version.current, "the update of"));
        }
        if group.matched != group.written as u64 || group.is_off {
            return Err(stale(mapper, "an update", group.written, group.matched));
        }
        rows = group.rows;
    }
    read_back(cx, mapper, written.iter().map(|item| &*work.item(*item).instance))?;
    if verb == Verb::Save && !rekeyed.is_empty() {
        work.note_rekeyed(rekeyed);
    }
    Ok(())
}

/// Makes what an update sets beside the foreign keys. What the flush has written of it since the object was set stays.
fn extra_of(mapper: &'static Mapper, instance: &Rc<Instance>, columns: &mut Columns) -> Result<Extra> {
    let mut extra = Extra::default();
    for id in &mapper.writes().onupdate {
        let Err(at) = columns.binary_search(id) else { continue };
        let place = mapper.slot(*id);
        if column::is_late(instance, place)? {
            continue;
        }
        columns.insert(at, *id);
        if !is_written(instance, place)? {
            extra.add(mapper, instance, *id)?;
        }
    }
    Ok(extra)
}

/// Whether the flush has written what an object was set to.
fn is_written(instance: &Rc<Instance>, place: SlotId) -> Result<bool> {
    let is_set = instance.read(|columns| !is_unset(columns, place))?;
    if !instance.header().has_key() {
        return Ok(is_set);
    }
    let was = with_changes(instance, |changes| {
        changes.and_then(|changes| changes.was(Attr::Column(place))).is_some()
    })?;
    Ok(is_set && was)
}

/// Writes a row by a statement of its own, which sets columns to expressions.
fn write_alone(work: &Work, cx: FlushSession<'_>, mapper: &'static Mapper, row: Row<'_>) -> Result<()> {
    let none = Value::Null;
    let version = row.version.as_ref();
    let versions = (version.map_or(&none, |version| &version.current), version.and_then(|v| v.next.as_ref()));
    let done = late::update(cx, (row.instance, &row.key), &row.columns, versions, &row.extra);
    let done = done.map_err(|error| required::of_children(work, mapper, mapper.about(error)))?;
    match version {
        Some(version) if done.rows == 0 => {
            Err(version::stale(row.instance, version.of, &version.current, "the update of"))
        }
        None if done.rows != 1 => Err(stale(mapper, "an update", 1, done.rows)),
        _ => take_over(&row),
    }
}

/// The object of a row that was written has its version, and what was made beside.
fn take_over(row: &Row<'_>) -> Result<()> {
    if let Some(RowVersion { of, next: Some(next), .. }) = &row.version {
        version::take_over(row.instance, *of, next)?;
    }
    let mapper = row.instance.header().mapper();
    if !mapper.writes().has_more() {
        return Ok(());
    }
    // Of a row that is deleted next only its version is asked for.
    match (row.verb, mapper.version().filter(|version| version.by_server)) {
        (Verb::Save, _) => row.extra.take_over(row.instance, &row.columns),
        (_, Some(version)) => expire(row.instance, std::iter::once(version.id)),
        _ => Ok(()),
    }
}

/// The key by which the row of an object is found: a save may have given it another one.
fn key(work: &Work, instance: &Rc<Instance>, verb: Verb) -> Result<Key> {
    match key_of(instance)? {
        Some(key) if verb == Verb::Save => Ok(key),
        _ => key_of_row(work, instance),
    }
}

/// Rows with the same columns, one after another.
struct Group<'w> {
    mapper: &'static Mapper,
    shape: Columns,
    rows: IntoIter<Row<'w>>,
    /// How many were written, and how many the database found.
    written: usize,
    matched: u64,
    /// Whether each row has to find one, and whether one didn't.
    checks: bool,
    is_off: bool,
    /// The row that was written last.
    last: Option<Row<'w>>,
    /// The first that wasn't found with its version.
    stale: Option<Row<'w>>,
}

impl RowSource for Group<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let is_other = |row: &Row<'_>| row.columns != self.shape || row.extra.has_expressions();
        if self.rows.as_slice().first().is_none_or(is_other) {
            return Ok(false);
        }
        let Some(row) = self.rows.next() else { return Ok(false) };
        let made = row.version.as_ref().and_then(|version| Some((version.of.id, version.next.as_ref()?)));
        row.instance.read(|columns| {
            row.columns.iter().try_for_each(|id| match made {
                Some((version, next)) if version == *id => bind(next.as_ref()),
                _ => match row.extra.value(*id) {
                    Some(value) => bind_made(bind, value, self.mapper.column(*id), self.mapper),
                    None => {
                        let place = self.mapper.slot(*id);
                        bind_column(bind, columns.at(place), (self.mapper, place))
                    }
                },
            })
        })??;
        bind_key(bind, self.mapper, &row.key)?;
        if let Some(version) = &row.version {
            bind(version.current.as_ref())?;
        }
        self.written += 1;
        self.last = Some(row);
        Ok(true)
    }

    fn done(&mut self, _: usize, done: Done) -> Result<()> {
        self.matched += done.rows;
        self.is_off |= self.checks && done.rows != 1;
        let Some(row) = self.last.take() else { return Ok(()) };
        match &row.version {
            Some(_) if done.rows == 0 => {
                self.stale.get_or_insert(row);
                Ok(())
            }
            _ => take_over(&row),
        }
    }
}
