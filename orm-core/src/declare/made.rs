//! What makes the value of a column: functions when its row is written, or the database.

use std::any::Any;
use std::fmt;

use super::kept::Kept;
use super::version::NextVersion;
use crate::value::{Value, ValueError};

/// Makes what a column is set to that nobody sets: its default in a new row, or what an update sets it to.
#[derive(Clone, Copy)]
pub enum Make {
    /// A function of the declaration.
    Function(fn() -> Result<Made, ValueError>),
    /// The first version of a row.
    First(NextVersion),
    /// A function that was made while the program ran or stands in a static, and what calls it.
    Kept(Kept, fn(Kept) -> Result<Made, ValueError>),
}

impl Make {
    /// Makes it. That is a user's code.
    ///
    /// # Errors
    /// Where no database holds the value.
    pub fn make(self) -> Result<Made, ValueError> {
        match self {
            Make::Function(make) => make(),
            Make::First(version) => version.make(None).map(Made::Value),
            Make::Kept(kept, make) => make(kept),
        }
    }
}

impl fmt::Debug for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Make")
    }
}

/// What a column is set to that nobody sets.
#[derive(Debug)]
pub enum Made {
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
