//! `Tracked`: from a class to its storage. Implemented by the derive.

use crate::mapper::MappedColumn;
use crate::state::memory::slot::Columns;
use std::rc::Rc;

use crate::declare::Mapped;
use crate::error::{Code, Error, Result};
use crate::mapper::{ClassEntry, Mapper};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::typed::draft::Draft;
use crate::state::typed::obj::Live;

/// A class with storage for its objects. Implemented by `#[derive(Mapped)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a mapped class",
    label = "not mapped",
    note = "add `#[derive(Mapped)]` to `{Self}`"
)]
pub trait Tracked: Mapped + Live {
    /// The struct of slots.
    type Columns: Columns + Default;

    /// What is known of the class at link time.
    fn class() -> &'static ClassEntry;

    /// A new object made of the plain value.
    fn into_draft(self) -> Draft<Self>;
}

/// Makes objects of a class whose type isn't known: what the mapper carries for this layer.
pub struct Factory(fn(&'static Mapper) -> Rc<Instance>);

impl Factory {
    /// The factory of a class.
    pub const fn of<T: Tracked>() -> Self {
        Factory(|mapper| Instance::new(mapper, T::Columns::default()))
    }
}

/// A new object of a class, in no session.
pub(crate) fn create(mapper: &'static Mapper) -> Result<Handle> {
    match mapper.factory().downcast_ref::<Factory>() {
        Some(factory) => Ok(Handle::new((factory.0)(mapper))),
        None => Err(Error::new(Code::Internal, "the class has no factory").about(mapper.class(), None)),
    }
}

/// A new object with these columns.
pub(crate) fn create_with<T: Tracked>(columns: T::Columns) -> Result<Handle> {
    let mapper = T::class().mapper()?;
    for index in 0..mapper.columns().len() {
        if let Some(slot) = columns.slot(index) {
            slot.check().map_err(|error| {
                Error::new(Code::Value, error.to_string())
                    .about(mapper.class(), mapper.columns().get(index).map(MappedColumn::attribute))
            })?;
        }
    }
    Ok(make::<T>(mapper, columns))
}

/// A new object with these columns, which are known to be storable.
pub(crate) fn make<T: Tracked>(mapper: &'static Mapper, columns: T::Columns) -> Handle {
    Handle::new(Instance::new(mapper, columns))
}
