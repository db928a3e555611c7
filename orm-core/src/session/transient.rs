//! What an object is said to be: one without a row, or one with a row that nobody has loaded.

use std::rc::Rc;

use super::{Inner, Session};
use crate::error::{Code, Error, Result};
use crate::flush::key_of;
use crate::state::change::expire;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::state::read::{column, port};
use crate::state::typed::obj::{Live, Obj};

impl<T: Live> Obj<T> {
    /// Makes an object transient, whatever it is: it leaves its session, alone, and has no row any more, so that adding it
    /// inserts one. It keeps what it holds, its key too; what is expired or isn't loaded is as if it was never set. The row
    /// itself stays, and so does what other rows say of it: that isn't written with the object.
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
    /// let ware = session.add(Ware::builder().name("nail"))?;
    /// session.flush()?;
    /// session.expire_attributes(&ware, &["id"])?; // the copy gets a key of its own
    /// Obj::make_transient(&ware)?;
    /// session.add(&ware)?;
    /// session.commit()?;
    /// assert_eq!(session.scalars(select(Ware))?.count()?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `wrong-state` while its session flushes; `busy`.
    pub fn make_transient(this: &Self) -> Result<()> {
        let instance = Self::handle(this);
        match Session::of(instance) {
            Some(session) => {
                session.inner.make_one_transient(instance)?;
                session.inner.tell_done();
                Ok(())
            }
            None => forget_row(instance),
        }
    }

    /// Makes a new object a detached one, with the row that its key names. What was never set is loaded when it is read,
    /// once the object is in a session. Nobody looks whether there is such a row.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # use orm::IntoObj;
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
    /// # session.add(Ware::builder().id(5).name("nail"))?;
    /// # session.commit()?;
    /// let ware = Ware::builder().id(5).into_obj()?;
    /// Obj::make_transient_to_detached(&ware)?;
    /// session.add(&ware)?;
    /// assert_eq!(ware.name()?, "nail");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `wrong-state` where it isn't transient, or a column of its key isn't set; `busy`.
    pub fn make_transient_to_detached(this: &Self) -> Result<()> {
        let instance = Self::handle(this);
        let header = instance.header();
        let refuse = |why: &str| {
            Error::new(Code::WrongState, format!("{} {why}", header.label()))
                .about(header.mapper().class(), None)
                .help("make a new object with the key of the row")
        };
        if header.has_key() || port::of(instance).is_some() {
            return Err(refuse("isn't transient"));
        }
        let key = key_of(instance)?.ok_or_else(|| refuse("has no key, so it names no row"))?;
        expire::commit(instance)?;
        instance.write(|columns| {
            for column in header.mapper().columns() {
                if let Some(slot) = columns.at_mut(column.slot())
                    && slot.state() == SlotState::Unset
                {
                    slot.reset(SlotState::unloaded(column));
                }
            }
        })?;
        header.set_key(Some(key));
        Ok(())
    }
}

impl Inner {
    fn make_one_transient(&self, instance: &Rc<Instance>) -> Result<()> {
        self.check_flushing()?;
        if instance.header().has(Mark::DELETED) {
            // Its deletion isn't taken back with the row: the object is another one by now.
            self.ledger.borrow_mut().withdraw_deleted(instance);
        }
        self.expunge_one(instance, true);
        forget_row(instance)
    }
}

/// An object without a session has no row any more.
fn forget_row(instance: &Rc<Instance>) -> Result<()> {
    let header = instance.header();
    for column in header.mapper().columns() {
        if column::is_late(instance, column.slot())? {
            continue;
        }
        instance.write(|columns| {
            if let Some(slot) = columns.at_mut(column.slot())
                && slot.state().is_unloaded()
            {
                slot.reset(SlotState::Unset);
            }
        })?;
    }
    header.set_key(None);
    for mark in [Mark::DELETED, Mark::EXPIRED, Mark::UNREAD, Mark::READ_BY_KEYS, Mark::ORPHANED] {
        header.unmark(mark);
    }
    Ok(())
}
