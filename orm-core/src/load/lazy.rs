//! The strategy `lazy = "select"`: a relationship is loaded when it is first read.

use crate::declare::ColumnId;
use std::convert::Infallible;
use std::rc::Rc;

use super::LoadPort;
use super::get::{Identity, by_key, identity};
use super::instance::EntityPlan;
use crate::engine::{Fetch, Flow, Shape, StatementKind};
use crate::error::Result;
use crate::mapper::{JoinColumn, Mapper, Relation, Side};
use crate::sql::{SelectStmt, TableRef, Tree, render};
use crate::state::key::Key;
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::answer::Read;
use crate::state::read::port::Fetched;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{column, raise};
use crate::value::Value;

/// What a relationship leads to. The object has a key, and the relationship's own checks are done.
pub(crate) fn relation(
    cx: &dyn LoadPort,
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Fetched> {
    let target = relation.target();
    match relation.get_columns() {
        Some(columns) => by_identity(cx, instance, relation, target, columns, options),
        None => by_statement(cx, instance, relation, target, options),
    }
}

fn key_value(instance: &Rc<Instance>, column: ColumnId, options: ReadOptions) -> Result<Read<Value>> {
    let place = instance.header().mapper().slot(column);
    if options.is_committed() {
        column::committed_value(instance, place, options)
    } else {
        column::value(instance, place, options)
    }
}

/// A many-to-one by the target's key: no statement where the object is in the session, or the key is `NULL`.
fn by_identity(
    cx: &dyn LoadPort,
    instance: &Rc<Instance>,
    relation: &'static Relation,
    target: &'static Mapper,
    columns: &[ColumnId],
    options: ReadOptions,
) -> Result<Fetched> {
    let mut values: Vec<Value> = Vec::with_capacity(columns.len());
    let mut unset = false;
    for index in columns {
        match key_value(instance, *index, options)? {
            Read::Unknown => return Ok(Fetched::Unknown),
            Read::Unset if !options.has_default() => unset = true,
            Read::Unset => values.push(Value::Null),
            Read::Known(value) => values.push(value),
        }
    }
    if unset {
        return Ok(Fetched::NoValue);
    }
    if values.iter().any(Value::is_null) {
        return Ok(Fetched::One(None));
    }
    if !options.is_of_replaced() && access::is_loaded(instance, relation.slot())? {
        return Ok(Fetched::Done);
    }
    let key = Key::new(values);
    match identity(cx, target, &key, options)? {
        Identity::Found(object) => return Ok(Fetched::One(Some(object))),
        Identity::Unknown => return Ok(Fetched::Unknown),
        Identity::Missing => {}
    }
    if !options.runs_sql() || !options.loads_related() {
        return Ok(Fetched::Unknown);
    }
    raise::check_sql(relation, options)?;
    by_key(cx, target, &key, options).map(Fetched::One)
}

fn by_statement(
    cx: &dyn LoadPort,
    instance: &Rc<Instance>,
    relation: &'static Relation,
    target: &'static Mapper,
    options: ReadOptions,
) -> Result<Fetched> {
    let quiet = options.without_default();
    let mut values: Vec<Value> = Vec::with_capacity(relation.local_columns().len());
    let mut unset = false;
    for column in relation.local_columns() {
        match key_value(instance, *column, quiet)? {
            Read::Known(value) => values.push(value),
            Read::Unset => unset = true,
            Read::Unknown => values.push(Value::Null),
        }
    }
    if !options.is_of_replaced() && access::is_loaded(instance, relation.slot())? {
        return Ok(Fetched::Done);
    }
    if unset {
        return Ok(if relation.is_many() { Fetched::Many(Vec::new()) } else { Fetched::One(None) });
    }
    raise::check_sql(relation, options)?;
    let connection = cx.connection(options)?;
    let shape = Shape::own(StatementKind::Lazy, relation.id().index());
    let statement = connection.statement(shape, |dialect| Ok(render(&statement(relation), dialect)))?;
    let plan = EntityPlan::new(target, 0);
    let mut found: Vec<Handle> = Vec::new();
    connection.run(&statement, &|local| values.get(local).map(Value::as_ref), Fetch::All, &mut |row| {
        found.extend(plan.object(cx, row)?);
        Ok(Flow::Continue(()))
    })?;
    if relation.is_many() {
        return Ok(Fetched::Many(found));
    }
    if found.len() > 1 {
        tracing::warn!(
            target: "orm::load",
            class = relation.class(),
            attribute = relation.name(),
            rows = found.len(),
            "several rows for a relationship to one"
        );
    }
    Ok(Fetched::One(found.into_iter().next()))
}

/// What a relationship leads to from an object. The values of the object's columns are parameters, numbered by their
/// places among the columns that the condition compares.
fn statement(relation: &'static Relation) -> SelectStmt {
    let target = relation.target();
    let table = target.table_ref();
    let association = relation.secondary().map(|table| TableRef::new(table.name));
    let locals = relation.local_columns();
    let resolve = |tree: &Tree<JoinColumn>| {
        let Ok(tree) = tree.lower(&mut |column: &JoinColumn| {
            Ok::<Tree, Infallible>(match column.side {
                Side::Local => {
                    Tree::Param(locals.iter().take_while(|local| **local != column.column()).count())
                }
                Side::Remote => Tree::Column(table.column(column.name)),
                Side::Association => Tree::Column(association.as_ref().unwrap_or(&table).column(column.name)),
            })
        });
        tree
    };
    let mut stmt = EntityPlan::new(target, 0).select(SelectStmt::new(), &table).from(table.clone());
    if let Some(association) = &association {
        stmt = stmt.from(association.clone());
    }
    let condition = relation.condition();
    stmt = condition
        .far
        .iter()
        .fold(stmt.filter(resolve(&condition.near)), |stmt, far| stmt.filter(resolve(far)));
    relation.order_by().iter().fold(stmt, |stmt, term| stmt.order_by(term.clone()))
}
