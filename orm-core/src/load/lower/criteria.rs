//! Conditions on the rows of a class, where those have a name in a statement that is there already.

use super::super::scope::{Place, Scopes};
use super::base::Lower;
use crate::declare::AliasId;
use crate::error::Result;
use crate::mapper::Mapper;
use crate::query::Leaf;
use crate::sql::{TableRef, Tree};

/// A condition on the rows of a class that go by that name. Sources within the condition get names that no statement has
/// otherwise.
pub(in crate::load) fn criteria(
    condition: &Tree<Leaf>,
    mapper: &'static Mapper,
    alias: AliasId,
    name: &TableRef,
) -> Result<Tree> {
    let mut lower = Lower { scopes: Scopes::apart_from_all(), ..Lower::default() };
    lower.scopes.open();
    lower.scopes.add(Place::class(mapper, alias, name.clone()));
    lower.tree(condition)
}
