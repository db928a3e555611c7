//! Objects after the end of a transaction: as they were before it, or expired.

use super::Inner;
use crate::error::Result;
use crate::state::change::expire;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::port;

impl Inner {
    /// Restores the objects after a rollback of everything since `serial`. Of a savepoint only what changed in
    /// it is expired; of a transaction everything.
    pub(super) fn restore(&self, serial: u32, only_changed: bool) {
        self.expunge_born_since(serial);
        self.restore_keys(serial);
        self.revive_deleted(serial);
        for instance in self.identity.all() {
            let header = instance.header();
            if !only_changed || header.has(Mark::MODIFIED) || header.updated_in.get() >= serial {
                expire::soon(&instance);
                self.release(&instance);
            }
        }
    }

    /// New objects, and those that were inserted, are transient again.
    fn expunge_born_since(&self, serial: u32) {
        let new = self.new.borrow().handles();
        let inserted_in: Vec<Handle> = self
            .identity
            .all()
            .into_iter()
            .filter(|instance| instance.header().inserted_in.get() >= serial)
            .collect();
        for instance in new.iter().chain(&inserted_in) {
            self.expunge_one(instance, true);
        }
        for instance in self.take_deleted(serial) {
            if instance.header().inserted_in.get() >= serial {
                self.expunge_one(&instance, true);
                instance.header().inserted_in.set(0);
            } else {
                self.deleted.borrow_mut().push((serial, std::rc::Rc::downgrade(&instance)));
            }
        }
        for instance in self.take_departed(serial) {
            if port::of(&instance).is_none() {
                instance.header().set_key(None);
            } else if instance.header().session() == self.id.get() && !instance.header().has(Mark::MAPPED) {
                self.expunge_one(&instance, true); // another object has taken its place
            }
        }
        for instance in &inserted_in {
            instance.header().inserted_in.set(0);
        }
    }

    fn restore_keys(&self, serial: u32) {
        let rekeyed: Vec<_> = {
            let mut log = self.rekeyed.borrow_mut();
            let from = log.partition_point(|entry| entry.0 < serial);
            log.split_off(from)
        };
        for (_, instance, key) in rekeyed.into_iter().rev() {
            let Some(instance) = instance.upgrade() else { continue };
            let header = instance.header();
            if header.session() == self.id.get() && header.has_key() {
                self.identity.discard(header);
                header.set_key(Some(key.clone()));
                self.take_place(&instance, &key);
            } else if header.session() == SessionId::NONE && !header.has_key() {
                // It was inserted since, and is out of the session; SQLAlchemy gives it that key all the same.
                header.set_key(Some(key));
            }
        }
    }

    /// Objects whose rows were deleted, or should have been, are persistent again.
    fn revive_deleted(&self, serial: u32) {
        for instance in self.take_deleted(serial) {
            let header = instance.header();
            if header.session() != self.id.get() {
                continue;
            }
            header.unmark(Mark::DELETED);
            if let Some(key) = header.key() {
                self.take_place(&instance, &key);
            }
        }
        let doomed = std::mem::take(&mut *self.doomed.borrow_mut());
        for instance in doomed.values() {
            let header = instance.header();
            header.unmark(Mark::DOOMED);
            header.unmark(Mark::DELETED); // one that was deleted before may have been doomed again
            if let Some(key) = header.key() {
                self.take_place(instance, &key);
            }
        }
    }

    /// The objects that were deleted since a savepoint or the transaction began. Numbers only grow, so what
    /// came since stands at the end.
    fn take_deleted(&self, serial: u32) -> Vec<Handle> {
        let mut log = self.deleted.borrow_mut();
        let from = log.partition_point(|entry| entry.0 < serial);
        log.split_off(from)
            .into_iter()
            .filter_map(|(_, instance)| instance.upgrade())
            .map(Handle::new)
            .collect()
    }

    /// The objects that were inserted since, and left the identity map.
    fn take_departed(&self, serial: u32) -> Vec<Handle> {
        let mut taken = Vec::new();
        self.left_map.borrow_mut().retain(|_, left_map| {
            let goes = left_map.inserted_in >= serial;
            if goes {
                taken.extend(left_map.instance.upgrade().map(Handle::new));
            }
            !goes
        });
        taken
    }

    /// The transaction is committed: objects are expired, deleted ones detached.
    pub(super) fn after_commit(&self) {
        if self.config.expire_on_commit {
            for instance in self.identity.all() {
                expire::soon(&instance);
                self.release(&instance);
            }
        }
        for instance in self.take_deleted(0) {
            if instance.header().session() == self.id.get() {
                self.detach(&instance, false);
            }
        }
        self.forget_transaction();
    }

    /// Expires an object, and lets go of it where it was changed.
    pub(super) fn expire_node(&self, instance: &std::rc::Rc<Instance>) -> Result<()> {
        expire::all(instance)?;
        self.release(instance);
        Ok(())
    }

    /// What is remembered for a rollback isn't needed any more.
    pub(super) fn forget_transaction(&self) {
        let deleted = std::mem::take(&mut *self.deleted.borrow_mut());
        let left_map = std::mem::take(&mut *self.left_map.borrow_mut());
        let rekeyed = std::mem::take(&mut *self.rekeyed.borrow_mut());
        drop((deleted, left_map, rekeyed));
    }
}
