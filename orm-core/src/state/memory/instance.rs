//! `Instance`: an object: header and columns in one allocation.

#![allow(unreachable_pub, reason = "`Handle` dereferences to `Instance`, which nothing outside can name")]

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::declare::SlotId;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::state::memory::header::Header;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, Columns};
use crate::state::read::port;
use crate::value::Value;

/// An object: its header, and behind it its columns, in one allocation. A reference to it knows the class only by
/// the table of [`Columns`], but the header without asking it.
pub struct Instance<C: ?Sized = dyn Columns> {
    header: Header,
    columns: RefCell<C>,
}

impl<C: ?Sized> Drop for Instance<C> {
    fn drop(&mut self) {
        if self.header.has(Mark::MAPPED) {
            port::forget(&self.header);
        }
    }
}

/// A reference that keeps nothing alive.
pub(crate) type WeakInstance = Weak<Instance>;

impl Instance {
    /// A new object of a class.
    #[inline]
    pub(crate) fn new<C: Columns>(mapper: &'static Mapper, columns: C) -> Rc<Self> {
        Rc::new(Instance { header: Header::new(mapper), columns: RefCell::new(columns) })
    }

    /// The header.
    #[inline]
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The columns.
    #[inline]
    pub(crate) fn columns(&self) -> &RefCell<dyn Columns> {
        &self.columns
    }

    /// Runs `f` with the columns.
    #[inline]
    pub(crate) fn read<R>(&self, f: impl FnOnce(&dyn Columns) -> R) -> Result<R> {
        match self.columns().try_borrow() {
            Ok(columns) => Ok(f(&*columns)),
            Err(_) => Err(self.busy()),
        }
    }

    /// Runs `f` with the columns, to be changed.
    #[inline]
    pub(crate) fn write<R>(&self, f: impl FnOnce(&mut dyn Columns) -> R) -> Result<R> {
        match self.columns().try_borrow_mut() {
            Ok(mut columns) => Ok(f(&mut *columns)),
            Err(_) => Err(self.busy()),
        }
    }

    /// The error of an access inside a closure that reads the same object.
    pub(crate) fn busy(&self) -> Error {
        Error::new(Code::Busy, "the object is being read by a closure that is still running")
            .about(self.header().mapper().class(), None)
            .help("let the closure end first; copy out of it what is needed")
    }

    /// The stored form of a column, if it is set.
    pub(crate) fn column_value(&self, place: SlotId) -> Result<Option<Value>> {
        self.read(|columns| columns.at(place).and_then(AnySlot::value))
    }
}

/// The address of an object: its identity in sets.
pub(crate) fn address(instance: &Rc<Instance>) -> usize {
    Rc::as_ptr(instance).cast::<()>() as usize
}

#[cfg(test)]
mod tests {
    use super::Instance;

    /// What an object takes besides its columns, which are ten words here.
    #[test]
    fn an_object_takes_seven_words_besides_its_columns() {
        assert_eq!(size_of::<Instance<[u64; 10]>>() - size_of::<[u64; 10]>(), 56);
    }
}
