//! Objects come into the session.

use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::typed::into_obj::IntoObj;
use crate::state::typed::obj::{Live, Obj};

impl Session {
    /// Takes an object into the session, with everything that it leads to by `save-update`: a new one is
    /// inserted by the next flush; a detached one is persistent again.
    ///
    /// # Errors
    /// `other-session`, `duplicate-identity`; `wrong-state` for an object whose row was deleted; and where a
    /// plain value can't be made an object.
    pub fn add<T: Live>(&self, object: impl IntoObj<T>) -> Result<Obj<T>> {
        let object = object.into_obj()?;
        self.inner.add_cascading(Obj::handle(&object))?;
        Ok(object)
    }

    /// Takes several objects into the session.
    ///
    /// # Errors
    /// As [`add`](Self::add). Those before the one that fails stay.
    pub fn add_all<T: Live, X: IntoObj<T>>(
        &self,
        objects: impl IntoIterator<Item = X>,
    ) -> Result<Vec<Obj<T>>> {
        objects.into_iter().map(|object| self.add(object)).collect()
    }
}

impl Inner {
    /// Adds an object and what it leads to.
    pub(super) fn add_cascading(&self, instance: &Rc<Instance>) -> Result<()> {
        instance.header().unmark(Mark::ORPHANED);
        self.save_or_attach(instance)?;
        self.follow(instance, Cascade::SAVE_UPDATE, true, |reached| self.save_or_attach(reached))
    }

    fn save_or_attach(&self, instance: &Rc<Instance>) -> Result<()> {
        if instance.header().has_key() { self.attach_persistent(instance) } else { self.save(instance) }
    }

    /// A new object becomes pending.
    fn save(&self, instance: &Rc<Instance>) -> Result<()> {
        self.check_other_session(instance)?;
        self.autobegin();
        let header = instance.header();
        if !header.has(Mark::NEW) {
            header.mark(Mark::NEW);
            let mut new = self.new.borrow_mut();
            new.push(instance);
            // As SQLAlchemy counts: after others have left, a late comer may go before those that stayed.
            header.set_rank(new.len());
        }
        self.attach(instance);
        Ok(())
    }

    /// An object with a row becomes persistent here.
    pub(super) fn attach_persistent(&self, instance: &Rc<Instance>) -> Result<()> {
        let header = instance.header();
        if header.has(Mark::DELETED) {
            return Err(Error::new(Code::WrongState, format!("the row of {} was deleted", header.label()))
                .about(header.mapper().class(), None)
                .help("make a new object of it: `to_value()`, then `add`"));
        }
        self.check_other_session(instance)?;
        self.autobegin();
        self.unmark_for_deletion(instance);
        self.put_identity(instance)?;
        self.attach(instance);
        Ok(())
    }
}
