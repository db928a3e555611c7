//! `Assign`: what can be given for a column, so that `"ed"` will do for a `String`.

use super::{ColumnType, Typed};

/// What can be given for a column of type `V`: the value itself or a reference to it, `&str` for text, `&[u8]` for
/// bytes, and for a column that may be `NULL` also the value without `Some`. `None` is of the column's own type, so there
/// is no `Option<&str>`: then it would be of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be given for a column of type `{V}`",
    label = "expected `{V}`"
)]
pub trait Assign<V> {
    /// The column's value.
    fn assign(self) -> V;
}

impl<V: Typed> Assign<V> for V {
    fn assign(self) -> V {
        self
    }
}

impl<V: ColumnType> Assign<Option<V>> for V {
    fn assign(self) -> Option<V> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> Assign<V> for &V {
    fn assign(self) -> V {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> Assign<Option<V>> for &V {
    fn assign(self) -> Option<V> {
        Some(self.clone())
    }
}

macro_rules! assign_borrowed {
    ($($from:ty => $to:ty),*) => {$(
        impl Assign<$to> for $from {
            fn assign(self) -> $to {
                self.into()
            }
        }

        impl Assign<Option<$to>> for $from {
            fn assign(self) -> Option<$to> {
                Some(self.into())
            }
        }
    )*};
}

assign_borrowed!(&str => String, &[u8] => Vec<u8>);

impl<const N: usize> Assign<Vec<u8>> for &[u8; N] {
    fn assign(self) -> Vec<u8> {
        self.to_vec()
    }
}

impl<const N: usize> Assign<Option<Vec<u8>>> for &[u8; N] {
    fn assign(self) -> Option<Vec<u8>> {
        Some(self.to_vec())
    }
}
