//! `ProxyGiven`: what can be given for a value of a proxy.

use super::end::ProxyEnd;
use crate::error::Result;
use crate::state::{IntoObj, Live, Many, ManyMap, ManySet, MapKey, Obj, One};
use crate::value::{Assign, Typed};

/// What can be given for a value of a proxy to an attribute of the type `V`: for a column what its setter takes; for
/// `One<T>` an object, a builder or a value; for `Option<One<T>>` an object, `None` or `Some(&object)`; for a collection an
/// iterator of objects, or of values of the proxy that it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be given for a proxy to `{V}`",
    label = "expected what an attribute of the type `{V}` holds"
)]
pub trait ProxyGiven<V: ProxyEnd> {
    /// As it is kept.
    ///
    /// # Errors
    /// Where a value can't be stored.
    #[doc(hidden)]
    fn given(self) -> Result<V::Given>;
}

#[diagnostic::do_not_recommend]
impl<V: Typed, X: Assign<V>> ProxyGiven<V> for X {
    fn given(self) -> Result<V> {
        Ok(self.assign())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live, X: IntoObj<T>> ProxyGiven<One<T>> for X {
    fn given(self) -> Result<Obj<T>> {
        self.into_obj()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> ProxyGiven<Option<One<T>>> for Obj<T> {
    fn given(self) -> Result<Option<Obj<T>>> {
        Ok(Some(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> ProxyGiven<Option<One<T>>> for &Obj<T> {
    fn given(self) -> Result<Option<Obj<T>>> {
        Ok(Some(self.clone()))
    }
}

// Of what stands in `Some`, one type only, so that the type of `None` is known.
#[diagnostic::do_not_recommend]
impl<T: Live> ProxyGiven<Option<One<T>>> for Option<&Obj<T>> {
    fn given(self) -> Result<Option<Obj<T>>> {
        Ok(self.cloned())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> ProxyGiven<Option<One<T>>> for &Option<Obj<T>> {
    fn given(self) -> Result<Option<Obj<T>>> {
        Ok(self.clone())
    }
}

macro_rules! collections {
    ($([$($generic:tt)*] $field:ty, $item:ty, [$($bound:tt)*];)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*, I> ProxyGiven<$field> for I
        where
            I: IntoIterator,
            I::Item: $($bound)*,
        {
            fn given(self) -> Result<Vec<$item>> {
                self.into_iter().map(|item| item.given()).collect()
            }
        }
    )*};
}

collections! {
    [T: Live] Many<T>, Obj<T>, [ProxyGiven<One<T>>];
    [T: Live] ManySet<T>, Obj<T>, [ProxyGiven<One<T>>];
    [K: MapKey, T: Live] ManyMap<K, T>, Obj<T>, [ProxyGiven<One<T>>];
}

/// What is given for a key of the type `K`: the key; for a `String` a `&str` too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key of the type `{K}`",
    label = "not a key of this proxy"
)]
pub trait ProxyKey<K> {
    /// The key.
    #[doc(hidden)]
    fn proxy_key(self) -> K;
}

#[diagnostic::do_not_recommend]
impl<K: MapKey> ProxyKey<K> for K {
    fn proxy_key(self) -> K {
        self
    }
}

#[diagnostic::do_not_recommend]
impl ProxyKey<String> for &str {
    fn proxy_key(self) -> String {
        self.to_owned()
    }
}
