//! Flushing: what changed is written, and the objects are settled. The only place where a flush moves objects
//! between their states.

use std::cell::Cell;
use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::engine::EngineConnection;
use crate::error::{Code, Error, Result};
use crate::flush::{FlushPort, Role, Work, key_of, run};
use crate::load::{LoadPort, expired};
use crate::state::change::expire;
use crate::state::key::Key;
use crate::state::memory::batch::HandleBatch;
use crate::state::memory::handle::Handle;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{column, parent};

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
                let Some(instance) = list.borrow().get(at) else { continue };
                let header = instance.header();
                if header.has(Mark::DOOMED) {
                    continue;
                }
                let orphan = parent::is_orphan(&instance)?;
                let has_row = header.has_key();
                if orphan && !has_row && header.has(Mark::ORPHANED) {
                    self.expunge_one(&instance, false);
                } else {
                    let role = if orphan && has_row { Role::Deleted } else { Role::Saved };
                    work.include(instance, role)?;
                }
            }
        }
        let doomed: Vec<Handle> = self.doomed.borrow().values().cloned().collect();
        doomed.into_iter().try_for_each(|instance| work.include(instance, Role::Deleted))
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
        for item in items.iter().filter(|item| item.is_deleted()) {
            self.mark_deleted(&item.instance);
        }
        let serial = self.innermost();
        let mut settled = Ok(());
        let mut leaving = HandleBatch::of(items, |item| {
            let header = item.instance.header();
            header.work.set(0);
            let is_saved = !item.is_deleted() && header.session() == self.id.get();
            if let (true, false, Some(key)) = (is_saved, header.has(Mark::MAPPED), header.key()) {
                self.take_place(&item.instance, &key);
            }
        });
        leaving.each(|item| {
            if !item.is_deleted() && settled.is_ok() {
                settled = self.settle_saved(&item.instance, serial);
            }
        });
        self.settling.set(true);
        let _settling = Raised(&self.settling);
        leaving.go();
        settled?;
        // Keys that were carried to objects outside of the work are no changes of a user.
        let rest = self.dirty.borrow_mut().take_all();
        for instance in rest {
            instance.header().unmark(Mark::HELD);
            expire::commit(&instance)?;
        }
        Ok(())
    }

    fn settle_saved(&self, instance: &Rc<Instance>, serial: u32) -> Result<()> {
        let header = instance.header();
        // A change that came from another object leaves the key of an expired one to be loaded.
        let mut key = key_of(instance)?;
        if key.is_none() && header.has_key() {
            column::load(instance, ReadOptions::DATABASE.without_default())?;
            key = key_of(instance)?;
        }
        let Some(key) = key else {
            return Err(Error::new(
                Code::Flush,
                format!("{} has no key after it was written", header.label()),
            )
            .about(header.mapper().class(), None)
            .help("set the key, or let the database generate it"));
        };
        if header.session() != self.id.get() {
            return self.settle_departed(instance, key, serial);
        }
        let is_new = header.has(Mark::NEW);
        if is_new && Rc::strong_count(instance) == 2 {
            // Only this flush and the list of new objects know it: it goes with them.
            drop(self.no_longer_new(instance));
            return Ok(());
        }
        let rekeyed = header.with_key(|old| old.is_some_and(|old| *old != key));
        if rekeyed {
            let old = header.key();
            self.identity.discard(header);
            if let Some(old) = old {
                self.rekeyed.borrow_mut().push((serial, Rc::downgrade(instance), old));
            }
        }
        if rekeyed || !header.has(Mark::MAPPED) {
            if !is_new {
                self.take_place(instance, &key);
            }
            header.set_key(Some(key));
        }
        header.unmark(Mark::ORPHANED);
        header.mark(Mark::WRITTEN);
        expire::commit(instance)?;
        if is_new {
            header.inserted_in.set(serial);
            let held = self.no_longer_new(instance);
            drop(held);
        } else {
            header.updated_in.set(serial);
            self.release(instance);
        }
        Ok(())
    }

    /// A user's code took the object out of the session while it was written: it is detached, or transient again
    /// after a rollback.
    fn settle_departed(&self, instance: &Rc<Instance>, key: Key, serial: u32) -> Result<()> {
        let header = instance.header();
        if !header.has_key() {
            header.set_key(Some(key));
            header.inserted_in.set(serial);
            self.remember_departed(instance);
        }
        header.mark(Mark::WRITTEN);
        expire::commit(instance)
    }

    /// The row of an object is gone.
    pub(super) fn mark_deleted(&self, instance: &Rc<Instance>) {
        self.deleted.borrow_mut().push((self.innermost(), Rc::downgrade(instance)));
        self.identity.discard(instance.header());
        self.release(instance);
        self.undoom(instance);
        instance.header().mark(Mark::DELETED);
    }
}

/// What a flush sees of the session.
struct Cx<'a> {
    session: &'a Inner,
    connection: Rc<EngineConnection>,
}

impl FlushPort for Cx<'_> {
    fn connection(&self) -> &EngineConnection {
        &self.connection
    }

    fn identity(&self) -> &IdentityMap {
        &self.session.identity
    }

    fn contains(&self, instance: &Rc<Instance>) -> bool {
        self.session.contains_node(instance)
    }

    fn was_deleted(&self, instance: &Rc<Instance>) -> Result<bool> {
        if !instance.header().has(Mark::EXPIRED) {
            return Ok(false);
        }
        match expired(self.session, instance, ReadOptions::DATABASE) {
            Ok(()) => Ok(false),
            Err(error) if error.code() == Code::ObjectDeleted => {
                LoadPort::found_deleted(self.session, instance);
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    fn cascade_delete(&self, instance: &Rc<Instance>) -> Result<Vec<Handle>> {
        self.session.cascade(instance, Cascade::DELETE)
    }
}
