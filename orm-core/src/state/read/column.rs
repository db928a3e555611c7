//! Columns: reading, loading what is expired, and changing.

use crate::declare::SlotId;
use std::rc::Rc;

use crate::declare::Column;
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, MappedColumn, Relation};
use crate::state::memory::access::{is_loaded, with_changes, with_changes_mut};
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::instance::Instance;
use crate::state::memory::late::Late;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, Columns, Slot, SlotState};
use crate::state::read::answer::Read;
use crate::state::read::port;
use crate::state::read::reach::ReadOptions;
use crate::value::{Typed, Value};

/// The value of a column, loaded where it is expired.
#[track_caller]
pub(crate) fn get<E, V: Typed>(instance: &Rc<Instance>, column: Column<E, V>) -> Result<V> {
    read(instance, column, V::clone)
}

/// Runs `f` with the value of a column, loaded where it is expired.
#[track_caller]
pub(crate) fn read<E, V: Typed, R>(
    instance: &Rc<Instance>,
    column: Column<E, V>,
    f: impl FnOnce(&V) -> R,
) -> Result<R> {
    let place = column.slot();
    match instance.read(|columns| columns.at(place).map(AnySlot::state))? {
        Some(SlotState::Expired) => {
            if !write_late(instance, Some(place), ReadOptions::DATABASE)? {
                return Err(not_written(instance, place));
            }
            load(instance, ReadOptions::DATABASE)?;
        }
        Some(SlotState::Deferred) => load_deferred(instance, place, ReadOptions::of_user())?,
        _ => {}
    }
    let known = instance.read(|columns| {
        columns
            .at(place)
            .and_then(|slot| slot.as_any().downcast_ref::<Slot<V>>())
            .and_then(Slot::known)
            .map(f)
    });
    match known? {
        Some(value) => Ok(value),
        None => Err(unset(instance, place)),
    }
}

/// Whether a column is set to an expression that isn't written yet.
pub(crate) fn is_late(instance: &Rc<Instance>, place: SlotId) -> Result<bool> {
    Ok(instance.header().has(Mark::LATE)
        && with_changes(instance, |changes| changes.is_some_and(|changes| changes.late(place).is_some()))?)
}

/// The expression that a column is set to.
pub(crate) fn late(instance: &Rc<Instance>, place: SlotId) -> Result<Option<Late>> {
    with_changes(instance, |changes| changes.and_then(|changes| changes.late(place).cloned()))
}

/// Flushes where a column, or any, is set to an expression: only the database knows its value. Says whether none is left.
fn write_late(instance: &Rc<Instance>, place: Option<SlotId>, options: ReadOptions) -> Result<bool> {
    let is_left = || match place {
        Some(place) => is_late(instance, place),
        None => with_changes(instance, |changes| changes.is_some_and(|c| c.all_late().next().is_some())),
    };
    if !instance.header().has(Mark::LATE) || !is_left()? {
        return Ok(true);
    }
    if options.autoflush()
        && let Some(session) = port::of(instance)
    {
        session.flush_before_read()?;
    }
    Ok(!is_left()?)
}

#[cold]
fn not_written(instance: &Rc<Instance>, place: SlotId) -> Error {
    let mapper = instance.header().mapper();
    Error::new(Code::Unset, "the column is set to an expression, whose value is made when it is written")
        .about(mapper.class(), mapper.attribute_in(place))
        .help(flush_first(instance).to_owned())
}

#[cold]
fn unset(instance: &Rc<Instance>, place: SlotId) -> Error {
    let mapper = instance.header().mapper();
    if mapper.column_in(place).is_some_and(MappedColumn::is_expression) {
        return Error::new(Code::Unset, "it stands for an expression, whose value is read from the database")
            .about(mapper.class(), mapper.attribute_in(place))
            .help(flush_first(instance).to_owned());
    }
    let comes = mapper.column_in(place).and_then(|column| {
        if mapper.db_generated_key() == Some(column.id()) {
            Some("the database generates it".to_owned())
        } else if column.default().is_some() || column.has_server_default() {
            Some("it has a default, which comes with the insert".to_owned())
        } else {
            let carries = |relation: &&Relation| {
                relation.direction() == Direction::ManyToOne
                    && relation.slot_pairs().iter().any(|pair| pair.local == place)
            };
            let leads = |relation: &&Relation| is_loaded(instance, relation.slot()).unwrap_or_default();
            let relation = mapper.relations().iter().find(|relation| carries(relation) && leads(relation))?;
            Some(format!("it comes with `{}.{}`", mapper.class(), relation.name()))
        }
    });
    let help = match comes {
        // A flush was there already, and didn't make it.
        Some(comes) if !instance.header().has(Mark::WRITTEN) => {
            format!("set it, or {}: {comes}", flush_first(instance))
        }
        _ => "set it first".to_owned(),
    };
    Error::new(Code::Unset, "the column was never set")
        .about(mapper.class(), mapper.attribute_in(place))
        .help(help)
}

/// How what the flush makes is had.
fn flush_first(instance: &Rc<Instance>) -> &'static str {
    match port::of(instance) {
        Some(_) => "flush the session first",
        None => "add the object to a session and flush that first",
    }
}

/// The value of a column for an accessor: one that was never set reads as `None` where it may be `NULL`.
#[track_caller]
pub(crate) fn get_or_none<E, V: Typed>(instance: &Rc<Instance>, column: Column<E, V>) -> Result<V> {
    match get(instance, column) {
        Err(error) if error.code() == Code::Unset => V::when_unset().ok_or(error),
        other => other,
    }
}

/// Loads the expired columns of an object.
pub(crate) fn load(instance: &Rc<Instance>, options: ReadOptions) -> Result<()> {
    match port::of(instance) {
        Some(session) => session.load_expired(instance, options),
        None => Err(Error::new(
            Code::Detached,
            format!("{} has no session to load its columns from", instance.header().label()),
        )
        .about(instance.header().mapper().class(), None)
        .help("read them while the session lives, or switch `expire_on_commit` off")),
    }
}

/// Loads a column that was left out when the object was loaded, and with it the others of its group.
fn load_deferred(instance: &Rc<Instance>, place: SlotId, options: ReadOptions) -> Result<()> {
    let mapper = instance.header().mapper();
    let group = mapper.column_in(place).and_then(|column| column.deferred()?.group);
    check_deferred(instance, place, options)?;
    let places = match group {
        None => vec![place],
        Some(group) => in_state(instance, SlotState::Deferred, |column| {
            column.slot() == place || column.deferred().is_some_and(|deferred| deferred.group == Some(group))
        })?,
    };
    load_left_out(instance, place, &places, options)
}

/// Loads those of some columns by one statement that were left out when the object was loaded, and their groups.
pub(crate) fn load_together(instance: &Rc<Instance>, places: &[SlotId]) -> Result<()> {
    let is_left_out = |slots: &dyn Columns, place: &SlotId| {
        slots.at(*place).map(AnySlot::state) == Some(SlotState::Deferred)
    };
    if instance.read(|slots| places.iter().filter(|place| is_left_out(slots, place)).nth(1).is_none())? {
        return Ok(()); // one alone is loaded as it is read
    }
    let options = ReadOptions::of_user();
    let mapper = instance.header().mapper();
    let group = |place: SlotId| mapper.column_in(place).and_then(|column| column.deferred()?.group);
    let left_out = in_state(instance, SlotState::Deferred, |column| {
        let of_group = |place: &SlotId| {
            column.slot() == *place || group(*place).is_some_and(|name| group(column.slot()) == Some(name))
        };
        places.iter().any(of_group)
    })?;
    for place in left_out.iter().filter(|place| places.contains(place)) {
        check_deferred(instance, *place, options)?;
    }
    match left_out.first() {
        Some(first) => load_left_out(instance, *first, &left_out, options),
        None => Ok(()),
    }
}

/// Refuses to load a column that mustn't be read unless it is loaded.
fn check_deferred(instance: &Rc<Instance>, place: SlotId, options: ReadOptions) -> Result<()> {
    let header = instance.header();
    let mapper = header.mapper();
    let told = header.rare().and_then(|rare| rare.loaded_by()).and_then(|by| by.options().forbids(place));
    let column = mapper.column_in(place);
    let is_declared = column.and_then(MappedColumn::deferred).is_some_and(|deferred| deferred.raises);
    if options.ignores_raise() || !told.unwrap_or(is_declared) {
        return Ok(());
    }
    let message = match told {
        Some(_) => "it isn't loaded, and the query that loaded its object says `raise`",
        None => "it isn't loaded, and says `deferred_raiseload`",
    };
    Err(Error::new(Code::RaiseOnLoad, message)
        .about(mapper.class(), mapper.attribute_in(place))
        .help("load it with `refresh_attributes` first"))
}

/// Loads columns that were left out when the object was loaded. One of them is said where that can't be.
fn load_left_out(
    instance: &Rc<Instance>,
    place: SlotId,
    places: &[SlotId],
    options: ReadOptions,
) -> Result<()> {
    let header = instance.header();
    match port::of(instance) {
        Some(session) => session.load_deferred(instance, places, options),
        None => Err(Error::new(
            Code::Detached,
            format!("{} has no session to load a column from", header.label()),
        )
        .about(header.mapper().class(), header.mapper().attribute_in(place))
        .help("read it while the session lives")),
    }
}

/// The slots of the columns that are in a state.
fn in_state(
    instance: &Rc<Instance>,
    state: SlotState,
    is_wanted: impl Fn(&MappedColumn) -> bool,
) -> Result<Vec<SlotId>> {
    let columns = instance.header().mapper().columns();
    instance.read(|slots| {
        let is = |place: &SlotId| slots.at(*place).map(AnySlot::state) == Some(state);
        columns.iter().filter(|column| is_wanted(column)).map(MappedColumn::slot).filter(is).collect()
    })
}

/// Loads every column that isn't loaded, but those that mustn't be read then.
pub(crate) fn load_all(instance: &Rc<Instance>, options: ReadOptions) -> Result<()> {
    let expired = in_state(instance, SlotState::Expired, |_| true)?;
    if let Some(first) = expired.first() {
        if !write_late(instance, None, options)? {
            let late = with_changes(instance, |changes| changes.and_then(|c| Some(c.all_late().next()?.0)))?;
            return Err(not_written(instance, late.unwrap_or(*first)));
        }
        load(instance, options)?;
    }
    let places = in_state(instance, SlotState::Deferred, |column| {
        check_deferred(instance, column.slot(), options).is_ok()
    })?;
    match places.first() {
        Some(first) => load_left_out(instance, *first, &places, options),
        None => Ok(()),
    }
}

/// From now on the value of a column is kept when it is expired.
pub(crate) fn watch(instance: &Rc<Instance>, place: SlotId) -> Result<()> {
    with_changes_mut(instance, |changes| changes.watch(place))
}

/// The value that a watched column had when it was expired.
pub(crate) fn last_known(instance: &Rc<Instance>, place: SlotId) -> Result<Option<Value>> {
    with_changes(instance, |changes| changes.and_then(|changes| changes.last_known(place).cloned()))
}

/// The stored form of a column as far as `options` allows.
pub(crate) fn value(instance: &Rc<Instance>, place: SlotId, options: ReadOptions) -> Result<Read<Value>> {
    let known = |instance: &Rc<Instance>| {
        instance.read(|columns| match columns.at(place) {
            Some(slot) if slot.state().is_unloaded() => Read::Unknown,
            Some(slot) => slot.value().map_or(Read::Unset, Read::Known),
            None => Read::Unset,
        })
    };
    match known(instance)? {
        Read::Unknown if options.asks_session() && options.runs_sql() => {
            if !write_late(instance, Some(place), options)? {
                return Ok(Read::Unknown);
            }
            match instance.read(|columns| columns.at(place).map(AnySlot::state))? {
                Some(SlotState::Deferred) => load_deferred(instance, place, options)?,
                _ => load(instance, options)?,
            }
            known(instance)
        }
        other => Ok(other),
    }
}

/// The stored form of a column for an expression: `NULL` where it was never set and may be that.
///
/// # Errors
/// `unset` where it is neither, and what loading says.
pub(crate) fn value_or_null(instance: &Rc<Instance>, place: SlotId, options: ReadOptions) -> Result<Value> {
    let column = instance.header().mapper().column_in(place);
    match value(instance, place, options)? {
        Read::Known(value) => Ok(value),
        Read::Unset if column.is_some_and(MappedColumn::is_nullable) => Ok(Value::Null),
        Read::Unset => Err(unset(instance, place)),
        Read::Unknown => Err(not_written(instance, place)),
    }
}

/// The stored form of a column as it is in the database.
pub(crate) fn committed_value(
    instance: &Rc<Instance>,
    place: SlotId,
    options: ReadOptions,
) -> Result<Read<Value>> {
    let kept = with_changes(instance, |changes| {
        changes.and_then(|changes| changes.was(Attr::Column(place))).map(|was| match was {
            Was::Value(value) => Read::Known(value.clone()),
            _ => Read::Known(Value::Null),
        })
    })?;
    match kept {
        Some(kept) => Ok(kept),
        None => value(instance, place, options),
    }
}
