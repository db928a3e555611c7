//! What a declaration says a column is set to in a new row or by an update: a value, or an expression.

use super::change::SetTo;
use super::leaf::Leaf;
use super::operand::SqlExpr;
use crate::declare::{Kept, Made, Make};
use crate::mapper::NewColumn;
use crate::sql::Tree;
use crate::state::LateColumn;
use crate::value::{Typed, ValueError};

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
        self.default_made(kept(Box::leak(Box::new(make))))
    }

    /// What an update of a row sets it to that doesn't set it itself: a value, which is made for each row, or an expression.
    #[must_use]
    pub fn onupdate<X: SqlExpr>(self, make: impl Fn() -> X + Send + Sync + 'static) -> Self {
        self.onupdate_made(kept(Box::leak(Box::new(make))))
    }
}

impl<S, V: Typed> LateColumn<S, V> {
    /// What a new row has in it that isn't given a value: a value, which is made for each row, or an expression that the
    /// database evaluates.
    ///
    /// ```standalone_crate
    /// use orm::func;
    /// use orm::mapper::LateColumn;
    /// use orm::prelude::*;
    ///
    /// #[derive(Mapped)]
    /// struct Draft {
    ///     #[column(primary_key)]
    ///     id: i64,
    /// }
    ///
    /// static STATE: LateColumn<Draft, String> = LateColumn::new("state").default(&|| "new").onupdate(&|| "changed");
    /// static PLACE: LateColumn<Draft, Option<String>> = LateColumn::new("place").default(&|| func::lower("HERE"));
    /// orm::late!(DefaultRegistry: STATE, PLACE);
    ///
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let draft = session.add(Draft::builder())?;
    /// session.flush()?;
    /// assert_eq!((STATE.get(&draft)?, PLACE.get(&draft)?), ("new".to_owned(), Some("here".to_owned())));
    /// PLACE.set(&draft, None)?;
    /// session.flush()?;
    /// assert_eq!(STATE.get(&draft)?, "changed");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn default<X: SetTo<V>>(self, make: &'static (impl Fn() -> X + Send + Sync)) -> Self {
        self.default_made(kept_for::<V, X, _>(make))
    }

    /// What an update of a row sets it to that doesn't set it itself: a value, which is made for each row, or an expression.
    #[must_use]
    pub const fn onupdate<X: SetTo<V>>(self, make: &'static (impl Fn() -> X + Send + Sync)) -> Self {
        self.onupdate_made(kept_for::<V, X, _>(make))
    }
}

/// A function that lives as long as the program, as all that a mapping is made of does.
fn kept<X: SqlExpr, F: Fn() -> X + Send + Sync>(make: &'static F) -> Make {
    Make::Kept(make, |make| made(of_kept::<F>(make)?().sql()))
}

/// The same for a column whose type is known.
const fn kept_for<V, X: SetTo<V>, F: Fn() -> X + Send + Sync>(make: &'static F) -> Make {
    Make::Kept(make, |make| made(of_kept::<F>(make)?().tree()))
}

fn of_kept<F: 'static>(kept: Kept) -> Result<&'static F, ValueError> {
    kept.downcast_ref().ok_or_else(|| ValueError::new("another function makes it than the column's own"))
}

fn made(tree: Tree<Leaf>) -> Result<Made, ValueError> {
    match tree {
        Tree::Value(value) => Ok(Made::Value(value)),
        Tree::Late(Leaf::Wrong(why)) => Err(ValueError::new(why.to_string())),
        tree => Ok(Made::Expression(Box::new(tree))),
    }
}
