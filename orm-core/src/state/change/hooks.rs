//! `Hooks`: what a class has called at named places while its objects are written and loaded.
//!
//! A step of a flush looks once whether its class has anything at a place; where it has nothing, no row pays for it. A row
//! that is loaded asks the class whether anybody listens.
//!
//! # What a hook may do
//!
//! - It is called with an object while nothing is borrowed: it may read the object, load what is missing, and set
//!   columns of it. What it sets before a statement is written by that statement.
//! - It may not end what it is called in: `flush`, `commit`, `rollback` and the begin or end of a savepoint are
//!   `wrong-state` while the session flushes, and ends of transactions while it reads rows. The plan of the flush stands:
//!   an object that a hook adds is written by the next flush, and changes of objects that take no part in this one are
//!   lost, as in SQLAlchemy.
//! - A handle that it keeps counts like any other: the flush looks who holds an object only after everything is
//!   written, so the object gets its place in the identity map.
//! - An error ends the flush, which is rolled back like one that the database refused; or the load.

use std::rc::Rc;

use crate::declare::{LinkSlotId, RelationAt};
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation};
use crate::state::called;
use crate::state::change::attribute_hooks::AttributeHooks;
use crate::state::change::defaults;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;

/// Where hooks are called. While objects are written, each is called for all objects of a step at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing of the step is written, and the object is new. Whether it takes over the row of a deleted one isn't known:
    /// its key may still be set.
    BeforeInsert,
    /// The row will be inserted: it takes over no other row.
    Inserting,
    /// The row is there, and its key is known.
    AfterInsert,
    /// Nothing of the step is written. Whether any column changed isn't known.
    BeforeUpdate,
    /// What changed is written, also where that was nothing. A new object that takes over the row of a deleted one is
    /// here too.
    AfterUpdate,
    /// The row is there.
    BeforeDelete,
    /// The row is gone.
    AfterDelete,
    /// A row has made the object. What is loaded with it needn't be there.
    Loaded,
    /// A row has filled columns of an object that was there.
    Refreshed,
}

/// How many places there are.
const PLACES: usize = Place::Refreshed as usize + 1;

/// What is called with an object.
pub(crate) type Hook<O = Rc<Instance>> = Box<dyn Fn(&O) -> Result<()> + Send + Sync>;

/// What is called with an object that was expired, and the names of the attributes unless that was all of it.
pub(crate) type ExpiryHook<O = Rc<Instance>> = Box<dyn Fn(&O, Option<&[&str]>) + Send + Sync>;

/// What was expired of an object: these attributes, or all of it.
pub(crate) type Expired = (Handle, Option<Vec<&'static str>>);

/// The hooks of a class, by their places, in the order in which they are called.
pub(crate) struct Hooks<O = Rc<Instance>> {
    lists: [Vec<Hook<O>>; PLACES],
    expired: Vec<ExpiryHook<O>>,
    /// Those of attributes.
    pub(crate) attributes: AttributeHooks,
    /// The class, while its listeners are told; and what is wrong with one of them.
    mapper: Option<&'static Mapper>,
    wrong: Option<Error>,
}

impl<O> Default for Hooks<O> {
    fn default() -> Self {
        Hooks {
            lists: std::array::from_fn(|_| Vec::new()),
            expired: Vec::new(),
            attributes: AttributeHooks::default(),
            mapper: None,
            wrong: None,
        }
    }
}

impl<O> Hooks<O> {
    pub(crate) fn add(&mut self, place: Place, hook: Hook<O>) {
        self.lists[place as usize].push(hook);
    }

    pub(crate) fn add_expired(&mut self, hook: ExpiryHook<O>) {
        self.expired.push(hook);
    }

    /// Whether anything is called when objects are expired.
    pub(crate) fn hears_expired(&self) -> bool {
        !self.expired.is_empty()
    }

    /// Calls what listens to the expiring of an object.
    pub(crate) fn fire_expired(&self, object: &O, names: Option<&[&str]>) {
        self.expired.iter().for_each(|hook| hook(object, names));
    }

    /// The place of a relationship of the class. Where it has none of that name, its listeners are wrong.
    pub(crate) fn relation(&mut self, at: RelationAt) -> Option<LinkSlotId> {
        let mapper = self.mapper?;
        let found = mapper.relation_at(at).map(Relation::slot);
        if found.is_none() {
            let name = match at {
                RelationAt::Named(name) => Some(name),
                RelationAt::Slot(_) => None,
            };
            let wrong = Error::new(
                Code::BadOption,
                "a listener is told of a relationship that its class lacks",
            )
            .about(mapper.class(), name)
            .help("add the relationship to the registry that the class belongs to, before it is configured");
            self.wrong.get_or_insert(wrong);
        }
        found
    }

    /// Calls what stands at a place, with one object after another.
    ///
    /// # Errors
    /// The first of a hook; the others aren't called then.
    #[inline]
    pub(crate) fn fire<'o>(&self, place: Place, objects: impl IntoIterator<Item = &'o O>) -> Result<()>
    where
        O: 'o,
    {
        let hooks = &self.lists[place as usize];
        if hooks.is_empty() {
            return Ok(());
        }
        objects.into_iter().try_for_each(|object| hooks.iter().try_for_each(|hook| hook(object)))
    }
}

impl Hooks {
    /// The hooks of a class: those that its declaration asks for, then those that were added.
    ///
    /// # Errors
    /// `internal`, where something else was attached to the mapper; and what the user's code says.
    pub(crate) fn of(mapper: &'static Mapper) -> Result<&'static Self> {
        let attached = mapper.hooks(|| {
            let mut hooks = Hooks::default();
            if let Some(filler) = defaults::filler(mapper, false) {
                hooks.add(Place::Inserting, Box::new(filler));
            }
            hooks.mapper = Some(mapper);
            if let Some(listen) = mapper.decl().listen {
                called::call(|| listen(&mut hooks))?;
            }
            for added in mapper.added_listeners() {
                called::call(|| (added.listen)(&mut hooks))?;
            }
            if let Some(wrong) = hooks.wrong.take() {
                return Err(wrong);
            }
            Ok(Box::new(hooks))
        })?;
        attached.downcast_ref().ok_or_else(|| {
            Error::new(Code::Internal, "the class has no table of hooks").about(mapper.class(), None)
        })
    }
}

/// An object of a class that somebody listens to was loaded, or filled.
///
/// # Errors
/// What is said by who listens.
#[cold]
pub(crate) fn fire_one(place: Place, instance: &Rc<Instance>) -> Result<()> {
    Hooks::of(instance.header().mapper())?.fire(place, [instance])
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{Hooks, Place};
    use crate::error::{Code, Error};

    #[test]
    fn hooks_of_a_place_are_called_in_their_order_until_one_fails() {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let mut hooks: Hooks<i32> = Hooks::default();
        for name in ["first", "second"] {
            let calls = Arc::clone(&calls);
            let hook = move |object: &i32| {
                calls.lock().unwrap().push((name, *object));
                if *object < 0 { Err(Error::new(Code::Value, "negative")) } else { Ok(()) }
            };
            hooks.add(Place::BeforeUpdate, Box::new(hook));
        }
        let calls = || std::mem::take(&mut *calls.lock().unwrap());
        hooks.fire(Place::BeforeUpdate, &[1, 2]).unwrap();
        assert_eq!(calls(), [("first", 1), ("second", 1), ("first", 2), ("second", 2)]);
        hooks.fire(Place::AfterUpdate, &[1, 2]).unwrap();
        assert_eq!(calls(), []);
        let error = hooks.fire(Place::BeforeUpdate, &[3, -4, 5]).unwrap_err();
        assert_eq!(error.code(), Code::Value);
        assert_eq!(calls(), [("first", 3), ("second", 3), ("first", -4)]);
    }
}
