//! `Mapped`: from a class to its storage. Implemented by the derive.

use crate::mapper::MappedColumn;
use crate::state::memory::extended::{Extended, NoColumns};
use crate::state::memory::slot::{Columns, OfRow, RowValues};
use crate::value::ValueRef;
use std::rc::Rc;

use crate::declare::Declared;
use crate::error::{Code, Error, Result};
use crate::mapper::{ClassEntry, Mapper};
use crate::state::change::validate;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::typed::draft::{Draft, ValueDraft};
use crate::state::typed::lists::{PlainLists, lists};
use crate::state::typed::obj::{AnyClass, Live, Obj};

/// A mapped class. Implemented by `#[derive(Mapped)]`; the one bound that a function over any class needs.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Mapped)]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
/// }
///
/// fn all<T: Mapped>(session: &Session) -> orm::Result<Vec<Obj<T>>> {
///     session.scalars(orm::Entity::<T>::new())?.all()
/// }
///
/// # fn main() -> orm::Result<()> {
/// let engine = orm::sqlite::Engine::in_memory()?;
/// DefaultRegistry::create_all(&engine)?;
/// assert!(all::<User>(&Session::new(&engine))?.is_empty());
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a mapped class",
    label = "not mapped",
    note = "add `#[derive(Mapped)]` to `{Self}`"
)]
pub trait Mapped: Declared + Live {
    /// The type of the primary key: that of its column, without `Option`, or a tuple of them in the order of the
    /// fields. A type that isn't built in is hidden, since it may be less visible than the class.
    type Key;
    /// The struct of slots.
    #[doc(hidden)]
    type Columns: Columns + Default;

    /// What is known of the class at link time.
    #[doc(hidden)]
    fn class() -> &'static ClassEntry;

    /// A new object made of the plain value.
    #[doc(hidden)]
    fn into_draft(self) -> ValueDraft<Self>;
}

impl Draft {
    /// An object of a class with nothing set.
    pub fn new<T: Mapped>() -> Self {
        Draft::of(T::class().mapper().map(|mapper| make::<T>(mapper, T::Columns::default())))
    }
}

impl<T: Mapped> ValueDraft<T> {
    /// An object with these columns.
    pub fn from_columns(columns: T::Columns) -> Self {
        ValueDraft::of(create_with::<T>(columns))
    }
}

impl<T: Live> Obj<T> {
    /// The object as one of another class.
    ///
    /// # Errors
    /// `wrong-class` where it isn't of that class.
    pub fn downcast<U: Mapped>(this: &Self) -> Result<Obj<U>> {
        let handle = Self::handle(this);
        let mapper = handle.header().mapper();
        if mapper.class_id() == std::any::TypeId::of::<U>() {
            return Ok(Obj::from_handle(handle.clone()));
        }
        Err(Error::new(Code::WrongClass, format!("the object is a `{}`", mapper.class()))
            .about(U::CLASS, None))
    }
}

/// Makes objects of a class whose type isn't known: what the mapper carries for this layer. A mapping that is made at
/// run time can supply functions of its own.
pub struct Factory {
    create: fn(&'static Mapper) -> Rc<Instance>,
    of_row: fn(&'static Mapper, &[ValueRef<'_>]) -> OfRow<Rc<Instance>>,
    lists: fn(usize) -> Box<dyn PlainLists>,
}

impl Factory {
    /// The factory of a class.
    pub const fn of<T: Mapped>() -> Self {
        Factory {
            create: |mapper| Instance::new(mapper, T::Columns::default()),
            of_row: |mapper, values| Ok(Instance::new(mapper, RowValues::make(values, T::Columns::of_row)?)),
            lists: lists::<T>,
        }
    }

    /// The factory of a class that columns are added to.
    pub const fn extended<T: Mapped>() -> Self {
        Factory {
            create: |mapper| Instance::new(mapper, Extended::new(mapper, Box::<T::Columns>::default())),
            of_row: |mapper, values| {
                Ok(Instance::new(mapper, Extended::of_row(mapper, Box::<T::Columns>::default(), values)?))
            },
            lists: lists::<T>,
        }
    }
}

impl Factory {
    /// The factory of a class that no struct was written for: each of its columns is as one that is added.
    pub(crate) const fn of_table() -> Self {
        Factory {
            create: |mapper| Instance::new(mapper, Extended::new(mapper, Box::new(NoColumns))),
            of_row: |mapper, values| {
                Ok(Instance::new(mapper, Extended::of_row(mapper, Box::new(NoColumns), values)?))
            },
            lists: lists::<AnyClass>,
        }
    }

    /// That of a mapper's class.
    pub(crate) fn find(mapper: &'static Mapper) -> Option<&'static Factory> {
        mapper.factory().downcast_ref::<Factory>()
    }

    /// A new object of the class, in no session, with the values of a row in the order of the class's columns.
    #[inline]
    pub(crate) fn of_row(&self, mapper: &'static Mapper, values: &[ValueRef<'_>]) -> OfRow<Handle> {
        (self.of_row)(mapper, values).map(Handle::new)
    }

    /// So many empty lists of plain values of the class.
    pub(crate) fn lists(&self, count: usize) -> Box<dyn PlainLists> {
        (self.lists)(count)
    }

    /// The error where a mapper has no factory.
    #[cold]
    pub(crate) fn missing(mapper: &'static Mapper) -> Error {
        Error::new(Code::Internal, "the class has no factory").about(mapper.class(), None)
    }
}

/// A new object of a class, in no session.
pub(crate) fn create(mapper: &'static Mapper) -> Result<Handle> {
    let factory = Factory::find(mapper).ok_or_else(|| Factory::missing(mapper))?;
    Ok(Handle::new((factory.create)(mapper)))
}

/// A new object with these columns.
pub(crate) fn create_with<T: Mapped>(columns: T::Columns) -> Result<Handle> {
    let mapper = T::class().mapper()?;
    for index in 0..mapper.columns().len() {
        if let Some(slot) = columns.slot(index) {
            slot.check().map_err(|error| {
                Error::new(Code::Value, error.to_string())
                    .about(mapper.class(), mapper.columns().get(index).map(MappedColumn::attribute))
            })?;
        }
    }
    let object = make::<T>(mapper, columns);
    validate::all_columns(&object)?;
    Ok(object)
}

/// A new object with these columns, which are known to be storable.
pub(crate) fn make<T: Mapped>(mapper: &'static Mapper, columns: T::Columns) -> Handle {
    Handle::new(match mapper.added_slots() {
        [] => Instance::new(mapper, columns),
        _ => Instance::new(mapper, Extended::new(mapper, Box::new(columns))),
    })
}
