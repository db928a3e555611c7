//! What a query asks of the attribute at the end of a proxy's path.

use crate::query::Leaf;
use crate::sql::Tree;
use crate::state::memory::handle::Handle;

/// What a query asks of a proxy for a column.
#[doc(hidden)]
pub enum ColumnAsk {
    /// That the row with the column meets the condition, if there is one.
    Where(Option<Tree<Leaf>>),
    /// That the column is `NULL`, or that there is no row.
    Null,
    /// A condition that is made of the column.
    Compared(Box<dyn FnOnce(Tree<Leaf>) -> Tree<Leaf>>),
}

/// What a query asks of a proxy for a relationship.
#[doc(hidden)]
pub enum ObjectAsk {
    /// That it leads to a row that meets the condition, if there is one.
    Where(Option<Tree<Leaf>>),
    /// That it leads to that object.
    Is(Handle),
    /// That it leads to another object than this one, or to none.
    IsNot(Handle),
    /// That it leads to one.
    Some,
    /// That it leads to none, or that there is no row that leads anywhere.
    Null,
}

/// What is asked of every kind.
#[doc(hidden)]
pub trait Ask: Sized {
    /// That there is a row that meets the condition.
    fn with(condition: Option<Tree<Leaf>>) -> Self;
    /// Whether it is also met where there is no row.
    fn is_null(&self) -> bool;
}

impl Ask for ColumnAsk {
    fn with(condition: Option<Tree<Leaf>>) -> Self {
        ColumnAsk::Where(condition)
    }

    fn is_null(&self) -> bool {
        matches!(self, ColumnAsk::Null)
    }
}

impl Ask for ObjectAsk {
    fn with(condition: Option<Tree<Leaf>>) -> Self {
        ObjectAsk::Where(condition)
    }

    fn is_null(&self) -> bool {
        matches!(self, ObjectAsk::Null)
    }
}
