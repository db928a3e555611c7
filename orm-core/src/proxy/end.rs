//! `ProxyEnd`: the type of the attribute at the end of a proxy's path, and what follows from it.

use super::ask::{Ask, ColumnAsk, ObjectAsk};
use crate::declare::{Kind, ToMany, ToOne};
use crate::state::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::{Collection, Live, Many, ManyMap, ManySet, MapCollection, MapKey, Obj, One};
use crate::value::{Typed, Value};

/// The type of the attribute that a proxy stands for, as its class writes it: the type of a column, `One<T>`,
/// `Option<One<T>>`, `Many<T>`, `ManySet<T>` or `ManyMap<K, T>`; of another proxy what its accessor gives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of an attribute",
    label = "write the type that the attribute at the end of the path has in its class",
    note = "the type of a column, or of a relationship: `One<T>`, `Option<One<T>>`, `Many<T>`, ..."
)]
pub trait ProxyEnd: Sized + 'static {
    /// What one reads as.
    type Item;
    /// What is given for one, and what a creator takes.
    type Given;
    /// The type where there may be none.
    type Optional: ProxyEnd<Ask = Self::Ask>;
    /// What is asked of it in a query.
    type Ask: Ask;
    /// [`ToMany`] where it is a collection itself.
    type Number;

    /// What a relationship at the end holds.
    #[doc(hidden)]
    const KIND: Option<Kind>;
    /// Whether it may be none.
    #[doc(hidden)]
    const NULLABLE: bool;
    /// The table of the class that a relationship at the end leads to.
    #[doc(hidden)]
    const TABLE: &'static str = "";

    /// One that is there, where there may be none.
    #[doc(hidden)]
    fn present(item: Self::Item) -> <Self::Optional as ProxyEnd>::Item;

    /// None.
    #[doc(hidden)]
    fn missing() -> <Self::Optional as ProxyEnd>::Item;

    /// What is given, where none may be given.
    #[doc(hidden)]
    fn optional(given: Self::Given) -> <Self::Optional as ProxyEnd>::Given;

    /// What is given, where it is something that the attribute can hold.
    #[doc(hidden)]
    fn required(given: <Self::Optional as ProxyEnd>::Given) -> Option<Self::Given>;

    /// Whether none is given.
    #[doc(hidden)]
    fn is_none(given: &Self::Given) -> bool;

    /// By what equal ones are found.
    #[doc(hidden)]
    fn print(item: &Self::Item) -> Key;

    /// By what equal ones are found.
    #[doc(hidden)]
    fn print_given(given: &Self::Given) -> Option<Key>;
}

/// The end of a proxy whose path ends in a column.
#[diagnostic::on_unimplemented(
    message = "the proxy ends in a relationship, and has no values to compare",
    label = "only of a proxy for a column"
)]
pub trait ColumnEnd: ProxyEnd<Ask = ColumnAsk> {
    /// The type of the column.
    type Column: Typed;
}

/// The end of a proxy whose path ends in a relationship.
#[diagnostic::on_unimplemented(
    message = "the proxy ends in a column, and leads to no object",
    label = "only of a proxy for a relationship"
)]
pub trait ObjectEnd: ProxyEnd<Ask = ObjectAsk> {
    /// The class that it leads to.
    type Class: Live;
}

#[diagnostic::do_not_recommend]
impl<V: Typed> ProxyEnd for V {
    type Item = V;
    type Given = V;
    type Optional = Option<V::Base>;
    type Ask = ColumnAsk;
    type Number = ToOne;
    const KIND: Option<Kind> = None;
    const NULLABLE: bool = V::NULLABLE;

    fn present(item: V) -> Option<V::Base> {
        item.into_base()
    }

    fn missing() -> Option<V::Base> {
        None
    }

    fn optional(given: V) -> Option<V::Base> {
        given.into_base()
    }

    fn required(given: Option<V::Base>) -> Option<V> {
        given.map(V::of_base).or_else(V::when_unset)
    }

    fn is_none(given: &V) -> bool {
        V::NULLABLE && given.with_value(|value| value.is_null())
    }

    fn print(item: &V) -> Key {
        Key::new(vec![Typed::to_value(item)])
    }

    fn print_given(given: &V) -> Option<Key> {
        Some(Self::print(given))
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> ColumnEnd for V {
    type Column = V;
}

/// By what an object is found.
pub(super) fn print_object(object: &Handle) -> Key {
    // The same bits: an address is told from others only.
    Key::Int(address(object) as i64)
}

pub(super) fn no_object() -> Key {
    Key::new(vec![Value::Null])
}

#[diagnostic::do_not_recommend]
impl<T: Live> ProxyEnd for One<T> {
    type Item = Obj<T>;
    type Given = Obj<T>;
    type Optional = Option<One<T>>;
    type Ask = ObjectAsk;
    type Number = ToOne;
    const KIND: Option<Kind> = Some(Kind::One);
    const NULLABLE: bool = false;
    const TABLE: &'static str = T::TABLE;

    fn present(item: Obj<T>) -> Option<Obj<T>> {
        Some(item)
    }

    fn missing() -> Option<Obj<T>> {
        None
    }

    fn optional(given: Obj<T>) -> Option<Obj<T>> {
        Some(given)
    }

    fn required(given: Option<Obj<T>>) -> Option<Obj<T>> {
        given
    }

    fn is_none(_: &Obj<T>) -> bool {
        false
    }

    fn print(item: &Obj<T>) -> Key {
        print_object(Obj::handle(item))
    }

    fn print_given(given: &Obj<T>) -> Option<Key> {
        Some(Self::print(given))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> ObjectEnd for One<T> {
    type Class = T;
}

#[diagnostic::do_not_recommend]
impl<T: Live> ProxyEnd for Option<One<T>> {
    type Item = Option<Obj<T>>;
    type Given = Option<Obj<T>>;
    type Optional = Self;
    type Ask = ObjectAsk;
    type Number = ToOne;
    const KIND: Option<Kind> = Some(Kind::OptionalOne);
    const NULLABLE: bool = true;
    const TABLE: &'static str = T::TABLE;

    fn present(item: Option<Obj<T>>) -> Option<Obj<T>> {
        item
    }

    fn missing() -> Option<Obj<T>> {
        None
    }

    fn optional(given: Option<Obj<T>>) -> Option<Obj<T>> {
        given
    }

    fn required(given: Option<Obj<T>>) -> Option<Option<Obj<T>>> {
        Some(given)
    }

    fn is_none(given: &Option<Obj<T>>) -> bool {
        given.is_none()
    }

    fn print(item: &Option<Obj<T>>) -> Key {
        item.as_ref().map_or_else(no_object, |object| print_object(Obj::handle(object)))
    }

    fn print_given(given: &Option<Obj<T>>) -> Option<Key> {
        Some(Self::print(given))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> ObjectEnd for Option<One<T>> {
    type Class = T;
}

/// A collection at the end, by itself and where there may be none.
macro_rules! collection_ends {
    ($([$($generic:tt)*] $field:ty, $item:ty, $given:ty, $kind:expr, $ask:ty, $owner:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> ProxyEnd for $field {
            type Item = $item;
            type Given = Vec<$given>;
            type Optional = Option<$field>;
            type Ask = $ask;
            type Number = ToMany;
            const KIND: Option<Kind> = $kind;
            const NULLABLE: bool = false;

            fn present(item: $item) -> Option<$item> {
                Some(item)
            }

            fn missing() -> Option<$item> {
                None
            }

            fn optional(given: Self::Given) -> Option<Self::Given> {
                Some(given)
            }

            fn required(given: Option<Self::Given>) -> Option<Self::Given> {
                given
            }

            fn is_none(_: &Self::Given) -> bool {
                false
            }

            fn print(item: &$item) -> Key {
                print_object($owner(item))
            }

            fn print_given(_: &Self::Given) -> Option<Key> {
                None
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic)*> ProxyEnd for Option<$field> {
            type Item = Option<$item>;
            type Given = Option<Vec<$given>>;
            type Optional = Self;
            type Ask = $ask;
            type Number = ToMany;
            const KIND: Option<Kind> = $kind;
            const NULLABLE: bool = true;

            fn present(item: Self::Item) -> Self::Item {
                item
            }

            fn missing() -> Self::Item {
                None
            }

            fn optional(given: Self::Given) -> Self::Given {
                given
            }

            fn required(given: Self::Given) -> Option<Self::Given> {
                Some(given)
            }

            fn is_none(given: &Self::Given) -> bool {
                given.is_none()
            }

            fn print(item: &Self::Item) -> Key {
                item.as_ref().map_or_else(no_object, |item| print_object($owner(item)))
            }

            fn print_given(_: &Self::Given) -> Option<Key> {
                None
            }
        }
    )*};
}

collection_ends! {
    [T: Live] Many<T>, Collection<T>, Obj<T>, Some(Kind::List), ObjectAsk, Collection::owner;
    [T: Live] ManySet<T>, Collection<T>, Obj<T>, Some(Kind::Set), ObjectAsk, Collection::owner;
    [K: MapKey, T: Live] ManyMap<K, T>, MapCollection<K, T>, Obj<T>, Some(Kind::Map), ObjectAsk, MapCollection::owner;
}

/// What a collection at the end leads to, by itself and where there may be none.
macro_rules! leads_to {
    ($([$($generic:tt)*] $field:ty, $end:ident, $what:ident = $is:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> $end for $field {
            type $what = $is;
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic)*> $end for Option<$field> {
            type $what = $is;
        }
    )*};
}

leads_to! {
    [T: Live] Many<T>, ObjectEnd, Class = T;
    [T: Live] ManySet<T>, ObjectEnd, Class = T;
    [K: MapKey, T: Live] ManyMap<K, T>, ObjectEnd, Class = T;
}

pub(super) use {collection_ends, leads_to};
