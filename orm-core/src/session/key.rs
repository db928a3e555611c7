//! `IntoKey`: what a primary key can be given as, checked by its type.

use std::marker::PhantomData;

use crate::state::key::Key;
use crate::value::{ColumnType, Typed, Value};

/// What can be given for a primary key of type `K`: the key, or a reference to it, `&str` for a text and `&[u8]` for
/// bytes; for a composite key a tuple of what can be given for its parts, in the order of the fields.
///
/// [`Mapped::Key`](crate::Mapped::Key) is the type of a class's key.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// #[derive(Mapped)]
/// struct Seat {
///     #[column(primary_key)]
///     row: i64,
///     #[column(primary_key)]
///     letter: String,
///     taken: bool,
/// }
///
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// session.add(Seat { row: 7, letter: "a".to_owned(), taken: true })?;
/// session.flush()?;
/// let letter = String::from("a");
/// assert!(session.get::<Seat>((7, "a"))?.is_some());
/// assert!(session.get::<Seat>((&7, &letter))?.is_some());
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(message = "the key is a `{K}`, not a `{Self}`", label = "expected `{K}`")]
pub trait IntoKey<K> {
    /// The values of its parts.
    fn into_values(self) -> Vec<Value>;

    /// The key.
    #[doc(hidden)]
    fn into_key(self) -> Key
    where
        Self: Sized,
    {
        Key::new(self.into_values())
    }
}

#[diagnostic::do_not_recommend]
impl<K: ColumnType> IntoKey<K> for K {
    fn into_values(self) -> Vec<Value> {
        vec![self.to_value()]
    }

    fn into_key(self) -> Key {
        IntoKey::<K>::into_key(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<K: ColumnType> IntoKey<K> for &K {
    fn into_values(self) -> Vec<Value> {
        vec![self.to_value()]
    }

    fn into_key(self) -> Key {
        match self.to_value() {
            Value::Int(id) => Key::Int(id), // without a list: the usual case
            other => Key::new(vec![other]),
        }
    }
}

#[diagnostic::do_not_recommend]
impl IntoKey<String> for &str {
    fn into_values(self) -> Vec<Value> {
        vec![Value::Text(self.to_owned())]
    }
}

#[diagnostic::do_not_recommend]
impl IntoKey<Vec<u8>> for &[u8] {
    fn into_values(self) -> Vec<Value> {
        vec![Value::Blob(self.to_owned())]
    }
}

/// The key of `T` as [`Mapped::Key`](crate::Mapped::Key), where it isn't of a built-in type: one that is less visible than
/// `T` can't stand there itself. It takes what the key's own type takes.
pub struct KeyOf<T>(PhantomData<fn() -> T>);

/// A class whose key can be given as an `X`. Implemented by the derive where [`KeyOf`] stands for the key's type.
#[doc(hidden)]
pub trait AcceptsKey<X> {
    /// The key.
    fn accept(key: X) -> Key;
}

/// Whether an `X` is given for a key of type `K`. It isn't asked of `X`, so that the compiler tells of it, and not of
/// what follows.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "the key is a `{K}`, not a `{X}`", label = "expected `{K}`")]
pub trait KeyIs<K, X> {
    /// The key.
    fn accept(key: X) -> Key;
}

#[diagnostic::do_not_recommend]
impl<K: KeyColumns, X: IntoKey<K::Key>> KeyIs<K, X> for () {
    fn accept(key: X) -> Key {
        key.into_key()
    }
}

/// The type of a key's column, or a tuple of them.
#[doc(hidden)]
pub trait KeyColumns {
    /// The same without `Option`.
    type Key;
}

#[diagnostic::do_not_recommend]
impl<K: Typed> KeyColumns for K {
    type Key = K::Base;
}

impl<T: AcceptsKey<X>, X> IntoKey<KeyOf<T>> for X {
    fn into_values(self) -> Vec<Value> {
        T::accept(self).values()
    }

    fn into_key(self) -> Key {
        T::accept(self)
    }
}

macro_rules! tuples {
    ($(($($part:ident $column:ident),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($column: Typed),+> KeyColumns for ($($column,)+) {
            type Key = ($($column::Base,)+);
        }

        #[diagnostic::do_not_recommend]
        impl<$($part: IntoKey<$column>, $column),+> IntoKey<($($column,)+)> for ($($part,)+) {
            #[allow(non_snake_case, reason = "the names of the types serve as those of the values")]
            fn into_values(self) -> Vec<Value> {
                let ($($part,)+) = self;
                let mut values = Vec::new();
                $(values.extend($part.into_values());)+
                values
            }
        }
    )*};
}

tuples! {
    (A KA, B KB)
    (A KA, B KB, C KC)
    (A KA, B KB, C KC, D KD)
    (A KA, B KB, C KC, D KD, E KE)
    (A KA, B KB, C KC, D KD, E KE, F KF)
    (A KA, B KB, C KC, D KD, E KE, F KF, G KG)
    (A KA, B KB, C KC, D KD, E KE, F KF, G KG, H KH)
}
