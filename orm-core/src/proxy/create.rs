//! What makes the objects that lead to a proxy's values.

use super::attribute::Attribute;
use super::end::ProxyEnd;
use crate::declare::Column;
use crate::error::Result;
use crate::state::change::assign;
use crate::state::memory::handle::Handle;
use crate::state::{Draft, IntoRelated, Live, Mapped};
use crate::value::{ColumnType, Typed};

/// Makes what leads to a value; without one, it is an object with nothing but the value.
pub(super) type Create<V> = Option<fn(<V as ProxyEnd>::Given) -> Result<Handle>>;

/// How what leads to a value under a key is made.
#[doc(hidden)]
pub enum KeyedCreate<K: 'static, V: ProxyEnd> {
    /// By a function of the user's.
    By(fn(K, V::Given) -> Result<Handle>),
    /// With nothing but the value and the key, which this sets.
    Key(fn(&Handle, K) -> Result<()>),
    /// Not at all: the proxy is only read.
    Never,
}

impl<K, V: ProxyEnd> Clone for KeyedCreate<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V: ProxyEnd> Copy for KeyedCreate<K, V> {}

/// Makes an object that leads to a value.
pub(super) fn create<T: Mapped, V: ProxyEnd>(
    end: &'static dyn Attribute<T, V>,
    create: Create<V>,
    value: V::Given,
) -> Result<Handle> {
    if let Some(create) = create {
        return create(value);
    }
    let object = Draft::new::<T>().finish_any()?;
    end.write(&object, value)?;
    Ok(object)
}

/// What a creator gives: what becomes an object of the class `T`, or a [`Result`] of that.
#[diagnostic::on_unimplemented(
    message = "the creator gives `{Self}`, and has to make a `{T}`",
    label = "expected an `Obj<{T}>`, a builder or a value of it, or a `Result` of that"
)]
pub trait Made<T: Live, By> {
    /// The object.
    #[doc(hidden)]
    fn made(self) -> Result<Handle>;
}

#[diagnostic::do_not_recommend]
impl<T: Live, X: IntoRelated<T>> Made<T, ()> for X {
    fn made(self) -> Result<Handle> {
        self.related()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live, X: IntoRelated<T>> Made<T, (X,)> for Result<X> {
    fn made(self) -> Result<Handle> {
        self.and_then(IntoRelated::related)
    }
}

/// What a creator makes of a value. For generated code.
///
/// # Errors
/// As the creator.
pub fn made<T: Live, A, X: Made<T, By>, By>(value: A, creator: impl FnOnce(A) -> X) -> Result<Handle> {
    creator(value).made()
}

/// What a creator makes of a key and a value. For generated code.
///
/// # Errors
/// As the creator.
pub fn made_keyed<T: Live, K, A, X: Made<T, By>, By>(
    key: K,
    value: A,
    creator: impl FnOnce(K, A) -> X,
) -> Result<Handle> {
    creator(key, value).made()
}

/// A creator. For generated code.
pub const fn by_creator<V: ProxyEnd>(create: fn(V::Given) -> Result<Handle>) -> Create<V> {
    Some(create)
}

/// A creator of what stands under a key. For generated code.
pub const fn by_keyed_creator<K, V: ProxyEnd>(
    create: fn(K, V::Given) -> Result<Handle>,
) -> KeyedCreate<K, V> {
    KeyedCreate::By(create)
}

/// What sets the key of an object that has nothing else but its value. For generated code.
pub const fn by_key<K, V: ProxyEnd>(set_key: fn(&Handle, K) -> Result<()>) -> KeyedCreate<K, V> {
    KeyedCreate::Key(set_key)
}

/// The columns that hold a key of the type `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be set to a key of the type `{K}`",
    label = "not the columns of that key",
    note = "add `creator = |key, value| ...` to the proxy"
)]
pub trait SetKey<K> {
    /// Sets them.
    #[doc(hidden)]
    fn set_key(self, object: &Handle, key: K) -> Result<()>;
}

#[diagnostic::do_not_recommend]
impl<E, K: Typed> SetKey<K> for Column<E, K> {
    fn set_key(self, object: &Handle, key: K) -> Result<()> {
        assign::set(object, self, key)
    }
}

#[diagnostic::do_not_recommend]
impl<E, K: ColumnType> SetKey<K> for Column<E, Option<K>> {
    fn set_key(self, object: &Handle, key: K) -> Result<()> {
        assign::set(object, self, Some(key))
    }
}

macro_rules! keys {
    ($($at:tt $key:ident $column:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($key, $column: SetKey<$key>),+> SetKey<($($key,)+)> for ($($column,)+) {
            fn set_key(self, object: &Handle, key: ($($key,)+)) -> Result<()> {
                $(self.$at.set_key(object, key.$at)?;)+
                Ok(())
            }
        }
    };
}

keys!(0 A CA, 1 B CB);
keys!(0 A CA, 1 B CB, 2 C CC);
keys!(0 A CA, 1 B CB, 2 C CC, 3 D CD);
keys!(0 A CA, 1 B CB, 2 C CC, 3 D CD, 4 G CG);

/// Sets the columns of a key. For generated code.
///
/// # Errors
/// As their accessors.
pub fn set_key<K, C: SetKey<K>>(columns: C, object: &Handle, key: K) -> Result<()> {
    columns.set_key(object, key)
}
