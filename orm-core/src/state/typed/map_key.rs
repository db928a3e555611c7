//! The keys of a keyed collection: of which types they are, what they are looked up by, and what gives an object its own.

use std::any::Any;
use std::marker::PhantomData;
use std::rc::Rc;

use crate::declare::{Column, ItemKey, KeyedBy, SlotId};
use crate::error::{Code, Error, Result};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{column, keyed};
use crate::state::typed::field::RelationField;
use crate::state::typed::obj::{Live, Obj};
use crate::state::typed::of_class::OfClass;
use crate::state::typed::plain::ManyMap;
use crate::value::{Typed, Value, ValueError};

/// The type of the keys of a [`ManyMap`]: a type that a column may have, or a tuple of two to five of them.
#[diagnostic::on_unimplemented(
    message = "the keys of a collection can't be `{Self}`",
    label = "no type of a column, and no tuple of them",
    note = "write the type of a column, or a tuple of such types: `ManyMap<(i64, String), T>`"
)]
pub trait MapKey: Clone + 'static {
    /// The type itself, for generated code: where it can't be a key, that is the one error which the compiler reports.
    #[doc(hidden)]
    type Itself;

    /// The stored form of the key.
    #[doc(hidden)]
    fn key_values(&self) -> Vec<Value>;

    /// The key of its stored form.
    #[doc(hidden)]
    fn of_key(key: &Key) -> Result<Self, ValueError>;
}

#[diagnostic::do_not_recommend]
impl<K: Typed> MapKey for K {
    type Itself = K;

    fn key_values(&self) -> Vec<Value> {
        vec![self.to_value()]
    }

    fn of_key(key: &Key) -> Result<Self, ValueError> {
        K::from_value(key.get(0))
    }
}

/// What a key of the type `K` is looked up by: the key itself; for a `String`, also in a tuple, a `str` too.
#[diagnostic::on_unimplemented(
    message = "no key of the type `{K}` is looked up by `{Self}`",
    label = "not a key of this collection"
)]
pub trait KeyRef<K> {
    /// The key as it is compared.
    #[doc(hidden)]
    fn to_key(&self) -> Key;
}

#[diagnostic::do_not_recommend]
impl<K: Typed> KeyRef<K> for K {
    fn to_key(&self) -> Key {
        Key::new(vec![self.to_value()])
    }
}

#[diagnostic::do_not_recommend]
impl KeyRef<String> for str {
    fn to_key(&self) -> Key {
        Key::new(vec![Value::Text(self.to_owned())])
    }
}

/// What a part of a key is looked up by.
#[doc(hidden)]
pub trait KeyPart<K> {
    /// The stored form of the part.
    fn key_part(&self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<K: Typed> KeyPart<K> for K {
    fn key_part(&self) -> Value {
        self.to_value()
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart<String> for &str {
    fn key_part(&self) -> Value {
        Value::Text((*self).to_owned())
    }
}

/// The type of a relationship that is keyed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no keys",
    label = "not a `ManyMap<K, T>`",
    note = "remove `key`, or write `ManyMap<K, T>`"
)]
pub trait KeyedField: RelationField {
    /// Of which types its keys and its items are.
    type Map;
}

#[diagnostic::do_not_recommend]
impl<K: MapKey, T: Live> KeyedField for ManyMap<K, T> {
    type Map = MapOf<K, T>;
}

/// Of which types the keys and the items of a collection are.
pub struct MapOf<K, T>(PhantomData<fn() -> (K, T)>);

/// Says of which types they are. The type is named where it is called: where it is wrong, the compiler says only that.
pub const fn map_of<M>() -> PhantomData<fn() -> M> {
    PhantomData
}

/// The type of a column by which a collection with keys of the type `K` is keyed.
#[diagnostic::on_unimplemented(
    message = "the column holds `{Self}`, and the keys of the collection are `{K}`",
    label = "of another type than the keys",
    note = "write the column's type in `ManyMap<..., ...>`"
)]
pub trait KeyColumn<K> {
    /// Whether `NULL` is a key, or part of one.
    const NULL_IS_KEY: bool;
}

#[diagnostic::do_not_recommend]
impl<K: Typed> KeyColumn<K> for K {
    const NULL_IS_KEY: bool = K::NULLABLE;
}

#[diagnostic::do_not_recommend]
impl<K> KeyColumn<K> for Option<K>
where
    Option<K>: Typed,
{
    const NULL_IS_KEY: bool = false;
}

/// What a function gives as a key of the type `K`: the key, or an `Option` of it, which is none where an object has no key.
#[diagnostic::on_unimplemented(
    message = "the function gives `{Self}`, and the keys of the collection are `{K}`",
    label = "gives another type than that of the keys",
    note = "write the type that the function gives in `ManyMap<..., ...>`"
)]
pub trait KeyValue<K> {
    /// The stored form, if there is a key.
    fn into_key_values(self) -> Option<Vec<Value>>;
}

#[diagnostic::do_not_recommend]
impl<K: MapKey> KeyValue<K> for K {
    fn into_key_values(self) -> Option<Vec<Value>> {
        Some(self.key_values())
    }
}

#[diagnostic::do_not_recommend]
impl<K: MapKey> KeyValue<K> for Option<K> {
    fn into_key_values(self) -> Option<Vec<Value>> {
        self.map(|key| key.key_values())
    }
}

/// The columns of the items of the class `T` that are their keys of the type `K`: one, or a tuple of several.
#[diagnostic::on_unimplemented(
    message = "keys of the type `{K}` aren't made of `{Self}`",
    label = "no column, or another number of columns than the key has values",
    note = "name a column for each value of the key; a function of a class is named in a closure: `key = |note| Note::name(note)`"
)]
pub trait KeySource<K, T> {
    /// The key of an item.
    fn key_of_columns(self, item: &Rc<Instance>) -> Result<ItemKey>;
}

impl<K, T: Live, E: OfClass<T>, V: KeyColumn<K>> KeySource<K, T> for Column<E, V> {
    fn key_of_columns(self, item: &Rc<Instance>) -> Result<ItemKey> {
        of_columns(item, &[(self.slot(), V::NULL_IS_KEY)])
    }
}

// Messages list it as what else gives keys, so it stands by itself: larger tuples aren't listed.
impl<A, B, T: Live, EA: OfClass<T>, EB: OfClass<T>, VA: KeyColumn<A>, VB: KeyColumn<B>> KeySource<(A, B), T>
    for (Column<EA, VA>, Column<EB, VB>)
{
    fn key_of_columns(self, item: &Rc<Instance>) -> Result<ItemKey> {
        of_columns(item, &[(self.0.slot(), VA::NULL_IS_KEY), (self.1.slot(), VB::NULL_IS_KEY)])
    }
}

macro_rules! sources {
    ($($at:tt $key:ident $class:ident $column:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<T: Live, $($key, $class: OfClass<T>, $column: KeyColumn<$key>),+>
            KeySource<($($key,)+), T> for ($(Column<$class, $column>,)+)
        {
            fn key_of_columns(self, item: &Rc<Instance>) -> Result<ItemKey> {
                of_columns(item, &[$((self.$at.slot(), $column::NULL_IS_KEY)),+])
            }
        }
    };
}

sources!(0 A EA VA, 1 B EB VB, 2 C EC VC);
sources!(0 A EA VA, 1 B EB VB, 2 C EC VC, 3 D ED VD);
sources!(0 A EA VA, 1 B EB VB, 2 C EC VC, 3 D ED VD, 4 G EG VG);

macro_rules! tuples {
    ($($at:tt $key:ident $part:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($key: Typed),+> MapKey for ($($key,)+) {
            type Itself = Self;

            fn key_values(&self) -> Vec<Value> {
                vec![$(self.$at.to_value()),+]
            }

            fn of_key(key: &Key) -> Result<Self, ValueError> {
                Ok(($($key::from_value(key.get($at))?,)+))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($key: Typed, $part: KeyPart<$key>),+> KeyRef<($($key,)+)> for ($($part,)+) {
            fn to_key(&self) -> Key {
                Key::new(vec![$(self.$at.key_part()),+])
            }
        }
    };
}

tuples!(0 A PA, 1 B PB);
tuples!(0 A PA, 1 B PB, 2 C PC);
tuples!(0 A PA, 1 B PB, 2 C PC, 3 D PD);
tuples!(0 A PA, 1 B PB, 2 C PC, 3 D PD, 4 G PG);

/// The key that columns hold, of each whether `NULL` is one.
fn of_columns(item: &Rc<Instance>, columns: &[(SlotId, bool)]) -> Result<ItemKey> {
    let mut values = Vec::with_capacity(columns.len());
    for (slot, nullable) in columns {
        match column::value(item, *slot, ReadOptions::DATABASE)? {
            Read::Known(value) if *nullable || !value.is_null() => values.push(value),
            _ => return Ok(ItemKey::Missing(Some(*slot))),
        }
    }
    Ok(ItemKey::Known(values))
}

/// The key that a function gives.
fn of_function<T: Live, K, R: KeyValue<K>>(
    item: &Rc<Instance>,
    function: impl FnOnce(&Obj<T>) -> Result<R>,
) -> Result<ItemKey> {
    let key = keyed::asked(item, || function(&Obj::from_handle(Handle::to(item))))?;
    Ok(key.into_key_values().map_or(ItemKey::Missing(None), ItemKey::Known))
}

/// What gives the items of a collection their keys.
pub const fn keyed_by(key: fn(&dyn Any) -> Result<ItemKey>, skips: bool) -> Option<KeyedBy> {
    Some(KeyedBy { key, skips })
}

/// The key of an item by columns.
pub fn key_of<K, T: Live, S: KeySource<K, T>>(
    _: PhantomData<fn() -> MapOf<K, T>>,
    source: S,
    item: &dyn Any,
) -> Result<ItemKey> {
    source.key_of_columns(instance(item)?)
}

/// The key of an item by a function.
pub fn key_by<K, T: Live, R: KeyValue<K>>(
    _: PhantomData<fn() -> MapOf<K, T>>,
    function: impl FnOnce(&Obj<T>) -> Result<R>,
    item: &dyn Any,
) -> Result<ItemKey> {
    of_function(instance(item)?, function)
}

/// The object that declarations, which know of none, hand on.
fn instance(item: &dyn Any) -> Result<&Rc<Instance>> {
    item.downcast_ref().ok_or_else(|| Error::new(Code::WrongClass, "what is asked for its key is no object"))
}
