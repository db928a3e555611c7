//! `update` and `delete`: many rows changed by one statement.

use std::fmt;
use std::marker::PhantomData;

use super::alias::Entity;
use super::expr::Expr;
use super::leaf::{ClassRef, Leaf};
use super::operand::{Condition, column};
use crate::declare::{Column, Mapped, SlotId};
use crate::sql::Tree;
use crate::state::typed::tracked::Tracked;
use crate::value::{ColumnType, Typed};

/// What becomes of the objects of a session whose rows a statement changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// They follow: the keys of the rows are read before, where the session has objects of the class. Columns that were set
    /// are loaded again when they are read; objects whose rows were deleted are deleted.
    #[default]
    Auto,
    /// They stay as they are.
    Off,
}

/// A statement that changes rows of a class, as data.
#[derive(Clone, Debug)]
pub struct ChangeParts {
    pub(crate) class: ClassRef,
    /// The columns that are set, and their values; none where the rows are deleted.
    pub(crate) set: Option<Vec<(SlotId, Tree<Leaf>)>>,
    pub(crate) filters: Vec<Tree<Leaf>>,
    pub(crate) sync: Sync,
}

/// A statement that changes rows of a class: an [`Update`] or a [`Delete`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` changes no rows",
    label = "expected `update(...)` or `delete(...)`"
)]
pub trait Change {
    /// What it is made of.
    #[doc(hidden)]
    fn into_parts(self) -> ChangeParts;
}

/// Changes all rows of a class that meet its conditions: made by [`update`].
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct Account {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     balance: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let account = session.add(Account::builder().balance(5))?;
/// let raised = update(Account).set(Account::balance, Account::balance * 2).filter(Account::balance.gt(0));
/// assert_eq!(session.run(raised)?, 1);
/// assert_eq!(account.balance()?, 10);
/// # Ok(())
/// # }
/// ```
#[must_use = "a statement does nothing until a session runs it"]
pub struct Update<E>(ChangeParts, PhantomData<fn() -> E>);

/// Deletes all rows of a class that meet its conditions: made by [`delete`].
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct Account {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     balance: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # session.add(Account::builder().balance(0))?;
/// assert_eq!(session.run(delete(Account).filter(Account::balance.eq(0)))?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a statement does nothing until a session runs it"]
pub struct Delete<E>(ChangeParts, PhantomData<fn() -> E>);

fn parts<E: Tracked>(set: Option<Vec<(SlotId, Tree<Leaf>)>>) -> ChangeParts {
    ChangeParts { class: ClassRef::Entry(E::class), set, filters: Vec::new(), sync: Sync::Auto }
}

/// Changes rows of a class by one statement: see [`Update`].
pub fn update<E: Tracked>(class: Entity<E>) -> Update<E> {
    let _ = class;
    Update(parts::<E>(Some(Vec::new())), PhantomData)
}

/// Deletes rows of a class by one statement: see [`Delete`]. No cascade of the session runs; those of the database do.
pub fn delete<E: Tracked>(class: Entity<E>) -> Delete<E> {
    let _ = class;
    Delete(parts::<E>(None), PhantomData)
}

impl<E> Update<E> {
    /// Sets a column to a value or an expression.
    pub fn set<V: Typed>(mut self, column: Column<E, V>, value: impl SetTo<V>) -> Self {
        if let Some(set) = &mut self.0.set {
            let place = column.slot();
            set.retain(|(known, _)| *known != place);
            set.push((place, value.tree()));
        }
        self
    }

    /// Only rows for which the condition is true. Several conditions must all be true.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.0.filters.push(condition.condition());
        self
    }

    /// What becomes of the objects of the session whose rows it changes.
    pub fn sync(mut self, sync: Sync) -> Self {
        self.0.sync = sync;
        self
    }
}

impl<E> Delete<E> {
    /// Only rows for which the condition is true. Several conditions must all be true.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.0.filters.push(condition.condition());
        self
    }

    /// What becomes of the objects of the session whose rows it deletes.
    pub fn sync(mut self, sync: Sync) -> Self {
        self.0.sync = sync;
        self
    }
}

impl<E> Change for Update<E> {
    fn into_parts(self) -> ChangeParts {
        self.0
    }
}

impl<E> Change for Delete<E> {
    fn into_parts(self) -> ChangeParts {
        self.0
    }
}

impl<E: Mapped> fmt::Debug for Update<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Update").field(&self.0).finish()
    }
}

impl<E: Mapped> fmt::Debug for Delete<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Delete").field(&self.0).finish()
    }
}

/// What a column of type `V` can be set to: a value, or a column or an expression of its type.
#[diagnostic::on_unimplemented(
    message = "a column of type `{V}` can't be set to `{Self}`",
    label = "expected `{V}`, or a column or expression of it"
)]
pub trait SetTo<V> {
    /// The expression.
    #[doc(hidden)]
    fn tree(self) -> Tree<Leaf>;
}

/// A value, unless no database holds it.
fn value<V: Typed>(value: &V) -> Tree<Leaf> {
    match value.check() {
        Ok(()) => Tree::Value(value.to_value()),
        Err(error) => Leaf::wrong(error.to_string()),
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> SetTo<V> for V {
    fn tree(self) -> Tree<Leaf> {
        value(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> SetTo<Option<V>> for V {
    fn tree(self) -> Tree<Leaf> {
        value(&Some(self))
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> SetTo<V> for &V {
    fn tree(self) -> Tree<Leaf> {
        value(self)
    }
}

macro_rules! lent {
    ($($lent:ty => $owned:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl SetTo<$owned> for $lent {
            fn tree(self) -> Tree<Leaf> {
                value(&<$owned>::from(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl SetTo<Option<$owned>> for $lent {
            fn tree(self) -> Tree<Leaf> {
                value(&<$owned>::from(self))
            }
        }
    )*};
}

lent! {
    &str => String;
    &[u8] => Vec<u8>;
}

macro_rules! set_to {
    ($([$($generic:ident),*] $column:ty, $to:ty, $tree:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic),*> SetTo<$column> for $to {
            fn tree(self) -> Tree<Leaf> {
                $tree(self)
            }
        }
    )*};
}

set_to! {
    [E, V] V, Column<E, V>, column;
    [E, V] Option<V>, Column<E, V>, column;
    [V, K] V, Expr<V, K>, Expr::into_tree;
    [V, K] Option<V>, Expr<V, K>, Expr::into_tree;
}
