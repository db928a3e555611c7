//! Which objects the session has, and which of them are new, changed, or to be deleted.

use super::{Inner, Session};
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::read::changed::is_changed;
use crate::state::typed::obj::{AnyObj, Live, Obj};

impl Session {
    /// The new objects, which the next flush inserts, in the order in which they came.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct Ware {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let (nail, nut) = session.add_all((Ware::builder().name("nail"), Ware::builder().name("nut")))?;
    /// assert_eq!(session.new_objects(), [Obj::any(&nail), Obj::any(&nut)]);
    /// session.flush()?;
    /// nail.set_name("long nail")?;
    /// session.delete(&nut)?;
    /// assert_eq!(session.dirty_objects(), [Obj::any(&nail)]);
    /// assert_eq!(session.deleted_objects(), [Obj::any(&nut)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new_objects(&self) -> Vec<AnyObj> {
        objects(self.inner.new.borrow().handles())
    }

    /// The objects with rows that were changed since they were loaded or flushed, be it to what they were
    /// ([`is_modified`](Self::is_modified) says that), in the order in which they were. Those that are to be deleted aren't
    /// among them.
    pub fn dirty_objects(&self) -> Vec<AnyObj> {
        let mut dirty = self.inner.dirty.borrow().handles();
        dirty.retain(|one| one.header().has(Mark::MODIFIED) && !one.header().has(Mark::TO_DELETE));
        objects(dirty)
    }

    /// The objects that are marked for deletion, in the order in which they were.
    pub fn deleted_objects(&self) -> Vec<AnyObj> {
        objects(self.inner.to_delete.borrow().values().cloned().collect())
    }

    /// All objects of the session: the new ones, and those with rows in no order. One that nobody holds may be among
    /// them, if it was changed.
    pub fn objects(&self) -> Vec<AnyObj> {
        let mut all = self.inner.new.borrow().handles();
        all.extend(self.inner.identity.all());
        objects(all)
    }

    /// Whether an object differs from what it was when it was loaded or flushed. What was set to the same value again is no
    /// difference. Nothing is loaded for it; what a value was that was expired when it was set isn't known, so it differs.
    ///
    /// # Errors
    /// `busy`.
    pub fn is_modified<T: Live>(&self, object: &Obj<T>) -> Result<bool> {
        is_changed(Obj::handle(object), true)
    }

    /// The same of its columns and references alone: what its collections hold stands in other rows.
    ///
    /// # Errors
    /// `busy`.
    pub fn is_modified_itself<T: Live>(&self, object: &Obj<T>) -> Result<bool> {
        is_changed(Obj::handle(object), false)
    }

    /// Whether an object is new or persistent in the session.
    pub fn contains<T: Live>(&self, object: &Obj<T>) -> bool {
        self.inner.is_member(Obj::handle(object))
    }

    /// Whether there is anything to flush: new and changed objects, and those marked for deletion.
    pub fn is_dirty(&self) -> bool {
        !self.inner.is_clean()
    }
}

fn objects(handles: Vec<Handle>) -> Vec<AnyObj> {
    handles.into_iter().map(Obj::from_handle).collect()
}

impl Inner {
    pub(super) fn is_clean(&self) -> bool {
        self.new.borrow().is_empty() && self.dirty.borrow().is_empty() && self.to_delete.borrow().is_empty()
    }
}
