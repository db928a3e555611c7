//! Plain values: what relationship fields hold in a user's struct, and how objects become such structs.
//!
//! The related values are stored with their type erased: nested by type, a chain of classes would make the
//! compiler walk from class to class to find out that a struct is `Send`.

use crate::declare::ColumnId;
use crate::declare::LinkSlotId;
use crate::mapper::Relation;
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use crate::declare::Column;
use crate::error::{Code, Error, Result};
use crate::mapper::RelationId;
use crate::state::change::expire;
use crate::state::memory::access;
use crate::state::memory::extended::declared;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::state::typed::field::RelationField;
use crate::state::typed::obj::Live;
use crate::value::Typed;

/// How deep plain values nest at most.
const DEPTH: usize = 128;

type Erased = Option<Box<dyn Any + Send + Sync>>;

macro_rules! collection_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<T>(Erased, PhantomData<fn() -> T>);

        impl<T: Send + Sync + 'static> $name<T> {
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
            pub fn into_vec(self) -> Option<Vec<T>> {
                self.0?.downcast::<Vec<T>>().ok().map(|items| *items)
            }
        }

        impl<T> Default for $name<T> {
            /// Not loaded.
            fn default() -> Self {
                Self(None, PhantomData)
            }
        }

        impl<T: Clone + Send + Sync + 'static> Clone for $name<T> {
            fn clone(&self) -> Self {
                self.get().map(|items| Self::new(items.to_vec())).unwrap_or_default()
            }
        }

        impl<T: PartialEq + Send + Sync + 'static> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                self.get() == other.get()
            }
        }

        impl<T: Eq + Send + Sync + 'static> Eq for $name<T> {}

        impl<T: std::hash::Hash + Send + Sync + 'static> std::hash::Hash for $name<T> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.get().hash(state);
            }
        }

        impl<T: fmt::Debug + Send + Sync + 'static> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.get() {
                    Some(items) => f.debug_list().entries(items).finish(),
                    None => f.write_str("(not loaded)"),
                }
            }
        }

        impl<T: Send + Sync + 'static> FromIterator<T> for $name<T> {
            fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
                Self::new(items.into_iter().collect())
            }
        }

        impl<T: Send + Sync + 'static> From<Vec<T>> for $name<T> {
            fn from(items: Vec<T>) -> Self {
                Self::new(items)
            }
        }

        impl<'a, T: Send + Sync + 'static> IntoIterator for &'a $name<T> {
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

/// A field that leads to one `T`; `Option<One<T>>` to one or none. In a plain struct it holds the value, or is
/// not loaded.
pub struct One<T>(Erased, PhantomData<fn() -> T>);

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
    pub fn into_inner(self) -> Option<T> {
        self.0?.downcast::<T>().ok().map(|value| *value)
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

/// An object while its plain value is made, for generated code.
pub struct ValueSource<'a> {
    handle: &'a Handle,
    path: &'a RefCell<Vec<usize>>,
    reached_by: Option<RelationId>,
}

/// The plain value of an object, with what is loaded nested in it.
///
/// # Errors
/// `unset` where a required column isn't set, and whatever loading expired columns says.
pub fn to_value<T: Live>(handle: &Handle) -> Result<T> {
    let path = RefCell::new(Vec::new());
    make(&ValueSource { handle, path: &path, reached_by: None })
}

fn make<T: Live>(source: &ValueSource<'_>) -> Result<T> {
    source.path.borrow_mut().push(address(source.handle));
    let value = T::from_source(source);
    source.path.borrow_mut().pop();
    value
}

impl ValueSource<'_> {
    /// The value of a column.
    ///
    /// # Errors
    /// `unset`, and whatever loading expired columns says.
    pub fn column<E, V: Typed>(&self, column: Column<E, V>) -> Result<V> {
        let place = column.slot();
        let state = self.handle.read(|columns| columns.at(place).map(AnySlot::state))?;
        if state == Some(SlotState::Unset)
            && self.handle.header().mapper().db_generated_key() == Some(ColumnId::at(place.index()))
            && let Some(unset) = V::unset_key()
        {
            return Ok(unset);
        }
        column::get_or_none(self.handle, column)
    }

    /// Runs `f` with the slot of a column.
    pub fn with_slot<R>(&self, index: usize, f: impl FnOnce(Option<&dyn AnySlot>) -> R) -> Result<R> {
        self.handle.read(|columns| f(columns.slot(index)))
    }

    /// What a relationship field holds in the plain value.
    ///
    /// # Errors
    /// Where a nested value can't be made.
    pub fn related<F: RelationField>(&self, relation: usize) -> Result<F> {
        F::gather(self, relation)
    }

    /// The plain values of loaded objects; `None` for the reverse side, and for objects that are being made already.
    pub(crate) fn nested<T: Live>(&self, relation: usize, objects: &[Handle]) -> Result<Option<Vec<T>>> {
        let relation = access::relation(self.handle, LinkSlotId::at(relation))?;
        if self.reached_by.is_some() && relation.inverse().map(Relation::id) == self.reached_by {
            return Ok(None);
        }
        {
            let path = self.path.borrow();
            if objects.iter().any(|object| path.contains(&address(object))) {
                return Ok(None);
            }
            if path.len() >= DEPTH {
                return Err(Error::new(
                    Code::Value,
                    format!("the plain value would nest deeper than {DEPTH} objects"),
                )
                .about(relation.class(), Some(relation.name()))
                .help("take the parts one by one"));
            }
        }
        let reached_by = Some(relation.id());
        objects
            .iter()
            .map(|handle| make(&ValueSource { handle, path: self.path, reached_by }))
            .collect::<Result<_>>()
            .map(Some)
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.handle
    }
}

/// A typed slot of a struct of columns, read without copying.
pub fn with<C: 'static, R>(handle: &Handle, f: impl FnOnce(&C) -> R) -> Result<R> {
    let expired = handle.read(|columns| {
        (0..handle.header().mapper().columns().len())
            .any(|at| columns.slot(at).is_some_and(|slot| slot.state() == SlotState::Expired))
    })?;
    if expired {
        column::load(handle, ReadOptions::DATABASE)?;
    }
    /// What a rollback could not expire meanwhile is expired now, also when the closure panics.
    struct Ended<'a>(&'a Handle);
    impl Drop for Ended<'_> {
        fn drop(&mut self) {
            expire::overdue(self.0);
        }
    }
    let _ended = Ended(handle);
    let done = handle.read(|columns| declared::<C>(columns).map(f))?;
    done.ok_or_else(|| {
        Error::new(Code::Internal, "the object's columns are of another type")
            .about(handle.header().mapper().class(), None)
    })
}
