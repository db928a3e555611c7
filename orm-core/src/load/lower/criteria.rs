//! Conditions on the rows of a class, where those have a name in a statement that is there already.

use std::rc::Rc;

use super::super::given::Numbers;
use super::super::scope::{Place, Scopes};
use super::base::Lower;
use crate::declare::AliasId;
use crate::error::Result;
use crate::mapper::Mapper;
use crate::query::Leaf;
use crate::query::option::ClassCriteria;
use crate::sql::{TableRef, Tree};

/// The conditions on the rows of a class that go by that name; none where there are none. Sources within a condition get
/// names that no statement has otherwise.
pub(in crate::load) fn criteria(
    conditions: &[Rc<Tree<Leaf>>],
    mapper: &'static Mapper,
    (alias, name): (AliasId, &TableRef),
    numbers: Option<&Rc<Numbers>>,
) -> Result<Option<Tree>> {
    let mut all: Option<Tree> = None;
    for condition in conditions {
        let mut lower =
            Lower { scopes: Scopes::apart_from_all(), given: numbers.cloned(), ..Lower::default() };
        lower.scopes.open();
        lower.scopes.add(Place::class(mapper, alias, name.clone()));
        let condition = lower.tree(condition)?;
        all = Some(match all {
            Some(before) => before.and(condition),
            None => condition,
        });
    }
    Ok(all)
}

impl Lower {
    /// The conditions that the query has on every row of a class, for a source that is its table: columns name that alone.
    pub(super) fn table_criteria(
        &mut self,
        table: &str,
        alias: AliasId,
        name: &TableRef,
    ) -> Result<Option<Tree>> {
        let mut mappers = self.criteria.iter().filter_map(|said| said.class.mapper().ok());
        match mappers.find(|mapper| mapper.table().name == table) {
            Some(mapper) => self.class_criteria(mapper, alias, name),
            None => Ok(None),
        }
    }

    /// The conditions that the query has on every row of a class, for a source of it.
    pub(super) fn class_criteria(
        &mut self,
        mapper: &'static Mapper,
        alias: AliasId,
        name: &TableRef,
    ) -> Result<Option<Tree>> {
        if self.criteria.is_empty() {
            return Ok(None);
        }
        // A condition that asks for the class again means all rows of it.
        let criteria = std::mem::take(&mut self.criteria);
        let is_met = |said: &&ClassCriteria| {
            (said.aliases || !alias.is_some()) && said.class.mapper().is_ok_and(|of| std::ptr::eq(of, mapper))
        };
        let mut found = Vec::new();
        for said in criteria.iter().filter(is_met) {
            self.scopes.open();
            self.scopes.add(Place::class(mapper, AliasId::NONE, name.clone()));
            let condition = self.tree(&said.condition);
            self.scopes.close();
            found.push(condition);
        }
        self.criteria = criteria;
        let found: Vec<Tree> = found.into_iter().collect::<Result<_>>()?;
        Ok((!found.is_empty()).then(|| Tree::all(found)))
    }
}
