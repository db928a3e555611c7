//! Versions of rows: which one a row has, which one it gets, and what is said where it has another.

use std::rc::Rc;

use crate::declare::{NextVersion, SlotId};
use crate::engine::{Bind, Connection, Done, RowSource, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::flush::port::FlushSession;
use crate::mapper::{Mapper, Version};
use crate::sql::{DeleteStmt, Tree, render_row};
use crate::state::change::assign;
use crate::state::key::Key;
use crate::state::memory::access::not_stored;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

use super::row::{bind_key, has_key};

/// The version that the row of an object has in the database, as far as the session knows.
///
/// # Errors
/// What loading says.
pub(super) fn in_database(instance: &Rc<Instance>, version: Version) -> Result<Value> {
    let known = column::committed_value(instance, version.slot, ReadOptions::DATABASE.ignoring_raise())?;
    Ok(known.or_null().unwrap_or_default())
}

/// The version that a row gets after the one that it has.
///
/// # Errors
/// `value` where there is none.
pub(super) fn after(
    instance: &Rc<Instance>,
    version: Version,
    next: NextVersion,
    current: Option<&Value>,
) -> Result<Value> {
    // A user's code: nothing is borrowed.
    next.make(current.map(Value::as_ref)).map_err(|error| not_stored(instance, version.slot, &error))
}

/// The object has the version that its row was written with.
///
/// # Errors
/// `busy` where a closure reads the object.
pub(super) fn take_over(instance: &Rc<Instance>, version: Version, value: &Value) -> Result<()> {
    assign::load_value(instance, version.slot, value)
}

/// The condition for the row with a key and a version, whose values are the parameters from a number on.
pub(super) fn is_row(mapper: &Mapper, version: Version, from: usize) -> Tree {
    let is_version = Tree::from(mapper.column_ref(version.id));
    let is_version = is_version.equals(Tree::Param(from + mapper.primary_key().len()));
    Tree::all([has_key(mapper, from), is_version])
}

/// The row of an object isn't there with the version that the object has.
#[cold]
pub(super) fn stale(instance: &Rc<Instance>, version: Version, known: &Value, verb: &str) -> Error {
    let mapper = instance.header().mapper();
    let label = instance.header().label();
    let known = match known {
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        other => format!("{other:?}"),
    };
    Error::new(Code::StaleData, format!("{verb} {label} found no row with the version {known}"))
        .about(mapper.class(), mapper.attribute_in(version.slot))
        .help(
            "somebody else changed or deleted the row: roll back, refresh the object or merge what you have into it, \
             and try again",
        )
}

/// The versions that new rows get. They are made as the rows are written, and the objects have them when all rows of their
/// group are there.
pub(super) struct NewVersions {
    pub(super) of: Version,
    next: NextVersion,
    /// That of the row that is written next.
    ahead: Option<Value>,
    /// Those of the rows of the group that were sent.
    sent: Vec<Value>,
}

impl NewVersions {
    /// Those of the new rows of a class, where the flush makes them.
    pub(super) fn of(mapper: &Mapper) -> Option<Self> {
        let of = mapper.version()?;
        Some(NewVersions { of, next: of.next?, ahead: None, sent: Vec::new() })
    }

    /// Makes the version of the row of an object that comes next, unless it is made; gives it with its place.
    pub(super) fn make(&mut self, instance: &Rc<Instance>) -> Result<(SlotId, Value)> {
        let made = match &self.ahead {
            Some(made) => made.clone(),
            None => self.ahead.insert(after(instance, self.of, self.next, None)?).clone(),
        };
        Ok((self.of.slot, made))
    }

    /// The row that comes next was sent.
    pub(super) fn send(&mut self) {
        self.sent.extend(self.ahead.take());
    }

    /// The objects, whose rows are written, have their versions.
    pub(super) fn take_over<'i>(&mut self, objects: impl Iterator<Item = &'i Handle>) -> Result<()> {
        let of = self.of;
        objects.zip(self.sent.drain(..)).try_for_each(|(instance, value)| take_over(instance, of, &value))
    }
}

/// A row to be deleted: its object, its key and its version.
pub(super) struct Deletion<'o> {
    pub(super) instance: &'o Rc<Instance>,
    pub(super) key: Key,
    pub(super) version: Value,
}

/// Deletes rows that have versions, one by one, so that it is known of each whether it was there.
///
/// # Errors
/// `stale-data` where one isn't there with its version.
pub(super) fn delete(
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    version: Version,
    rows: &[Deletion<'_>],
) -> Result<()> {
    let statement =
        cx.connection().statement(Shape::own(StatementKind::Delete, mapper.id().index()), |dialect| {
            let rows = DeleteStmt::new(mapper.table_ref()).filter(is_row(mapper, version, 0));
            Ok(render_row(&rows, dialect))
        })?;
    let mut deletes = Deletes { mapper, left: rows.iter(), sent: rows.iter(), stale: None };
    let done = cx.connection().execute_many(&statement, &mut deletes);
    done.map_err(|error| super::required::of_referrers(mapper, mapper.about(error)))?;
    match deletes.stale {
        Some(row) => Err(stale(row.instance, version, &row.version, "the deletion of")),
        None => Ok(()),
    }
}

struct Deletes<'r, 'o> {
    mapper: &'static Mapper,
    /// The rows whose statements run yet.
    left: std::slice::Iter<'r, Deletion<'o>>,
    /// Those that weren't told of yet.
    sent: std::slice::Iter<'r, Deletion<'o>>,
    /// The first that wasn't found.
    stale: Option<&'r Deletion<'o>>,
}

impl RowSource for Deletes<'_, '_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let Some(row) = self.left.next() else { return Ok(false) };
        bind_key(bind, self.mapper, &row.key)?;
        bind(row.version.as_ref())?;
        Ok(true)
    }

    fn done(&mut self, _: usize, done: Done) -> Result<()> {
        let row = self.sent.next();
        if done.rows == 0 {
            self.stale = self.stale.or(row);
        }
        Ok(())
    }
}
