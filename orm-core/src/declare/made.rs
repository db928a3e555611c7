//! What makes the value of a column beside its default: a function when its row is updated, or the database.

use std::any::Any;

use crate::value::{Value, ValueError};

/// Makes what an update sets a column to that it doesn't set by itself.
pub type OnUpdate = fn() -> Result<Updated, ValueError>;

/// What an update sets a column to.
#[derive(Debug)]
pub enum Updated {
    /// A value.
    Value(Value),
    /// An expression. What that is, the layer of queries knows.
    Expression(Box<dyn Any>),
}

/// Makes the expression that a column stands for. What that is, the layer of queries knows.
pub type MakeExpression = fn() -> Box<dyn Any>;

/// A column that no table has: it stands for an expression, which is read with the row.
#[derive(Clone, Copy, Debug)]
pub struct ExpressionDecl {
    /// Makes the expression.
    pub make: MakeExpression,
    /// Whether an object forgets its value when a flush has written the object.
    pub expire_on_flush: bool,
}

/// How the database makes the value of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MadeDecl {
    /// Of a new row that isn't given one, though no default says so: a trigger does.
    pub on_insert: bool,
    /// Whenever the row is updated.
    pub on_update: bool,
    /// Of other columns of the row, by an expression.
    pub computed: Option<ComputedDecl>,
}

/// A column that is computed of others of its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ComputedDecl {
    /// The expression, as SQL.
    pub sql: &'static str,
    /// Whether the row holds the value, which is else computed whenever it is read.
    pub stored: bool,
}

impl MadeDecl {
    /// By nothing but its default, if it has one.
    pub const NONE: MadeDecl = MadeDecl { on_insert: false, on_update: false, computed: None };
}
