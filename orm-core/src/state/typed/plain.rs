//! Plain values: what relationship fields hold in a user's struct.
//!
//! The related values are stored with their type erased: nested by type, a chain of classes would make the
//! compiler walk from class to class to find out that a struct is `Send`.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use crate::state::typed::nest::{Erased, drop_flat};

macro_rules! collection_value {
    ($(#[$doc:meta])* $name:ident $(, $key:ident)?) => {
        $(#[$doc])*
        pub struct $name<$($key,)? T>(Option<Erased>, PhantomData<fn() -> ($($key,)? T,)>);

        impl<$($key,)? T: Send + Sync + 'static> $name<$($key,)? T> {
            /// A loaded collection.
            pub fn new(items: Vec<T>) -> Self {
                Self(Some(Box::new(items)), PhantomData)
            }

            /// Whether it is loaded. One that isn't is never mistaken for an empty one.
            pub fn is_loaded(&self) -> bool {
                self.0.is_some()
            }

            /// The items, if they are loaded.
            pub fn get(&self) -> Option<&[T]> {
                self.0.as_ref()?.downcast_ref::<Vec<T>>().map(Vec::as_slice)
            }

            /// The items, to be changed, if they are loaded.
            pub fn get_mut(&mut self) -> Option<&mut Vec<T>> {
                self.0.as_mut()?.downcast_mut::<Vec<T>>()
            }

            /// The items; none where it isn't loaded.
            pub fn iter(&self) -> std::slice::Iter<'_, T> {
                self.get().unwrap_or_default().iter()
            }

            /// The items, if they are loaded.
            pub fn into_vec(mut self) -> Option<Vec<T>> {
                self.0.take()?.downcast::<Vec<T>>().ok().map(|items| *items)
            }
        }

        impl<$($key,)? T> Drop for $name<$($key,)? T> {
            fn drop(&mut self) {
                if let Some(value) = self.0.take() {
                    drop_flat(value);
                }
            }
        }

        impl<$($key,)? T> Default for $name<$($key,)? T> {
            /// Not loaded.
            fn default() -> Self {
                Self(None, PhantomData)
            }
        }

        impl<$($key,)? T: Clone + Send + Sync + 'static> Clone for $name<$($key,)? T> {
            fn clone(&self) -> Self {
                self.get().map(|items| Self::new(items.to_vec())).unwrap_or_default()
            }
        }

        impl<$($key,)? T: PartialEq + Send + Sync + 'static> PartialEq for $name<$($key,)? T> {
            fn eq(&self, other: &Self) -> bool {
                self.get() == other.get()
            }
        }

        impl<$($key,)? T: Eq + Send + Sync + 'static> Eq for $name<$($key,)? T> {}

        impl<$($key,)? T: std::hash::Hash + Send + Sync + 'static> std::hash::Hash for $name<$($key,)? T> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.get().hash(state);
            }
        }

        impl<$($key,)? T: fmt::Debug + Send + Sync + 'static> fmt::Debug for $name<$($key,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.get() {
                    Some(items) => f.debug_list().entries(items).finish(),
                    None => f.write_str("(not loaded)"),
                }
            }
        }

        impl<$($key,)? T: Send + Sync + 'static> FromIterator<T> for $name<$($key,)? T> {
            fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
                Self::new(items.into_iter().collect())
            }
        }

        impl<$($key,)? T: Send + Sync + 'static> From<Vec<T>> for $name<$($key,)? T> {
            fn from(items: Vec<T>) -> Self {
                Self::new(items)
            }
        }

        impl<'a, $($key,)? T: Send + Sync + 'static> IntoIterator for &'a $name<$($key,)? T> {
            type Item = &'a T;
            type IntoIter = std::slice::Iter<'a, T>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}

collection_value! {
    /// A field that leads to a list of `T`. In a plain struct it holds the values, or is not loaded.
    ///
    /// Without a class, as `Many`, it leads to the class that `target = "..."` names.
    Many
}

collection_value! {
    /// A field that leads to a set of `T`, in the order of insertion. In a plain struct it holds the values, or
    /// is not loaded.
    ManySet
}

collection_value! {
    /// A field that leads to `T`s, each under a key of the type `K`: the value of the column that `key = ...` names. In a plain
    /// struct it holds the values, whose keys are theirs, or is not loaded.
    ManyMap, K
}

collection_value! {
    /// A field that leads to so many `T` that they are never loaded: objects are added and taken out, and selected by
    /// queries. In a plain struct it holds values that are to be added, or nothing.
    WriteOnly
}

collection_value! {
    /// A field that leads to so many `T` that they are read by a query each time. In a plain struct it holds values that are
    /// to be added, or nothing.
    Dynamic
}

/// A field that leads to one `T`; `Option<One<T>>` to one or none. In a plain struct it holds the value, or is
/// not loaded.
pub struct One<T>(Option<Erased>, PhantomData<fn() -> T>);

impl<T: Send + Sync + 'static> One<T> {
    /// A loaded value.
    pub fn new(value: T) -> Self {
        One(Some(Box::new(value)), PhantomData)
    }

    /// Whether it is loaded.
    pub fn is_loaded(&self) -> bool {
        self.0.is_some()
    }

    /// The value, if it is loaded.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()?.downcast_ref::<T>()
    }

    /// The value, to be changed, if it is loaded.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_mut()?.downcast_mut::<T>()
    }

    /// The value, if it is loaded.
    pub fn into_inner(mut self) -> Option<T> {
        self.0.take()?.downcast::<T>().ok().map(|value| *value)
    }
}

impl<T> Drop for One<T> {
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            drop_flat(value);
        }
    }
}

impl<T> Default for One<T> {
    /// Not loaded.
    fn default() -> Self {
        One(None, PhantomData)
    }
}

impl<T: Clone + Send + Sync + 'static> Clone for One<T> {
    fn clone(&self) -> Self {
        self.get().map(|value| One::new(value.clone())).unwrap_or_default()
    }
}

impl<T: PartialEq + Send + Sync + 'static> PartialEq for One<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq + Send + Sync + 'static> Eq for One<T> {}

impl<T: std::hash::Hash + Send + Sync + 'static> std::hash::Hash for One<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

impl<T: fmt::Debug + Send + Sync + 'static> fmt::Debug for One<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(value) => value.fmt(f),
            None => f.write_str("(not loaded)"),
        }
    }
}

impl<T: Send + Sync + 'static> From<T> for One<T> {
    fn from(value: T) -> Self {
        One::new(value)
    }
}

/// A relationship field of a plain value, of whatever class it is.
pub trait PlainField {
    /// Sets what it leads to: takes it out of a `Vec` of the class. Says no where that is one of another class.
    fn nest(&mut self, values: &mut dyn Any) -> bool;
}

/// A relationship field of a plain value, where it has one at a place.
pub type Field<'f> = Option<&'f mut dyn PlainField>;

/// The field at a place, for generated code.
pub fn nth<const N: usize>(at: usize, fields: [Field<'_>; N]) -> Field<'_> {
    fields.into_iter().nth(at).flatten()
}

fn taken<T: 'static>(values: &mut dyn Any) -> Option<Vec<T>> {
    values.downcast_mut::<Vec<T>>().map(std::mem::take)
}

impl<T: Send + Sync + 'static> PlainField for Many<T> {
    fn nest(&mut self, values: &mut dyn Any) -> bool {
        taken(values).map(|values| *self = Many::new(values)).is_some()
    }
}

impl<T: Send + Sync + 'static> PlainField for ManySet<T> {
    fn nest(&mut self, values: &mut dyn Any) -> bool {
        taken(values).map(|values| *self = ManySet::new(values)).is_some()
    }
}

impl<K: 'static, T: Send + Sync + 'static> PlainField for ManyMap<K, T> {
    fn nest(&mut self, values: &mut dyn Any) -> bool {
        taken(values).map(|values| *self = ManyMap::new(values)).is_some()
    }
}

/// A large collection is nested in no value.
impl<T: Send + Sync + 'static> PlainField for WriteOnly<T> {
    fn nest(&mut self, _: &mut dyn Any) -> bool {
        false
    }
}

/// A large collection is nested in no value.
impl<T: Send + Sync + 'static> PlainField for Dynamic<T> {
    fn nest(&mut self, _: &mut dyn Any) -> bool {
        false
    }
}

impl<T: Send + Sync + 'static> PlainField for One<T> {
    fn nest(&mut self, values: &mut dyn Any) -> bool {
        let first = |values: Vec<T>| values.into_iter().next().map(One::new).unwrap_or_default();
        taken(values).map(|values| *self = first(values)).is_some()
    }
}

impl<T: Send + Sync + 'static> PlainField for Option<One<T>> {
    fn nest(&mut self, values: &mut dyn Any) -> bool {
        taken(values).map(|values: Vec<T>| *self = values.into_iter().next().map(One::new)).is_some()
    }
}
