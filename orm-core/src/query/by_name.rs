//! Queries by names, for tools: what is known only when the program runs. It is the same query beneath.

use super::expr::Expr;
use super::leaf::{ClassRef, Leaf, RelationRef, Test};
use super::parts::{Item, QueryParts, Source};
use super::relation_op::{parent_of, related};
use super::select::Select;
use crate::declare::AliasId;
use crate::error::Result;
use crate::mapper::Mapper;
use crate::sql::Tree;
use crate::state::typed::obj::{AnyObj, Obj};
use crate::value::Value;

/// A query of a class that isn't named here.
pub fn select_class(mapper: &'static Mapper) -> Select<AnyObj> {
    let source = Source::Class(ClassRef::Mapper(mapper), AliasId::NONE);
    Select::of(QueryParts { items: vec![Item::Entity(source)], ..QueryParts::default() })
}

/// A column of a class by name, for tools.
///
/// # Errors
/// `unknown-attribute`.
pub fn attr(mapper: &'static Mapper, name: &str) -> Result<Expr<Value>> {
    let column = mapper.column_attribute(name).ok_or_else(|| mapper.unknown_attribute(name))?;
    Ok(Expr::of(Tree::Late(Leaf::Column(column.column_name(), AliasId::NONE))))
}

/// As [`with_parent`](super::with_parent), by names.
///
/// # Errors
/// `unknown-attribute`.
pub fn parent_is(object: &AnyObj, relation: &str) -> Result<Expr<bool>> {
    let object = Obj::handle(object);
    let relation = by_name(object.header().mapper(), relation)?;
    Ok(parent_of(object, relation, AliasId::NONE))
}

/// Whether a relationship leads to anything, by names: `any` and `has` in one.
///
/// # Errors
/// `unknown-attribute`.
pub fn related_exists(mapper: &'static Mapper, relation: &str) -> Result<Expr<bool>> {
    Ok(related(by_name(mapper, relation)?, (AliasId::NONE, AliasId::NONE), Test::Any(None)))
}

fn by_name(mapper: &'static Mapper, relation: &str) -> Result<RelationRef> {
    match mapper.relation_named(relation) {
        Some(relation) => Ok(RelationRef::at(relation)),
        None => Err(mapper.unknown_attribute(relation)),
    }
}
