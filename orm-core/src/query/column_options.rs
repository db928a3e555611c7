//! `ColumnsOf`: which columns of a class are loaded, as options of a query.

use std::marker::PhantomData;

use super::alias::Member;
use super::each_tuple::each_tuple;
use super::option::{ColumnsOption, Unloaded};
use crate::declare::{AliasId, Column, SlotId};

/// Which columns of a class are loaded: made by [`undefer`] and its like.
#[must_use = "an option does nothing until a query has it"]
pub struct ColumnsOf<E> {
    pub(super) option: ColumnsOption,
    pub(super) alias: AliasId,
    class: PhantomData<fn() -> E>,
}

/// Which columns of a class are left out when its objects are loaded: made by [`load_only`], [`defer`] and
/// [`defer_all`].
#[must_use = "an option does nothing until a query has it"]
pub struct DeferredOf<E>(pub(super) ColumnsOf<E>);

impl<E> DeferredOf<E> {
    /// Makes it an error to read a column that isn't loaded for this reason.
    pub fn raise(mut self) -> Self {
        if let ColumnsOption::Only(_, unloaded)
        | ColumnsOption::Defer(_, unloaded)
        | ColumnsOption::DeferAll(unloaded) = &mut self.0.option
        {
            *unloaded = Unloaded::Raises;
        }
        self
    }
}

impl<E> ColumnsOf<E> {
    fn of(option: ColumnsOption) -> Self {
        ColumnsOf { option, alias: AliasId::NONE, class: PhantomData }
    }

    fn list(columns: impl ColumnList<E>, option: impl FnOnce(Vec<SlotId>) -> ColumnsOption) -> Self {
        let (slots, alias) = columns.slots();
        ColumnsOf { option: option(slots), alias, class: PhantomData }
    }
}

// `alias.of(defer_all())` says it of an alias.
#[diagnostic::do_not_recommend]
impl<E> Member<E> for ColumnsOf<E> {
    fn of_alias(self, alias: AliasId) -> Self {
        ColumnsOf { alias, ..self }
    }
}

#[diagnostic::do_not_recommend]
impl<E> Member<E> for DeferredOf<E> {
    fn of_alias(self, alias: AliasId) -> Self {
        DeferredOf(self.0.of_alias(alias))
    }
}

/// Loads only these columns and those of the key; the others are loaded when they are read.
pub fn load_only<E>(list: impl ColumnList<E>) -> DeferredOf<E> {
    DeferredOf(ColumnsOf::list(list, |slots| ColumnsOption::Only(slots, Unloaded::Loads)))
}

/// Loads these columns when they are read.
pub fn defer<E>(list: impl ColumnList<E>) -> DeferredOf<E> {
    DeferredOf(ColumnsOf::list(list, |slots| ColumnsOption::Defer(slots, Unloaded::Loads)))
}

/// Loads these columns, though their class says that they are loaded when they are read.
pub fn undefer<E>(list: impl ColumnList<E>) -> ColumnsOf<E> {
    ColumnsOf::list(list, ColumnsOption::Undefer)
}

/// Loads the columns of a group, `deferred_group = "..."`, though their class says that they are loaded when they are read.
/// A group that the class doesn't have is a `query` error when the query runs.
pub fn undefer_group<E>(name: &str) -> ColumnsOf<E> {
    ColumnsOf::of(ColumnsOption::UndeferGroup(name.to_owned()))
}

/// Loads all columns but those of the key when they are read. What is said of a column by its name counts more.
pub fn defer_all<E>() -> DeferredOf<E> {
    DeferredOf(ColumnsOf::of(ColumnsOption::DeferAll(Unloaded::Loads)))
}

/// Loads all columns, also those that their class defers. What is said of a column by its name counts more.
pub fn undefer_all<E>() -> ColumnsOf<E> {
    ColumnsOf::of(ColumnsOption::UndeferAll)
}

/// Columns of one class: a column, a composite, or a tuple of them.
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

fn add(slots: &mut Vec<SlotId>, alias: &mut AliasId, (more, of): (Vec<SlotId>, AliasId)) {
    slots.extend(more);
    if of.is_some() {
        *alias = of;
    }
}

macro_rules! column_lists {
    ($($($name:ident $other:ident $value:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E, $($name: ColumnList<E>),*> ColumnList<E> for ($($name,)*) {
            fn slots(self) -> (Vec<SlotId>, AliasId) {
                let ($($value,)*) = self;
                let (mut slots, mut alias) = (Vec::new(), AliasId::NONE);
                $(add(&mut slots, &mut alias, $value.slots());)*
                (slots, alias)
            }
        }
    )*};
}

each_tuple!(column_lists);
