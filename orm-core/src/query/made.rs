//! What a declaration says a column is set to in a new row or by an update: a value, or an expression.

use super::change::SetTo;
use super::leaf::Leaf;
use super::operand::SqlExpr;
use crate::declare::{Made, Make};
use crate::mapper::NewColumn;
use crate::sql::Tree;
use crate::value::ValueError;

/// What a new row has in a column of type `V`: `default = "draft"` for a `String`. For generated code.
#[doc(hidden)]
///
/// # Errors
/// Where no database holds the value.
pub fn default_value<V>(default: impl SetTo<V>) -> Result<Made, ValueError> {
    made(default.tree())
}

/// What an update sets a column of type `V` to. For generated code.
#[doc(hidden)]
///
/// # Errors
/// Where no database holds the value.
pub fn onupdate<V>(to: impl SetTo<V>) -> Result<Made, ValueError> {
    made(to.tree())
}

impl NewColumn {
    /// What a new row has in it that isn't given a value: a value, which is made for each row, or an expression that the
    /// database evaluates. A value of another type than the column's is an error of the flush.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # use orm::{AnyObj, Value, func};
    /// use orm::mapper::{NewColumn, NewTable};
    ///
    /// # fn main() -> orm::Result<()> {
    /// let note = NewTable::new("short_note")
    ///     .column(NewColumn::of::<i64>("id").primary_key())
    ///     .column(NewColumn::of::<String>("state").default(|| "new"))
    ///     .column(NewColumn::of::<String>("place").default(|| func::lower("HERE")).onupdate(|| "moved"));
    /// DefaultRegistry::map_table(note)?;
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let note = session.add(AnyObj::create(DefaultRegistry::mapper("short_note")?)?)?;
    /// session.flush()?;
    /// assert_eq!((note.get("state")?, note.get("place")?), (Value::from("new"), Value::from("here")));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn default<X: SqlExpr>(self, make: impl Fn() -> X + Send + Sync + 'static) -> Self {
        self.default_made(kept(make))
    }

    /// What an update of a row sets it to that doesn't set it itself: a value, which is made for each row, or an expression.
    #[must_use]
    pub fn onupdate<X: SqlExpr>(self, make: impl Fn() -> X + Send + Sync + 'static) -> Self {
        self.onupdate_made(kept(make))
    }
}

/// A function that lives as long as the program, as all that a mapping is made of does.
fn kept<X: SqlExpr>(make: impl Fn() -> X + Send + Sync + 'static) -> Make {
    Make::Kept(Box::leak(Box::new(move || made(make().sql()))))
}

fn made(tree: Tree<Leaf>) -> Result<Made, ValueError> {
    match tree {
        Tree::Value(value) => Ok(Made::Value(value)),
        Tree::Late(Leaf::Wrong(why)) => Err(ValueError::new(why.to_string())),
        tree => Ok(Made::Expression(Box::new(tree))),
    }
}
