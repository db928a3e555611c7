//! Objects come into the session.

use std::rc::Rc;

use super::{Inner, LeftMap, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::port;
use crate::state::typed::field::IntoObj;
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
        self.inner.add_node(Obj::handle(&object))?;
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
    pub(super) fn add_node(&self, instance: &Rc<Instance>) -> Result<()> {
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
            header.order.set(u32::try_from(new.len()).unwrap_or(u32::MAX));
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
        self.undoom(instance);
        self.put_identity(instance)?;
        self.attach(instance);
        Ok(())
    }

    /// Puts an object into the identity map.
    ///
    /// # Errors
    /// `duplicate-identity` where another object with the same key is there.
    pub(super) fn put_identity(&self, instance: &Rc<Instance>) -> Result<()> {
        let header = instance.header();
        if header.has(Mark::MAPPED) && header.session() == self.id.get() {
            return Ok(());
        }
        let Some(key) = header.key() else { return Ok(()) };
        if let Some(other) = self.identity.get(header.mapper(), &key)
            && !Rc::ptr_eq(&other, instance)
        {
            return Err(Error::new(
                Code::DuplicateIdentity,
                format!("another object for the row of {} is in the session", header.label()),
            )
            .about(header.mapper().class(), None)
            .help("use the one that is there, or `merge` this one into it"));
        }
        self.take_place(instance, &key);
        Ok(())
    }

    /// Puts an object under its key, whoever stood there. The changes of the one that leaves aren't written.
    pub(super) fn take_place(&self, instance: &Rc<Instance>, key: &Key) {
        if let Some(old) = self.identity.put(instance, key) {
            self.release(&old);
            self.remember_departed(&old);
        }
        // One that had lost its place comes back with what was changed of it.
        if instance.header().has_key() && instance.header().has(Mark::MODIFIED) {
            self.hold(instance);
        }
    }

    /// An object that was inserted or changed in the transaction leaves the identity map: a rollback has to find it,
    /// because its row goes then, and it may come back.
    pub(super) fn remember_departed(&self, instance: &Rc<Instance>) {
        let (inserted_in, updated_in) =
            (instance.header().inserted_in.get(), instance.header().updated_in.get());
        if inserted_in.max(updated_in) >= self.outermost() {
            let left_map = LeftMap { inserted_in, updated_in, instance: Rc::downgrade(instance) };
            self.left_map.borrow_mut().insert(address(instance), left_map);
        }
    }

    fn check_other_session(&self, instance: &Rc<Instance>) -> Result<()> {
        let header = instance.header();
        if header.session() != self.id.get() && port::of(instance).is_some() {
            return Err(Error::new(
                Code::OtherSession,
                format!("{} belongs to another session", header.label()),
            )
            .about(header.mapper().class(), None)
            .help("expunge it there first, or `merge` it here"));
        }
        Ok(())
    }

    /// The object belongs to the session now.
    pub(super) fn attach(&self, instance: &Rc<Instance>) {
        let header = instance.header();
        if header.session() == self.id.get() {
            return;
        }
        header.set_session(self.id.get());
        let came_back = self.left_map.borrow_mut().swap_remove(&address(instance));
        header.inserted_in.set(came_back.as_ref().map_or(0, |left_map| left_map.inserted_in));
        header.updated_in.set(came_back.as_ref().map_or(0, |left_map| left_map.updated_in));
    }

    /// Holds a changed object until it is flushed. One whose row was deleted has nothing to be written to.
    pub(super) fn hold(&self, instance: &Rc<Instance>) {
        let header = instance.header();
        if !header.has(Mark::HELD) && header.has(Mark::MAPPED) {
            header.mark(Mark::HELD);
            self.dirty.borrow_mut().push(instance);
        }
    }

    /// Lets go of a changed object.
    pub(super) fn release(&self, instance: &Rc<Instance>) {
        if instance.header().has(Mark::HELD) {
            instance.header().unmark(Mark::HELD);
            let held = self.dirty.borrow_mut().take(instance);
            drop(held);
        }
    }

    /// Takes an object from the list of new ones.
    pub(super) fn no_longer_new(&self, instance: &Rc<Instance>) -> Option<Handle> {
        if !instance.header().has(Mark::NEW) {
            return None;
        }
        instance.header().unmark(Mark::NEW);
        self.new.borrow_mut().take(instance)
    }

    pub(super) fn contains_node(&self, instance: &Rc<Instance>) -> bool {
        let header = instance.header();
        header.session() == self.id.get() && (header.has(Mark::NEW) || header.has(Mark::MAPPED))
    }

    /// The object belongs to no session any more.
    pub(super) fn detach(&self, instance: &Rc<Instance>, to_transient: bool) {
        let header = instance.header();
        self.release(instance);
        if header.session() == self.id.get() {
            header.set_session(SessionId::NONE);
        }
        if to_transient {
            header.set_key(None);
        }
    }
}
