//! Which objects belong to the session, where they stand in its identity map, and which of them it holds.

use std::rc::Rc;

use super::Inner;
use crate::error::{Code, Error, Result};
use crate::state::ObjectState;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::port;

impl Inner {
    /// Whether an object is new or persistent in the session.
    #[inline]
    pub(super) fn is_member(&self, instance: &Rc<Instance>) -> bool {
        let header = instance.header();
        if header.session() == self.id.get() {
            return header.has(Mark::NEW) || header.has(Mark::MAPPED);
        }
        header.has(Mark::MAPPED) && self.is_in_its_place(instance)
    }

    /// One that a flush deleted and the next inserted again is detached by the commit, and stays in its place.
    #[inline(never)]
    fn is_in_its_place(&self, instance: &Rc<Instance>) -> bool {
        let header = instance.header();
        let is_it =
            |key: &Key| self.identity.get(header.mapper(), key).is_some_and(|one| Rc::ptr_eq(&one, instance));
        header.with_key(|key| key.is_some_and(is_it))
    }

    /// Refuses an object of another session.
    #[inline]
    pub(super) fn check_other_session(&self, instance: &Rc<Instance>) -> Result<()> {
        let session = instance.header().session();
        if session == self.id.get() || session == SessionId::NONE || port::of(instance).is_none() {
            return Ok(());
        }
        Err(of_another_session(instance))
    }

    /// The object belongs to the session now.
    pub(super) fn attach(&self, instance: &Rc<Instance>) {
        instance.header().set_session(self.id.get());
    }

    /// An object with a row belongs to the session now.
    pub(super) fn attach_with_row(&self, instance: &Rc<Instance>) {
        if instance.header().session() != self.id.get() {
            self.moved(instance, ObjectState::Detached, ObjectState::Persistent);
        }
        self.attach(instance);
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
            self.displace(old);
        }
        // One that had lost its place comes back with what was changed of it.
        if instance.header().has_key() && instance.header().has(Mark::MODIFIED) {
            self.hold(instance);
        }
    }

    /// Another object may stand under the key of a new one, since its row was deleted by somebody else. It goes, also where
    /// the new one needs no place.
    pub(super) fn free_place(&self, instance: &Rc<Instance>, key: &Key) {
        if let Some(old) = self.identity.get(instance.header().mapper(), key) {
            self.identity.discard(old.header());
            self.displace(old);
        }
    }

    /// An object has lost its place to another one. It may still get that of its own new key.
    fn displace(&self, old: Handle) {
        self.release(&old);
        if self.config.rules.detaches_displaced {
            self.displaced.borrow_mut().insert(address(&old), old);
        }
    }

    /// Whether an object has lost its place since, and the other one is to keep it.
    pub(super) fn is_displaced(&self, instance: &Rc<Instance>) -> bool {
        self.displaced.borrow().contains_key(&address(instance))
    }

    /// Objects that have lost their places are detached, so that none of them is taken for the object of another one's row.
    pub(super) fn detach_displaced(&self) {
        if self.displaced.borrow().is_empty() {
            return;
        }
        let displaced = std::mem::take(&mut *self.displaced.borrow_mut());
        for old in displaced.into_values() {
            let header = old.header();
            let has_place =
                |key: &Key| self.identity.get(header.mapper(), key).is_some_and(|one| Rc::ptr_eq(&one, &old));
            let is_displaced = header.with_key(|key| key.is_some_and(|key| !has_place(key)));
            if header.session() == self.id.get() && is_displaced {
                self.expunge_one(&old, false);
            }
        }
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
}

#[cold]
fn of_another_session(instance: &Rc<Instance>) -> Error {
    let header = instance.header();
    Error::new(Code::OtherSession, format!("{} belongs to another session", header.label()))
        .about(header.mapper().class(), None)
        .help("expunge it there first, or `merge` it here")
}
