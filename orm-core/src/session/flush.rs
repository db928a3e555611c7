//! Flushing: what changed is written, and the objects are settled. The only place where a flush moves objects
//! between their states.

use std::cell::Cell;
use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::engine::EngineConnection;
use crate::error::{Code, Error, Result};
use crate::flush::{FlushCx, Work, key_of, run};
use crate::load::{Execute, expired};
use crate::state::attr::column;
use crate::state::{Handle, IdentityMap, Key, Leaving, Mark, Node, Passive, expire, parent};

impl Session {
    /// Writes what changed: inserts, updates and deletes in the order that foreign keys ask for.
    ///
    /// # Errors
    /// `integrity` and whatever else the database says; `stale-data`, `circular-dependency`, `blanked-key`,
    /// `flush`. The transaction, or the innermost savepoint, is then rolled back, and the session says
    /// `pending-rollback` until [`rollback`](Session::rollback) is called.
    pub fn flush(&self) -> Result<()> {
        self.inner.flush()
    }
}

/// Takes a flag down when it is dropped.
struct Raised<'a>(&'a Cell<bool>);

impl Drop for Raised<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Inner {
    pub(super) fn is_clean(&self) -> bool {
        self.new.borrow().is_empty() && self.dirty.borrow().is_empty() && self.doomed.borrow().is_empty()
    }

    pub(super) fn flush(&self) -> Result<()> {
        if self.flushing.get() {
            return Err(Error::new(Code::WrongState, "the session is flushing already"));
        }
        if self.is_clean() {
            return Ok(());
        }
        self.flushing.set(true);
        let _flushing = Raised(&self.flushing);
        let mut work = Work::default();
        self.gather(&mut work)?;
        if work.is_empty() {
            return Ok(());
        }
        let connection = self.connect()?;
        let written = run(&mut work, &Cx { session: self, connection });
        let settled = match written {
            Ok(()) => self.settle(&mut work),
            Err(error) => Err(error),
        };
        if let Err(error) = &settled {
            work.finish();
            self.break_innermost(error);
        }
        settled
    }

    /// New and changed objects, without those to be deleted; orphans; then those to be deleted.
    fn gather(&self, work: &mut Work) -> Result<()> {
        work.reserve(self.new.borrow().len() + self.dirty.borrow().len());
        for list in [&self.new, &self.dirty] {
            let places = list.borrow().places();
            for at in 0..places {
                let Some(node) = list.borrow().get(at) else { continue };
                let core = node.core();
                if core.has(Mark::DOOMED) {
                    continue;
                }
                let orphan = parent::is_orphan(&node)?;
                let has_row = core.has_key();
                if orphan && !has_row && core.has(Mark::ORPHANED) {
                    self.expunge_one(&node, false);
                } else {
                    work.register(node, orphan && has_row)?;
                }
            }
        }
        let doomed: Vec<Handle> = self.doomed.borrow().values().cloned().collect();
        doomed.into_iter().try_for_each(|node| work.register(node, true))
    }

    /// Refuses to load while objects are on their way into the identity map.
    pub(super) fn check_settling(&self) -> Result<()> {
        if self.settling.get() {
            return Err(Error::new(Code::WrongState, "the session is ending a flush")
                .help("a value that is dropped by the flush can't load: use the session after it"));
        }
        Ok(())
    }

    /// What was written is what the objects are now. Of the new ones only those get a place in the identity map
    /// that somebody can reach when the flush lets go of them.
    fn settle(&self, work: &mut Work) -> Result<()> {
        let items = work.take_items();
        for item in items.iter().filter(|item| item.is_delete) {
            self.mark_deleted(&item.node);
        }
        let serial = self.innermost();
        let mut settled = Ok(());
        let mut leaving = Leaving::of(items, |item| {
            let core = item.node.core();
            core.work.set(0);
            let is_saved = !item.is_delete && core.session() == self.id.get();
            if let (true, false, Some(key)) = (is_saved, core.has(Mark::MAPPED), core.key()) {
                self.take_place(&item.node, &key);
            }
        });
        leaving.each(|item| {
            if !item.is_delete && settled.is_ok() {
                settled = self.settle_saved(&item.node, serial);
            }
        });
        self.settling.set(true);
        let _settling = Raised(&self.settling);
        leaving.go();
        settled?;
        // Keys that were carried to objects outside of the work are no changes of a user.
        let rest = self.dirty.borrow_mut().take_all();
        for node in rest {
            node.core().unmark(Mark::HELD);
            expire::commit(&node)?;
        }
        Ok(())
    }

    fn settle_saved(&self, node: &Rc<Node>, serial: u32) -> Result<()> {
        let core = node.core();
        // A change that came from another object leaves the key of an expired one to be loaded.
        let mut key = key_of(node)?;
        if key.is_none() && core.has_key() {
            column::load(node, Passive::NO_INIT)?;
            key = key_of(node)?;
        }
        let Some(key) = key else {
            return Err(Error::new(Code::Flush, format!("{} has no key after it was written", core.label()))
                .of(core.mapper().class(), None)
                .help("set the key, or let the database generate it"));
        };
        if core.session() != self.id.get() {
            return self.settle_departed(node, key, serial);
        }
        let is_new = core.has(Mark::NEW);
        if is_new && Rc::strong_count(node) == 2 {
            // Only this flush and the list of new objects know it: it goes with them.
            drop(self.no_longer_new(node));
            return Ok(());
        }
        let switched = core.with_key(|old| old.is_some_and(|old| *old != key));
        if switched {
            let old = core.key();
            self.identity.discard(core);
            if let Some(old) = old {
                self.switched.borrow_mut().push((serial, Rc::downgrade(node), old));
            }
        }
        if switched || !core.has(Mark::MAPPED) {
            if !is_new {
                self.take_place(node, &key);
            }
            core.set_key(Some(key));
        }
        core.unmark(Mark::ORPHANED);
        core.mark(Mark::WRITTEN);
        expire::commit(node)?;
        if is_new {
            core.born.set(serial);
            let held = self.no_longer_new(node);
            drop(held);
        } else {
            core.touched.set(serial);
            self.release(node);
        }
        Ok(())
    }

    /// A user's code took the object out of the session while it was written: it is detached, or transient again
    /// after a rollback.
    fn settle_departed(&self, node: &Rc<Node>, key: Key, serial: u32) -> Result<()> {
        let core = node.core();
        if !core.has_key() {
            core.set_key(Some(key));
            core.born.set(serial);
            self.remember_departed(node);
        }
        core.mark(Mark::WRITTEN);
        expire::commit(node)
    }

    /// The row of an object is gone.
    pub(super) fn mark_deleted(&self, node: &Rc<Node>) {
        self.deleted.borrow_mut().push((self.innermost(), Rc::downgrade(node)));
        self.identity.discard(node.core());
        self.release(node);
        self.undoom(node);
        node.core().mark(Mark::DELETED);
    }
}

/// What a flush sees of the session.
struct Cx<'a> {
    session: &'a Inner,
    connection: Rc<EngineConnection>,
}

impl FlushCx for Cx<'_> {
    fn connection(&self) -> &EngineConnection {
        &self.connection
    }

    fn identity(&self) -> &IdentityMap {
        &self.session.identity
    }

    fn contains(&self, node: &Rc<Node>) -> bool {
        self.session.contains_node(node)
    }

    fn was_deleted(&self, node: &Rc<Node>) -> Result<bool> {
        if !node.core().has(Mark::EXPIRED) {
            return Ok(false);
        }
        match expired(self.session, node, Passive::OFF) {
            Ok(()) => Ok(false),
            Err(error) if error.code() == Code::ObjectDeleted => {
                Execute::found_deleted(self.session, node);
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    fn cascade_delete(&self, node: &Rc<Node>) -> Result<Vec<Handle>> {
        self.session.cascade(node, Cascade::DELETE)
    }
}
