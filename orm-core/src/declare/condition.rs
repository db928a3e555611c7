//! Conditions and orders as declarations give them: of relationships, and of indexes.

use crate::error::{Code, Error, Result};
use crate::sql::{OrderTerm, Tree};

/// A condition, as an option of a relationship or an index gives it.
#[derive(Clone, Copy, Debug)]
pub enum ConditionDecl {
    /// A typed expression, which is made when mappings are configured.
    Typed(MakeCondition),
    /// A text in SQLAlchemy's spelling, which is read when mappings are configured.
    Text(&'static str),
    /// What a text said.
    Read(&'static Tree),
}

/// Makes a condition of a typed expression.
pub type MakeCondition = fn(Asked) -> Result<Tree>;

/// What is asked of a typed expression.
#[derive(Clone, Copy, Debug)]
pub enum Asked {
    /// The condition. Queries within it are made when the classes are configured, by the same function.
    Condition(MakeCondition),
    /// The query within it of that number.
    Query(usize),
}

impl ConditionDecl {
    /// The condition.
    ///
    /// # Errors
    /// `join-condition` where a typed one asks for more than columns of the tables themselves, or a text wasn't read.
    pub fn tree(&self) -> Result<Tree> {
        match self {
            ConditionDecl::Typed(make) => make(Asked::Condition(*make)),
            ConditionDecl::Read(tree) => Ok(Tree::clone(tree)),
            ConditionDecl::Text(_) => Err(unread()),
        }
    }
}

/// Makes the terms of an order, or a query within them.
pub type MakeOrder = fn(AskedOrder) -> Result<Vec<OrderTerm>>;

/// What a [`MakeOrder`] is asked for.
#[derive(Clone, Copy, Debug)]
pub enum AskedOrder {
    /// The terms. Queries within them are made when the classes are configured, by the same function.
    Terms(MakeOrder),
    /// The query within them of that number, as the only term.
    Query(usize),
}

/// The order of a collection, as an option of a relationship gives it.
#[derive(Clone, Copy, Debug)]
pub enum OrderDecl {
    /// Typed terms, which are made when mappings are configured.
    Typed(MakeOrder),
    /// A text in SQLAlchemy's spelling, which is read when mappings are configured.
    Text(&'static str),
    /// What a text said.
    Read(&'static [OrderTerm]),
}

impl OrderDecl {
    /// The terms.
    ///
    /// # Errors
    /// As [`ConditionDecl::tree`].
    pub fn terms(&self) -> Result<Vec<OrderTerm>> {
        match self {
            OrderDecl::Typed(make) => make(AskedOrder::Terms(*make)),
            OrderDecl::Read(terms) => Ok(terms.to_vec()),
            OrderDecl::Text(_) => Err(unread()),
        }
    }
}

fn unread() -> Error {
    Error::new(Code::Internal, "a text of a declaration wasn't read")
}
