//! Rows of objects of which columns are set to expressions: each is written by a statement of its own.

use std::rc::Rc;

use smallvec::SmallVec;

use super::extra::{Extra, expire};
use super::row::has_key_of;
use crate::declare::{ColumnId, SlotId};
use crate::engine::{Compiled, Connection, Done, Shape};
use crate::error::Result;
use crate::flush::port::FlushSession;
use crate::mapper::{MappedColumn, Mapper};
use crate::sql::{InsertStmt, Param, Render, Rendered, Tree, UpdateStmt, render};
use crate::state::change::defaults;
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Changes;
use crate::state::memory::instance::Instance;
use crate::state::memory::late::Late;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::AnySlot;
use crate::state::read::column;
use crate::value::{Value, ValueRef};

/// Whether columns of an object are set to expressions.
#[inline]
pub(super) fn has(instance: &Rc<Instance>) -> Result<bool> {
    Ok(instance.header().has(Mark::LATE)
        && with_changes(instance, |changes| changes.is_some_and(|c| c.all_late().next().is_some()))?)
}

/// Whether columns of a new object are set to expressions, or have such as defaults, which the class may have.
#[inline]
pub(super) fn has_any(instance: &Rc<Instance>, may_have_defaults: bool) -> Result<bool> {
    if may_have_defaults || instance.header().has(Mark::LATE) {
        has_late_or_defaults(instance, may_have_defaults)
    } else {
        Ok(false)
    }
}

#[inline(never)]
fn has_late_or_defaults(instance: &Rc<Instance>, may_have_defaults: bool) -> Result<bool> {
    Ok(has(instance)?
        || may_have_defaults
            && with_changes(instance, |changes| changes.is_some_and(|c| !c.defaults().is_empty()))?)
}

/// The columns of an object whose defaults are expressions.
///
/// # Errors
/// None that a user causes.
pub(super) fn defaults(instance: &Rc<Instance>) -> Result<SmallVec<[ColumnId; 4]>> {
    let mapper = instance.header().mapper();
    let column = |place: SlotId| mapper.column_in(place).map(MappedColumn::id);
    with_changes(instance, |changes| {
        changes.into_iter().flat_map(Changes::defaults).filter_map(|(place, _)| column(*place)).collect()
    })
}

/// The defaults that are expressions are written: what they came to is loaded when it is read, unless it was given back.
///
/// # Errors
/// `busy` where a closure reads the object.
pub(super) fn leave_defaults(instance: &Rc<Instance>, returned: &[ColumnId]) -> Result<()> {
    let mapper = instance.header().mapper();
    let written = defaults::take(instance)?;
    let ids = written.iter().filter_map(|(place, _)| mapper.column_in(*place)).map(MappedColumn::id);
    expire(instance, ids.filter(|id| !returned.contains(id)))
}

/// Inserts a row with these columns.
///
/// # Errors
/// What the database says.
pub(super) fn insert(
    cx: FlushSession<'_>,
    instance: &Rc<Instance>,
    columns: impl Iterator<Item = ColumnId>,
    returned: impl Iterator<Item = ColumnId>,
    version: Option<&Value>,
) -> Result<(Rc<Compiled>, Vec<Value>)> {
    let mapper = instance.header().mapper();
    let mut insert = InsertStmt::new(mapper.table_ref());
    for id in columns {
        insert = insert.set(mapper.column(id).name(), cell(cx, instance, id, (version, true))?);
    }
    let returning = returned.map(|id| Tree::from(mapper.column_ref(id)).into()).collect();
    compiled(cx, &InsertStmt { returning, ..insert })
}

/// Updates these columns of the row with a key.
///
/// # Errors
/// What the database says.
pub(super) fn update(
    cx: FlushSession<'_>,
    (instance, key): (&Rc<Instance>, &Key),
    columns: &[ColumnId],
    (version, next): (&Value, Option<&Value>),
    extra: &Extra,
) -> Result<Done> {
    let mapper = instance.header().mapper();
    let mut update = UpdateStmt::new(mapper.table_ref());
    for id in columns {
        let value = match (extra.value(*id), extra.expression(*id)) {
            (Some(value), _) => Tree::Value(value.clone()),
            (None, Some(late)) => expression(cx, instance, *id, late, false)?,
            (None, None) => cell(cx, instance, *id, (next, false))?,
        };
        update = update.set(mapper.column(*id).name(), value);
    }
    if let Some(of) = mapper.version() {
        let is_version = Tree::from(mapper.column_ref(of.id)).equals(Tree::Value(version.clone()));
        update = update.filter(Tree::all([has_key_of(mapper, key), is_version]));
    } else {
        update = update.filter(has_key_of(mapper, key));
    }
    execute(cx, &update)
}

/// Runs a statement that has its values in it.
///
/// # Errors
/// What the database says.
pub(super) fn execute(cx: FlushSession<'_>, stmt: &dyn Render) -> Result<Done> {
    let (statement, values) = compiled(cx, stmt)?;
    let values: Vec<ValueRef<'_>> = values.iter().map(Value::as_ref).collect();
    cx.connection().execute(&statement, &values)
}

/// What a column is set to, by the object or, where it is the version, by the flush.
fn cell(
    cx: FlushSession<'_>,
    instance: &Rc<Instance>,
    id: ColumnId,
    (version, is_new): (Option<&Value>, bool),
) -> Result<Tree> {
    let mapper: &'static Mapper = instance.header().mapper();
    if let Some(version) = version.filter(|_| mapper.version().is_some_and(|of| of.id == id)) {
        return Ok(Tree::Value(version.clone()));
    }
    let place = mapper.slot(id);
    if let Some(late) = column::late(instance, place)? {
        return expression(cx, instance, id, &late, is_new);
    }
    let default = with_changes(instance, |changes| {
        let mut defaults = changes.into_iter().flat_map(Changes::defaults);
        defaults.find(|(of, _)| *of == place).map(|(_, late)| late.clone())
    })?;
    if let Some(default) = default {
        return expression(cx, instance, id, &default, true);
    }
    let value = instance.read(|columns| columns.at(place).and_then(AnySlot::value))?;
    Ok(Tree::Value(value.unwrap_or_default()))
}

/// What a column is set to by an expression.
fn expression(
    cx: FlushSession<'_>,
    instance: &Rc<Instance>,
    id: ColumnId,
    late: &Late,
    is_new: bool,
) -> Result<Tree> {
    let mapper: &'static Mapper = instance.header().mapper();
    let tree = cx.expression(mapper, late, is_new);
    tree.map_err(|error| error.about(mapper.class(), Some(mapper.column(id).attribute())))
}

/// The statement, and the values that it has in it.
fn compiled(cx: FlushSession<'_>, stmt: &dyn Render) -> Result<(Rc<Compiled>, Vec<Value>)> {
    let connection = cx.connection();
    let Rendered { sql, params } = render(stmt, connection.engine().dialect());
    let statement = connection.statement(Shape::Query(sql.as_bytes()), |_| {
        Ok(Rendered { sql: sql.clone(), params: (0..params.len()).map(Param::Given).collect() })
    })?;
    let value = |param| match param {
        Param::Value(value) => value,
        Param::Given(_) => Value::Null,
    };
    Ok((statement, params.into_iter().map(value).collect()))
}
