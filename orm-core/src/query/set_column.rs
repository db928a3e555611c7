//! `SetColumn`: what a column of an object can be set to.

use super::change::SetTo;
use super::expr::Expr;
use super::leaf::Leaf;
use crate::declare::Column;
use crate::error::Result;
use crate::sql::Tree;
use crate::state::change::assign;
use crate::state::memory::handle::Handle;
use crate::state::memory::late::Late;
use crate::state::typed::draft::Draft;
use crate::state::typed::obj::Live;
use crate::value::{Assign, ColumnType, Typed};

/// What a column of an object can be set to: what [`Assign`] takes, or a column or an expression of its type, which the next
/// flush writes: of the row as the database has it then. The value is loaded when it is read; reading it before flushes.
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
/// session.flush()?;
/// account.set_balance(Account::balance + 1)?;
/// assert_eq!(account.balance()?, 6);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be given for a column of type `{V}`",
    label = "expected `{V}`"
)]
pub trait SetColumn<V> {
    /// Sets it.
    ///
    /// # Errors
    /// `value` where no database holds the value; `busy`.
    #[doc(hidden)]
    fn set<E>(self, object: &Handle, column: Column<E, V>) -> Result<()>;

    /// Gives it to an object that is being built.
    #[doc(hidden)]
    fn give<E: Live>(self, draft: Draft, column: Column<E, V>) -> Draft;
}

macro_rules! set_values {
    ($([$($generic:tt)*] $column:ty, $to:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> SetColumn<$column> for $to {
            #[inline]
            fn set<E>(self, object: &Handle, column: Column<E, $column>) -> Result<()> {
                assign::set(object, column, Assign::<$column>::assign(self))
            }

            #[inline]
            fn give<E: Live>(self, draft: Draft, column: Column<E, $column>) -> Draft {
                draft.set(column, Assign::<$column>::assign(self))
            }
        }
    )*};
}

// A blanket impl for all that `Assign` takes would leave no room for expressions: others may implement `Assign` for those.
set_values! {
    [V: Typed] V, V;
    [V: ColumnType] Option<V>, V;
    [V: Typed] V, &V;
    [V: ColumnType] Option<V>, &V;
    [] String, &str;
    [] Option<String>, &str;
    [] Vec<u8>, &[u8];
    [] Option<Vec<u8>>, &[u8];
    [const N: usize] Vec<u8>, &[u8; N];
    [const N: usize] Option<Vec<u8>>, &[u8; N];
}

fn late(tree: Tree<Leaf>) -> Late {
    Late::new(tree)
}

macro_rules! set_late {
    ($($column:ty, [$($bound:ident)*] $to:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V: $($bound +)*, Of> SetColumn<$column> for $to {
            fn set<E>(self, object: &Handle, column: Column<E, $column>) -> Result<()> {
                assign::set_late(object, column.slot(), late(SetTo::<$column>::tree(self)))
            }

            fn give<E: Live>(self, draft: Draft, column: Column<E, $column>) -> Draft {
                draft.set_late(column.slot(), late(SetTo::<$column>::tree(self)))
            }
        }
    )*};
}

set_late! {
    V, [Typed] Column<Of, V>;
    Option<V>, [Typed ColumnType] Column<Of, V>;
    V, [Typed] Expr<V, Of>;
    Option<V>, [Typed ColumnType] Expr<V, Of>;
}
