//! `Parts`: the parts of a composite, a tuple of what columns hold.

use crate::declare::{AliasId, Column, SlotId};
use crate::error::Result;
use crate::query::{Cells, Leaf, column_tree, each_tuple, stored};
use crate::sql::Tree;
use crate::state::change::assign;
use crate::state::memory::handle::Handle;
use crate::state::read::column;
use crate::state::{Draft, Live};
use crate::value::{Typed, Value};

/// Where a column of a composite is: its name in the database, the alias that it is of, its place in an object.
#[derive(Clone, Copy)]
pub struct Place {
    pub(super) name: &'static str,
    pub(super) alias: AliasId,
    pub(super) slot: SlotId,
}

impl Place {
    fn of<E, V>(column: Column<E, V>) -> Self {
        Place { name: column.column().name, alias: column.alias(), slot: column.slot() }
    }
}

/// The parts of a composite: a tuple of one to twelve values that columns hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no parts of a composite",
    label = "expected a tuple of up to 12 types that columns hold"
)]
pub trait Parts: Sized + 'static {
    /// Their columns in a class.
    type Columns<E>: Copy;
    /// The same parts where each may be `NULL`.
    type Optional: Parts;

    /// How many they are.
    #[doc(hidden)]
    const COUNT: usize;

    /// Reads them of an object.
    #[doc(hidden)]
    #[track_caller]
    fn get<E>(object: &Handle, columns: Self::Columns<E>) -> Result<Self>;

    /// Sets them.
    #[doc(hidden)]
    fn set<E>(self, object: &Handle, columns: Self::Columns<E>) -> Result<()>;

    /// Gives them to an object that is being built.
    #[doc(hidden)]
    fn give<E: Live>(self, draft: Draft, columns: Self::Columns<E>) -> Draft;

    /// Reads them of a row.
    #[doc(hidden)]
    fn read(cells: &mut Cells<'_>) -> Result<Self>;

    /// Their stored forms, or what keeps one from being stored.
    #[doc(hidden)]
    fn values(&self) -> Vec<Tree<Leaf>>;

    /// Their stored forms, for a key.
    #[doc(hidden)]
    fn key_parts(&self) -> Vec<Value>;

    /// Their columns as expressions.
    #[doc(hidden)]
    fn trees<E>(columns: Self::Columns<E>) -> Vec<Tree<Leaf>>;

    /// Where their columns are.
    #[doc(hidden)]
    fn places<E>(columns: Self::Columns<E>) -> Vec<Place>;

    /// The same columns of an alias.
    #[doc(hidden)]
    fn of_alias<E>(columns: Self::Columns<E>, alias: AliasId) -> Self::Columns<E>;

    /// The same parts, where each may be `NULL`.
    #[doc(hidden)]
    fn optional(self) -> Self::Optional;

    /// The parts of nothing.
    #[doc(hidden)]
    fn missing() -> Self::Optional;

    /// The parts, or nothing where all are `NULL`. Where one is `NULL` that can't be, and not all are, its place.
    #[doc(hidden)]
    fn of_optional(parts: Self::Optional) -> std::result::Result<Option<Self>, usize>;
}

/// A part of a type that may not be `NULL`, of one that may.
fn required<V: Typed>(part: Option<V::Base>) -> Option<V> {
    part.map(V::of_base).or_else(V::when_unset)
}

macro_rules! tuples {
    ($($($name:ident $column:ident $value:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Typed),*> Parts for ($($name,)*) {
            type Columns<E> = ($(Column<E, $name>,)*);
            type Optional = ($(Option<$name::Base>,)*);
            const COUNT: usize = [$(stringify!($name)),*].len();

            #[inline]
            fn get<E>(object: &Handle, ($($value,)*): Self::Columns<E>) -> Result<Self> {
                column::load_together(object, &[$($value.slot()),*])?;
                Ok(($(column::get_or_none(object, $value)?,)*))
            }

            fn set<E>(self, object: &Handle, columns: Self::Columns<E>) -> Result<()> {
                #[allow(non_snake_case, reason = "the names of the types serve for the columns")]
                let ($($name,)*) = columns;
                let ($($value,)*) = self;
                $(assign::set(object, $name, $value)?;)*
                Ok(())
            }

            fn give<E: Live>(self, draft: Draft, columns: Self::Columns<E>) -> Draft {
                #[allow(non_snake_case, reason = "the names of the types serve for the columns")]
                let ($($name,)*) = columns;
                let ($($value,)*) = self;
                draft$(.set($name, $value))*
            }

            fn read(cells: &mut Cells<'_>) -> Result<Self> {
                Ok(($(cells.value::<$name>()?,)*))
            }

            fn values(&self) -> Vec<Tree<Leaf>> {
                let ($($value,)*) = self;
                vec![$(stored($value)),*]
            }

            fn key_parts(&self) -> Vec<Value> {
                let ($($value,)*) = self;
                vec![$(Typed::to_value($value)),*]
            }

            fn trees<E>(($($value,)*): Self::Columns<E>) -> Vec<Tree<Leaf>> {
                vec![$(column_tree($value)),*]
            }

            fn places<E>(($($value,)*): Self::Columns<E>) -> Vec<Place> {
                vec![$(Place::of($value)),*]
            }

            fn of_alias<E>(($($value,)*): Self::Columns<E>, alias: AliasId) -> Self::Columns<E> {
                ($($value.of_alias(alias),)*)
            }

            fn optional(self) -> Self::Optional {
                let ($($value,)*) = self;
                ($($value.into_base(),)*)
            }

            fn missing() -> Self::Optional {
                ($(None::<$name::Base>,)*)
            }

            fn of_optional(($($value,)*): Self::Optional) -> std::result::Result<Option<Self>, usize> {
                if $($value.is_none())&&* {
                    return Ok(None);
                }
                let mut at = 0_usize..;
                Ok(Some(($({
                    let at = at.next().unwrap_or_default();
                    required::<$name>($value).ok_or(at)?
                },)*)))
            }
        }
    )*};
}

each_tuple!(tuples);
