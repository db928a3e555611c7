//! The strategy `lazy = "select"`: a relationship is loaded when it is first read.

use crate::declare::{ColumnId, Lazy};
use std::rc::Rc;

use smallvec::SmallVec;

use super::LoadPort;
use super::batch;
use super::found::warn_of_several;
use super::gathered::SHORT;
use super::get::{by_key, identity};
use super::kept::kept;
use super::plan::{LoadPlan, RowPlan};
use super::route::Told;
use super::statement::Statement;
use super::with::With;
use crate::engine::{Fetch, Flow};
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::key::Key;
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::answer::Read;
use crate::state::read::port::Targets;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{column, raise};
use crate::value::Value;

/// What a relationship leads to. The object has a key, or loads without one, and the relationship's own checks are done.
pub(crate) fn relation(
    cx: &dyn LoadPort,
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Read<Targets>> {
    // Before the object's own row is read, which may say otherwise.
    let lazy = raise::lazy(instance, relation);
    if lazy == Lazy::NoLoad {
        let nothing = if relation.is_many() { Targets::Many(Vec::new()) } else { Targets::One(None) };
        return Ok(Read::Known(nothing));
    }
    match relation.get_columns() {
        Some(columns) => by_identity(cx, instance, (relation, lazy), columns, options),
        None => by_statement(cx, instance, (relation, lazy), options),
    }
}

fn key_value(instance: &Rc<Instance>, column: ColumnId, options: ReadOptions) -> Result<Read<Value>> {
    let place = instance.header().mapper().slot(column);
    if !options.is_committed() {
        return column::value(instance, place, options);
    }
    match column::committed_value(instance, place, options)? {
        // There is nothing in the database of an object without a row.
        Read::Known(_) if !instance.header().has_key() => Ok(Read::Known(Value::Null)),
        value => Ok(value),
    }
}

/// A many-to-one by the target's key: no statement where the object is in the session, or the key is `NULL`.
fn by_identity(
    cx: &dyn LoadPort,
    instance: &Rc<Instance>,
    (relation, lazy): (&'static Relation, Lazy),
    columns: &[ColumnId],
    options: ReadOptions,
) -> Result<Read<Targets>> {
    let target = relation.target();
    let mut values: Vec<Value> = Vec::with_capacity(columns.len());
    let mut unset = false;
    for index in columns {
        match key_value(instance, *index, options)? {
            Read::Unknown => return Ok(Read::Unknown),
            Read::Unset if !options.has_default() => unset = true,
            Read::Unset => values.push(Value::Null),
            Read::Known(value) => values.push(value),
        }
    }
    if unset {
        return Ok(Read::Unset);
    }
    if values.iter().any(Value::is_null) {
        return Ok(Read::Known(Targets::One(None)));
    }
    if !options.is_of_replaced() && access::is_loaded(instance, relation.slot())? {
        return Ok(Read::Known(Targets::InSlot));
    }
    let key = Key::named(target, values);
    // Whether an object that is there meets the condition of an option only its row tells. A flush asks for what was.
    let is_narrowed = !options.is_committed() && kept(instance).is_some_and(|told| told.narrows(relation));
    if !is_narrowed {
        match identity(cx, target, &key, options)? {
            Read::Known(object) => return Ok(Read::Known(Targets::One(Some(object)))),
            Read::Unknown => return Ok(Read::Unknown),
            Read::Unset => {}
        }
    }
    if !options.runs_sql() || !options.loads_related() {
        return Ok(Read::Unknown);
    }
    raise::check_sql(relation, lazy, options)?;
    if batch::load(cx, instance, relation, options)? {
        return Ok(Read::Known(Targets::InSlot));
    }
    cx.loads_alone(instance, relation, options)?;
    Ok(Read::Known(Targets::One(by_key(cx, target, &key, Told::reading(instance, relation), options)?)))
}

/// Whether the condition equates a column of the class that is `NULL`, so that no row meets it.
fn equals_null(relation: &'static Relation, values: &[Value]) -> bool {
    let Some(key) = relation.list_key() else { return false };
    let columns = relation.local_columns().iter().zip(values);
    columns
        .filter(|(_, value)| value.is_null())
        .any(|(column, _)| key.pairs.iter().any(|(own, _)| own == column))
}

fn by_statement(
    cx: &dyn LoadPort,
    instance: &Rc<Instance>,
    (relation, lazy): (&'static Relation, Lazy),
    options: ReadOptions,
) -> Result<Read<Targets>> {
    let target = relation.target();
    let quiet = options.without_default();
    let mut values: SmallVec<[Value; 2]> = SmallVec::new();
    let mut unset = false;
    for column in relation.local_columns() {
        match key_value(instance, *column, quiet)? {
            Read::Known(value) => values.push(value),
            Read::Unset => unset = true,
            Read::Unknown => values.push(Value::Null),
        }
    }
    if !options.is_of_replaced() && access::is_loaded(instance, relation.slot())? {
        return Ok(Read::Known(Targets::InSlot));
    }
    let is_new = !instance.header().has_key();
    let lacks = unset || (is_new && values.iter().any(Value::is_null));
    // SQLAlchemy runs the statement, and flushes before it.
    if lacks || (!cx.asks_like_sqlalchemy() && equals_null(relation, &values)) {
        return Ok(Read::Known(if relation.is_many() {
            Targets::Many(Vec::new())
        } else {
            Targets::One(None)
        }));
    }
    raise::check_sql(relation, lazy, options)?;
    if batch::load(cx, instance, relation, options)? {
        return Ok(Read::Known(Targets::InSlot));
    }
    cx.loads_alone(instance, relation, options)?;
    let connection = cx.connection(options)?;
    let with = Told::reading(instance, relation).with(target);
    let entity = With::entity(with.as_deref(), target);
    let plan = LoadPlan::new(Statement::Lazy(relation), RowPlan::Object(entity))
        .with(with.map(|with| with.from_column(target.columns().len())));
    let mut found: Vec<Handle> = Vec::new();
    plan.run(cx, &connection, &|local| values.get(local).map(Value::as_ref), Fetch::All, &mut |object| {
        if found.is_empty() && relation.is_many() {
            found.reserve(SHORT);
        }
        found.push(object);
        Ok(Flow::Continue(()))
    })?;
    if relation.is_many() {
        return Ok(Read::Known(Targets::Many(found)));
    }
    if found.len() > 1 {
        warn_of_several(relation, found.len());
    }
    Ok(Read::Known(Targets::One(found.into_iter().next())))
}
