//! `Task`: a relationship that is to be loaded for objects, after the rows that named them.

use std::rc::Rc;

use super::noted::Noted;
use super::options::Options;
use super::route::{Route, Strategy, Told};
use super::turns::Between;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::read::related;

/// A relationship that is to be loaded for objects.
pub(super) struct Task {
    pub(super) relation: &'static Relation,
    pub(super) strategy: Strategy,
    /// Where what it leads to stands.
    pub(super) route: Route,
    pub(super) objects: Rc<[Handle]>,
    /// What the query says of the objects.
    pub(super) told: Option<Rc<Options>>,
    /// The objects that the statement made or overwrote which named these, where that matters.
    pub(super) made: Option<Noted>,
    /// How many objects were read, where they are all that there are in their class.
    pub(super) all: Option<usize>,
    /// Between which rows SQLAlchemy reads what it leads to.
    pub(super) between: Between,
}

impl Task {
    /// For objects at the end of a route.
    pub(super) fn new(
        relation: &'static Relation,
        strategy: Strategy,
        from: &Route,
        objects: Rc<[Handle]>,
    ) -> Self {
        let route = from.after(relation, strategy);
        let (told, between) = (from.options().cloned(), Between::default());
        Task { relation, strategy, route, objects, told, made: None, all: None, between }
    }

    /// The same, for objects of which a statement made or overwrote some, and which may be all of their class.
    pub(super) fn of_statement(self, made: Option<Noted>, all: Option<usize>, between: Between) -> Self {
        Task { made, all, between, ..self }
    }

    /// Has no statement run for what is loaded as if it were read, where a key names it.
    pub(super) fn look_up(&mut self) {
        let is_narrowed = self.told.as_ref().is_some_and(|told| told.narrows(self.relation));
        if self.strategy == Strategy::Immediate && self.relation.get_columns().is_some() && !is_narrowed {
            self.strategy = Strategy::LookUp;
        }
    }

    /// Of a relationship that was named, whatever its strategy.
    pub(super) fn named(relation: &'static Relation, object: &Handle) -> Self {
        let route = Told::reading(object, relation).route();
        let objects = Rc::from([object.clone()]);
        let (strategy, between) = (Strategy::Immediate, Between::default());
        Task { relation, strategy, route, objects, told: None, made: None, all: None, between }
    }
}

/// The objects of which a relationship waits for nothing.
pub(super) fn untouched(objects: &[Handle], relation: &Relation) -> Result<Rc<[Handle]>> {
    let mut left = Vec::with_capacity(objects.len());
    for object in objects {
        if related::is_untouched(object, relation)? {
            left.push(object.clone());
        }
    }
    Ok(left.into())
}
