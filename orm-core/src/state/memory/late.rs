//! `Late`: what a column is set to whose value the database makes when it is written.

use std::any::Any;
use std::rc::Rc;

/// An expression that a column is set to: the flush writes it, and the value is loaded when it is next read. What an
/// expression is, the layer of queries knows.
#[derive(Clone)]
pub(crate) struct Late(Rc<dyn Any>);

impl Late {
    pub(crate) fn new(expression: impl Any) -> Self {
        Late(Rc::new(expression))
    }

    /// An expression whose type isn't known here.
    pub(crate) fn of(expression: Box<dyn Any>) -> Self {
        Late(Rc::from(expression))
    }

    /// The expression, where it is of that type.
    pub(crate) fn expression<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}
