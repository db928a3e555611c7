//! `LoadedBy`: what an object remembers of the options that it was loaded by.

use std::any::Any;
use std::rc::Rc;

use crate::declare::{Lazy, SlotId};
use crate::mapper::Relation;

/// The options that an object was loaded by, as the layer of states sees them.
pub(crate) trait LoaderOptions {
    /// The strategy of a relationship, where the options say one.
    fn lazy(&self, relation: &Relation) -> Option<Lazy>;

    /// Whether a column mustn't be read unless it is loaded, where the options say so or say that it may.
    fn forbids(&self, column: SlotId) -> Option<bool>;

    /// What the object keeps again when it is expired, where these say something of it only until then.
    fn before(&self) -> Option<&Option<LoadedBy>>;

    /// For the layer that made them.
    fn as_any(&self) -> &dyn Any;
}

/// The options that an object was loaded by. Objects of one load share them.
#[derive(Clone)]
pub(crate) struct LoadedBy(Rc<Box<dyn LoaderOptions>>);

impl LoadedBy {
    pub(crate) fn new(options: impl LoaderOptions + 'static) -> Self {
        LoadedBy(Rc::new(Box::new(options)))
    }

    pub(crate) fn options(&self) -> &dyn LoaderOptions {
        &**self.0
    }

    /// The same, but for what they say of a column.
    fn without(self, column: SlotId) -> Self {
        LoadedBy::new(Without { options: self, column })
    }

    /// Whether they are those of the same load.
    pub(crate) fn is(&self, other: &LoadedBy) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Options of an object of which a column was expired by itself: they say nothing more of it. One stands around another for
/// each such column.
struct Without {
    options: LoadedBy,
    column: SlotId,
}

impl LoaderOptions for Without {
    fn lazy(&self, relation: &Relation) -> Option<Lazy> {
        self.options.options().lazy(relation)
    }

    fn forbids(&self, column: SlotId) -> Option<bool> {
        if column == self.column { None } else { self.options.options().forbids(column) }
    }

    fn before(&self) -> Option<&Option<LoadedBy>> {
        self.options.options().before()
    }

    fn as_any(&self) -> &dyn Any {
        self.options.options().as_any()
    }
}

/// What an object keeps when a column of it is expired by itself, where that is something else.
pub(super) fn without(options: LoadedBy, column: SlotId) -> Option<LoadedBy> {
    options.options().forbids(column).is_some().then(|| options.without(column))
}
