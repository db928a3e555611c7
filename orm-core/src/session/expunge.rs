//! Objects leave the session.

use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::ObjectState;
use crate::state::memory::batch::release;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::typed::obj::{Live, Obj};

impl Session {
    /// Takes an object out of the session, with everything that it leads to by `expunge`: it is detached, or
    /// transient again where it has no row. Its changes aren't written.
    ///
    /// # Errors
    /// `wrong-state` where it isn't in the session.
    pub fn expunge<T: Live>(&self, object: &Obj<T>) -> Result<()> {
        let expunged = self.inner.expunge_cascading(Obj::handle(object));
        self.inner.tell_done();
        expunged
    }

    /// Takes every object out of the session.
    pub fn expunge_all(&self) {
        self.inner.let_go_of_all();
        self.inner.tell_done();
    }
}

impl Inner {
    pub(super) fn expunge_cascading(&self, instance: &Rc<Instance>) -> Result<()> {
        if instance.header().session() != self.id.get() {
            return Err(Error::new(
                Code::WrongState,
                format!("{} isn't in this session", instance.header().label()),
            )
            .about(instance.header().mapper().class(), None));
        }
        let reached = self.cascade(instance, Cascade::EXPUNGE)?;
        self.expunge_one(instance, false);
        for one in reached {
            self.expunge_one(&one, false);
        }
        Ok(())
    }

    pub(super) fn expunge_one(&self, instance: &Rc<Instance>, to_transient: bool) {
        let header = instance.header();
        let mine = header.session() == self.id.get();
        if mine && header.has(Mark::NEW) {
            let held = self.no_longer_new(instance);
            self.moved(instance, ObjectState::Pending, ObjectState::Transient);
            self.detach(instance, to_transient);
            drop(held);
            return;
        }
        if mine && header.has_key() {
            let is_deleted = header.has(Mark::DELETED);
            let from = if is_deleted { ObjectState::Deleted } else { ObjectState::Persistent };
            let to = if to_transient { ObjectState::Transient } else { ObjectState::Detached };
            self.moved(instance, from, to);
        }
        if mine && header.has(Mark::MAPPED) {
            self.identity.discard(header);
        }
        if mine {
            self.unmark_for_deletion(instance);
        }
        self.detach(instance, to_transient);
    }

    /// Lets go of everything. The identity map goes first: taking objects out of it one by one costs more.
    pub(super) fn let_go_of_all(&self) {
        let mut all = self.identity.all();
        self.identity.clear();
        all.extend(self.new.borrow_mut().take_all());
        let mut held = self.dirty.borrow_mut().take_all();
        held.extend(std::mem::take(&mut *self.to_delete.borrow_mut()).into_values());
        for instance in all.iter().chain(&held) {
            let header = instance.header();
            if header.has(Mark::NEW) {
                self.moved(instance, ObjectState::Pending, ObjectState::Transient);
            } else if header.has(Mark::MAPPED) {
                self.moved(instance, ObjectState::Persistent, ObjectState::Detached);
            }
            for mark in [Mark::NEW, Mark::MAPPED, Mark::TO_DELETE, Mark::HELD] {
                header.unmark(mark);
            }
            header.set_session(SessionId::NONE);
        }
        self.guests.borrow_mut().leave(self.id.get());
        let deleted = self.ledger.borrow_mut().take_deleted();
        self.detach_deleted(deleted);
        // Most of these are among the others.
        drop(held);
        release(all);
    }

    /// Objects whose rows were deleted belong to no session any more.
    pub(super) fn detach_deleted(&self, deleted: Vec<Handle>) {
        for instance in deleted {
            if instance.header().session() == self.id.get() {
                if instance.header().has(Mark::DELETED) {
                    self.moved(&instance, ObjectState::Deleted, ObjectState::Detached);
                }
                self.detach(&instance, false);
            }
        }
    }
}
