//! Objects after the end of a transaction: as they were before it, or expired.

use super::Inner;
use crate::error::Result;
use crate::state::{Handle, Mark, SessionId, expire};

impl Inner {
    /// Restores the objects after a rollback of everything since `serial`. Of a savepoint only what changed in
    /// it is expired; of a transaction everything.
    pub(super) fn restore(&self, serial: u32, only_changed: bool) {
        self.expunge_born_since(serial);
        self.restore_keys(serial);
        self.revive_deleted(serial);
        for node in self.identity.all() {
            let core = node.core();
            if !only_changed || core.has(Mark::MODIFIED) || core.touched.get() >= serial {
                expire::soon(&node);
                self.release(&node);
            }
        }
    }

    /// New objects, and those that were inserted, are transient again.
    fn expunge_born_since(&self, serial: u32) {
        let new = self.new.borrow().handles();
        let born: Vec<Handle> =
            self.identity.all().into_iter().filter(|node| node.core().born.get() >= serial).collect();
        for node in new.iter().chain(&born) {
            self.expunge_one(node, true);
        }
        for node in self.take_deleted(serial) {
            if node.core().born.get() >= serial {
                self.expunge_one(&node, true);
                node.core().born.set(0);
            } else {
                self.deleted.borrow_mut().push((serial, std::rc::Rc::downgrade(&node)));
            }
        }
        for node in self.take_departed(serial) {
            if crate::state::host::of(&node).is_none() {
                node.core().set_key(None);
            } else if node.core().session() == self.id.get() && !node.core().has(Mark::MAPPED) {
                self.expunge_one(&node, true); // another object has taken its place
            }
        }
        for node in &born {
            node.core().born.set(0);
        }
    }

    fn restore_keys(&self, serial: u32) {
        let switched: Vec<_> = {
            let mut log = self.switched.borrow_mut();
            let from = log.partition_point(|entry| entry.0 < serial);
            log.split_off(from)
        };
        for (_, node, key) in switched.into_iter().rev() {
            let Some(node) = node.upgrade() else { continue };
            let core = node.core();
            if core.session() == self.id.get() && core.has_key() {
                self.identity.discard(core);
                core.set_key(Some(key.clone()));
                self.take_place(&node, &key);
            } else if core.session() == SessionId::NONE && !core.has_key() {
                // It was inserted since, and is out of the session; SQLAlchemy gives it that key all the same.
                core.set_key(Some(key));
            }
        }
    }

    /// Objects whose rows were deleted, or should have been, are persistent again.
    fn revive_deleted(&self, serial: u32) {
        for node in self.take_deleted(serial) {
            let core = node.core();
            if core.session() != self.id.get() {
                continue;
            }
            core.unmark(Mark::DELETED);
            if let Some(key) = core.key() {
                self.take_place(&node, &key);
            }
        }
        let doomed = std::mem::take(&mut *self.doomed.borrow_mut());
        for node in doomed.values() {
            let core = node.core();
            core.unmark(Mark::DOOMED);
            core.unmark(Mark::DELETED); // one that was deleted before may have been doomed again
            if let Some(key) = core.key() {
                self.take_place(node, &key);
            }
        }
    }

    /// The objects that were deleted since a savepoint or the transaction began. Numbers only grow, so what
    /// came since stands at the end.
    fn take_deleted(&self, serial: u32) -> Vec<Handle> {
        let mut log = self.deleted.borrow_mut();
        let from = log.partition_point(|entry| entry.0 < serial);
        log.split_off(from).into_iter().filter_map(|(_, node)| node.upgrade()).map(Handle::new).collect()
    }

    /// The objects that were inserted since, and left the identity map.
    fn take_departed(&self, serial: u32) -> Vec<Handle> {
        let mut taken = Vec::new();
        self.departed.borrow_mut().retain(|_, departed| {
            let goes = departed.born >= serial;
            if goes {
                taken.extend(departed.node.upgrade().map(Handle::new));
            }
            !goes
        });
        taken
    }

    /// The transaction is committed: objects are expired, deleted ones detached.
    pub(super) fn after_commit(&self) {
        if self.config.expire_on_commit {
            for node in self.identity.all() {
                expire::soon(&node);
                self.release(&node);
            }
        }
        for node in self.take_deleted(0) {
            if node.core().session() == self.id.get() {
                self.detach(&node, false);
            }
        }
        self.forget_transaction();
    }

    /// Expires an object, and lets go of it where it was changed.
    pub(super) fn expire_node(&self, node: &std::rc::Rc<crate::state::Node>) -> Result<()> {
        expire::all(node)?;
        self.release(node);
        Ok(())
    }

    /// What is remembered for a rollback isn't needed any more.
    pub(super) fn forget_transaction(&self) {
        let deleted = std::mem::take(&mut *self.deleted.borrow_mut());
        let departed = std::mem::take(&mut *self.departed.borrow_mut());
        let switched = std::mem::take(&mut *self.switched.borrow_mut());
        drop((deleted, departed, switched));
    }
}
