//! `RowCount`: what `limit` and `offset` take.

use super::expr::Expr;
use super::leaf::Leaf;
use crate::sql::Tree;
use crate::value::Value;

/// A number of rows: an integer of any type, or an expression.
#[diagnostic::on_unimplemented(message = "`{Self}` is no number of rows", label = "expected an integer")]
pub trait RowCount {
    /// The expression.
    #[doc(hidden)]
    fn rows(self) -> Tree<Leaf>;
}

macro_rules! counts {
    ($($count:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl RowCount for $count {
            fn rows(self) -> Tree<Leaf> {
                match i64::try_from(self) {
                    Ok(rows) if rows >= 0 => Tree::Value(Value::Int(rows)),
                    Ok(rows) => Leaf::wrong(format!("{rows} is no number of rows")),
                    // More rows than any table has.
                    Err(_) => Tree::Value(Value::Int(i64::MAX)),
                }
            }
        }
    )*};
}

counts!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

#[diagnostic::do_not_recommend]
impl<K> RowCount for Expr<i64, K> {
    fn rows(self) -> Tree<Leaf> {
        self.into_tree()
    }
}
