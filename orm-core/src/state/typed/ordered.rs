//! What generated code calls for a list that keeps the places of its items in a column of theirs.

use std::marker::PhantomData;

use crate::declare::{Column, OrderedBy};
use crate::state::typed::field::RelationField;
use crate::state::typed::obj::Live;
use crate::state::typed::of_class::OfClass;
use crate::state::typed::plain::Many;
use crate::value::{Typed, Value};

/// The type of a relationship that is a list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list, so its items have no places to keep",
    label = "not a `Many<T>`",
    note = "remove `ordered_by`, or write `Many<T>`"
)]
pub trait ListField: RelationField {}

#[diagnostic::do_not_recommend]
impl<T: Live> ListField for Many<T> {}

/// The type of a column that holds numbers of places.
#[diagnostic::on_unimplemented(
    message = "places are counted in whole numbers, and `{Self}` holds none",
    label = "not an integer",
    note = "say what it holds at each place: `numbering = |index| ...`"
)]
pub trait Counted: Typed {}

macro_rules! counted {
    ($($integer:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Counted for $integer {}
        #[diagnostic::do_not_recommend]
        impl Counted for Option<$integer> {}
    )*};
}

counted!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

/// Of which class the items of a list are.
pub struct ListOf<T>(PhantomData<fn() -> T>);

/// Of which class the items of a relationship are, which is a list.
pub const fn list_of<F: ListField>() -> ListOf<F::Target> {
    ListOf(PhantomData)
}

/// The column in which a list keeps places, and what it holds at each.
pub const fn ordered_by<T, E: OfClass<T>, V: Typed>(
    _: ListOf<T>,
    column: Column<E, V>,
    number: fn(usize) -> Value,
    on_append: bool,
) -> Option<OrderedBy> {
    Some(OrderedBy { column: column.slot(), number, on_append })
}

/// The number of a place, counted from another one than 0.
pub fn counted<E, V: Counted>(_: Column<E, V>, from: i64, index: usize) -> Value {
    let number = i64::try_from(index).ok().and_then(|index| from.checked_add(index));
    // More than any column holds: setting it says so.
    Value::Int(number.unwrap_or(i64::MAX))
}

/// What a column holds at a place, as the user's own function says.
pub fn numbered<E, V: Typed, X: Into<V>>(
    _: Column<E, V>,
    number: impl FnOnce(usize) -> X,
    index: usize,
) -> Value {
    number(index).into().to_value()
}
