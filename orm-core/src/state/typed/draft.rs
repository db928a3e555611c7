//! `Draft`: an object while it is built.

use std::marker::PhantomData;

use crate::declare::Column;
use crate::error::Result;
use crate::state::change::assign;
use crate::state::memory::handle::Handle;
use crate::state::typed::field::{Relate, RelationField};
use crate::state::typed::nest::Nested;
use crate::state::typed::obj::{Live, Obj};
use crate::value::Typed;

/// An object while it is built, or the first mistake in building it. What builders are made of.
pub struct Draft<T: Live> {
    object: Result<Handle>,
    nested: Nested,
    class: PhantomData<fn() -> T>,
}

impl<T: Live> Draft<T> {
    /// What was made to be built further, or why it couldn't be.
    pub(crate) fn of(object: Result<Handle>) -> Self {
        Draft { object, nested: Nested::default(), class: PhantomData }
    }

    fn then(self, f: impl FnOnce(&Handle) -> Result<()>) -> Self {
        self.then_nest(|handle, _| f(handle))
    }

    fn then_nest(mut self, f: impl FnOnce(&Handle, &mut Nested) -> Result<()>) -> Self {
        if let Ok(handle) = &self.object
            && let Err(error) = f(handle, &mut self.nested)
        {
            self.object = Err(error);
        }
        self
    }

    /// Sets a column.
    #[must_use]
    pub fn set<V: Typed>(self, column: Column<T, V>, value: V) -> Self {
        self.then(|handle| assign::set_fresh(handle, column, value))
    }

    /// Sets a relationship.
    #[must_use]
    pub fn relate<F: RelationField>(self, relation: usize, value: impl Relate<F>) -> Self {
        self.then(|handle| value.relate(handle, relation))
    }

    /// Sets a relationship to what a plain value nests.
    #[must_use]
    pub fn nest<F: RelationField>(self, relation: usize, value: F) -> Self {
        self.then_nest(|handle, nested| value.nest(handle, relation, nested))
    }

    /// The object.
    ///
    /// # Errors
    /// The first mistake: a value that can't be stored, or mistakes of the mapping.
    pub fn finish(self) -> Result<Obj<T>> {
        let object = self.object?;
        self.nested.run()?;
        Ok(Obj::from_handle(object))
    }

    /// The object, while what is nested in it waits for its turn.
    pub(super) fn finish_later(self, nested: &mut Nested) -> Result<Handle> {
        nested.append(self.nested);
        self.object
    }
}
