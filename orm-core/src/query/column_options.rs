//! `ColumnsOf`: which columns of a class are loaded, as options of a query.

use std::marker::PhantomData;

use super::option::ColumnsOption;
use crate::declare::{AliasId, Column, SlotId};

/// Which columns of a class are loaded: made by [`load_only`], [`defer`] and their like.
#[must_use = "an option does nothing until a query has it"]
pub struct ColumnsOf<E> {
    pub(super) options: Vec<ColumnsOption>,
    pub(super) alias: AliasId,
    class: PhantomData<fn() -> E>,
}

impl<E> ColumnsOf<E> {
    /// Makes it an error to read a column that isn't loaded for this reason.
    pub fn raise(mut self) -> Self {
        self.options.push(ColumnsOption::Raise);
        self
    }
}

fn columns<E>(columns: impl ColumnList<E>, option: fn(Vec<SlotId>) -> ColumnsOption) -> ColumnsOf<E> {
    let (slots, alias) = columns.slots();
    ColumnsOf { options: vec![option(slots)], alias, class: PhantomData }
}

/// Loads only these columns and those of the key; the others are loaded when they are read.
pub fn load_only<E>(list: impl ColumnList<E>) -> ColumnsOf<E> {
    columns(list, ColumnsOption::Only)
}

/// Loads these columns when they are read.
pub fn defer<E>(list: impl ColumnList<E>) -> ColumnsOf<E> {
    columns(list, ColumnsOption::Defer)
}

/// Loads these columns, though their class says that they are loaded when they are read.
pub fn undefer<E>(list: impl ColumnList<E>) -> ColumnsOf<E> {
    columns(list, ColumnsOption::Undefer)
}

/// Loads all columns but those of the key when they are read.
pub fn defer_all<E>() -> ColumnsOf<E> {
    ColumnsOf { options: vec![ColumnsOption::DeferAll], alias: AliasId::NONE, class: PhantomData }
}

/// Loads all columns, also those that their class defers.
pub fn undefer_all<E>() -> ColumnsOf<E> {
    ColumnsOf { options: vec![ColumnsOption::UndeferAll], alias: AliasId::NONE, class: PhantomData }
}

/// Columns of one class: a column, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no columns of one class",
    label = "expected a column, or a tuple of columns of the same class"
)]
pub trait ColumnList<E> {
    /// Their places, and the alias that they are of.
    #[doc(hidden)]
    fn slots(self) -> (Vec<SlotId>, AliasId);
}

#[diagnostic::do_not_recommend]
impl<E, V> ColumnList<E> for Column<E, V> {
    fn slots(self) -> (Vec<SlotId>, AliasId) {
        (vec![self.slot()], self.alias())
    }
}

macro_rules! column_lists {
    ($($($name:ident $value:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E, $($value),*> ColumnList<E> for ($(Column<E, $value>,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn slots(self) -> (Vec<SlotId>, AliasId) {
                let ($($name,)*) = self;
                let mut alias = AliasId::NONE;
                $(if $name.alias().is_some() {
                    alias = $name.alias();
                })*
                (vec![$($name.slot()),*], alias)
            }
        }
    )*};
}

column_lists! {
    A V;
    A V B W;
    A V B W C X;
    A V B W C X D Y;
    A V B W C X D Y F Z;
    A V B W C X D Y F Z G U;
    A V B W C X D Y F Z G U H T;
    A V B W C X D Y F Z G U H T I S;
    A V B W C X D Y F Z G U H T I S J R;
    A V B W C X D Y F Z G U H T I S J R K Q;
    A V B W C X D Y F Z G U H T I S J R K Q L P;
    A V B W C X D Y F Z G U H T I S J R K Q L P M O;
}
