//! `Draft`: an object while it is built; `ValueDraft`: one that a plain value becomes.

use std::marker::PhantomData;

use crate::declare::{Column, SlotId};
use crate::error::Result;
use crate::state::change::{assign, withdraw};
use crate::state::memory::handle::Handle;
use crate::state::memory::late::Late;
use crate::state::typed::field::{Relate, RelationField};
use crate::state::typed::nest::Nested;
use crate::state::typed::obj::{Live, Obj};
use crate::value::Typed;

/// An object while it is built, or the first mistake in building it. What builders are made of.
///
/// A builder hands it on with each call, so it holds nothing else. Its class is known to the builder alone: the struct
/// of that stands where the class can't be named.
pub struct Draft {
    object: Result<Handle>,
}

impl Draft {
    /// What was made to be built further, or why it couldn't be.
    pub(crate) fn of(object: Result<Handle>) -> Self {
        Draft { object }
    }

    fn then(mut self, f: impl FnOnce(&Handle) -> Result<()>) -> Self {
        if let Ok(handle) = &self.object
            && let Err(error) = f(handle)
        {
            // The first mistake is the one that is told.
            let _ = withdraw::from_collections(handle);
            self.object = Err(error);
        }
        self
    }

    /// Sets a column.
    #[must_use]
    pub fn set<T: Live, V: Typed>(self, column: Column<T, V>, value: V) -> Self {
        self.then(|handle| assign::set_fresh(handle, column, value))
    }

    /// Sets a column to an expression.
    pub(crate) fn set_late(self, place: SlotId, late: Late) -> Self {
        self.then(|handle| assign::set_late_fresh(handle, place, late))
    }

    /// Sets a relationship.
    #[must_use]
    pub fn relate<F: RelationField>(self, relation: usize, value: impl Relate<F>) -> Self {
        self.then(|handle| value.relate(handle, relation))
    }

    /// Changes the object otherwise.
    pub(crate) fn changed(self, f: impl FnOnce(&Handle) -> Result<()>) -> Self {
        self.then(f)
    }

    /// The object, which is of the builder's class.
    ///
    /// # Errors
    /// The first mistake: a value that can't be stored, or mistakes of the mapping.
    pub fn finish<T: Live>(self) -> Result<Obj<T>> {
        self.object.map(Obj::from_handle)
    }

    /// The object, for a relationship to objects of any class.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn finish_any(self) -> Result<Handle> {
        self.object
    }
}

/// An object that a plain value becomes, with what the value nests, or the first mistake.
pub struct ValueDraft<T: Live> {
    draft: Draft,
    nested: Nested,
    class: PhantomData<fn() -> T>,
}

impl<T: Live> ValueDraft<T> {
    /// What was made of the columns, or why it couldn't be.
    pub(crate) fn of(object: Result<Handle>) -> Self {
        ValueDraft { draft: Draft::of(object), nested: Nested::default(), class: PhantomData }
    }

    /// Sets a relationship to what the value nests.
    #[must_use]
    pub fn nest<F: RelationField>(mut self, relation: usize, value: F) -> Self {
        self.draft = self.draft.then(|handle| value.nest(handle, relation, &mut self.nested));
        self
    }

    /// The object, related to what is nested in it.
    ///
    /// # Errors
    /// The first mistake: a value that can't be stored, or mistakes of the mapping.
    pub(super) fn finish(self) -> Result<Obj<T>> {
        let object = self.draft.finish()?;
        self.nested.run()?;
        Ok(object)
    }

    /// The object, while what is nested in it waits for its turn.
    pub(super) fn finish_later(self, nested: &mut Nested) -> Result<Handle> {
        nested.append(self.nested);
        self.draft.object
    }
}
