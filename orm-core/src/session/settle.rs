//! After a flush: what was written is what the objects are now. Only here does a flush move objects between their
//! states.

use std::rc::Rc;

use super::Inner;
use super::replaced::Replaced;
use crate::declare::SlotId;
use crate::error::{Code, Error, Result};
use crate::flush::{Work, key_of};
use crate::mapper::Direction;
use crate::state::ObjectState;
use crate::state::change::{expire, written};
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::batch::HandleBatch;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;

/// How many handles a flush has of an object that it inserts: that of its work, and that in the session's list of new
/// objects.
const OF_THE_FLUSH: usize = 2;

/// Whether nothing but the flush that has inserted an object knows it: no user holds it, and no other object leads to
/// it. Then it goes with the flush, and needs neither a place in the identity map nor one in the ledger.
///
/// This is asked of a new object while both lists hold it. Whoever keeps a handle to an object of a flush (a hook, a
/// queue of loads) makes it known, and it is settled like those that users hold: that costs time, but is right. What
/// must not be is that one of the two lists lets go of it before: a user's handle would be taken for theirs.
fn only_the_flush_knows(instance: &Rc<Instance>) -> bool {
    let header = instance.header();
    debug_assert!(header.has(Mark::NEW) && header.work.get() > 0, "both lists hold it");
    Rc::strong_count(instance) == OF_THE_FLUSH
}

impl Inner {
    /// Refuses to load while objects are on their way into the identity map.
    pub(super) fn check_settling(&self) -> Result<()> {
        if self.settling.get() {
            return Err(Error::new(Code::WrongState, "the session is ending a flush")
                .help("a value that is dropped by the flush can't load: use the session after it"));
        }
        Ok(())
    }

    /// What was written is what the objects are now. Of the new ones only those get a place in the identity map, and
    /// are noted for a rollback, that somebody can reach when the flush lets go of them.
    pub(super) fn settle(&self, work: &mut Work) -> Result<()> {
        let items = work.take_items();
        self.settle_deleted(items.iter().filter(|item| item.is_deleted()).map(|item| &item.instance));
        // A row that is loaded to tell a key may lead to others, which are as the flush has left them.
        let mut expired =
            items.iter().filter(|item| !item.is_deleted() && item.instance.header().has(Mark::EXPIRED));
        let mut settled = expired.try_for_each(|item| key_after_writing(&item.instance).map(drop));
        let mut leaving = HandleBatch::of(items, |item| {
            let header = item.instance.header();
            header.work.set(0);
            if item.is_kept() && self.config.rules.keeps_taken_in {
                self.unmark_for_deletion(&item.instance);
            }
            let is_saved = !item.is_deleted() && header.session() == self.id.get();
            if let (true, false, Some(key)) = (is_saved, header.has(Mark::MAPPED), header.key())
                && !self.is_displaced(&item.instance)
            {
                self.take_place(&item.instance, &key);
            }
            if header.has(Mark::INSERTED) {
                header.unmark(Mark::INSERTED);
                self.ledger.borrow_mut().inserted(&item.instance);
                if header.has(Mark::UNREAD) {
                    self.ledger.borrow_mut().left_unread(&item.instance);
                }
            }
        });
        leaving.each(|item| {
            if !item.is_deleted() && settled.is_ok() {
                settled = self.settle_saved(&item.instance);
            }
        });
        let _settling = Replaced::by(true, &self.settling);
        leaving.go();
        self.detach_displaced();
        settled?;
        self.settle_rest()
    }

    /// The rows of these objects are gone, or there were none. Mostly they are all that was marked for deletion, so the
    /// list of these is taken as a whole.
    fn settle_deleted<'i>(&self, deleted: impl Iterator<Item = &'i Handle>) {
        let mut to_delete = std::mem::take(&mut *self.to_delete.borrow_mut());
        for instance in deleted {
            let header = instance.header();
            header.unmark(Mark::TO_DELETE);
            if self.config.rules.deletes_own_rows && header.has(Mark::NEW) && !header.has_key() {
                // Its insertion was rolled back, so there was no row to delete; the next flush mustn't insert it.
                self.expunge_one(instance, false);
            } else {
                self.mark_deleted(instance);
            }
        }
        to_delete.retain(|_, instance| instance.header().has(Mark::TO_DELETE));
        let mut list = self.to_delete.borrow_mut();
        let came = std::mem::replace(&mut *list, to_delete);
        list.extend(came);
    }

    fn settle_saved(&self, instance: &Rc<Instance>) -> Result<()> {
        let header = instance.header();
        let key = key_after_writing(instance)?;
        if header.session() != self.id.get() {
            return settle_departed(instance, key);
        }
        let is_new = header.has(Mark::NEW);
        if is_new && !self.hears_moves.get() && only_the_flush_knows(instance) {
            self.free_place(instance, &key);
            drop(self.no_longer_new(instance));
            return Ok(());
        }
        let is_rekeyed = header.with_key(|old| old.is_some_and(|old| *old != key));
        if is_rekeyed {
            let old = header.key();
            self.identity.discard(header);
            if let Some(old) = old {
                self.ledger.borrow_mut().rekeyed(instance, old);
            }
        }
        if is_rekeyed || !header.has(Mark::MAPPED) {
            if !is_new {
                self.take_place(instance, &key);
            }
            header.set_key(Some(key));
        }
        header.unmark(Mark::ORPHANED);
        header.mark(Mark::WRITTEN);
        written::note(instance, is_new)?;
        expire::commit(instance)?;
        if is_new {
            header.mark(Mark::INSERTED);
            if self.config.rules.revives_inserted {
                header.unmark(Mark::DELETED);
            }
            self.moved(instance, ObjectState::Pending, ObjectState::Persistent);
            let held = self.no_longer_new(instance);
            drop(held);
        } else {
            self.ledger.borrow_mut().note_to_expire(instance);
            self.release(instance);
        }
        Ok(())
    }

    /// Objects outside of the work that a key was carried to: that is no change of a user.
    fn settle_rest(&self) -> Result<()> {
        let rest = self.dirty.borrow_mut().take_all();
        let mut settled = Ok(());
        for instance in rest {
            instance.header().unmark(Mark::HELD);
            settled = settled.and(tell_of_lost(&instance)).and(expire::commit(&instance));
        }
        settled
    }

    /// The row of an object is gone.
    pub(super) fn mark_deleted(&self, instance: &Rc<Instance>) {
        self.ledger.borrow_mut().deleted(instance);
        self.identity.discard(instance.header());
        self.release(instance);
        self.unmark_for_deletion(instance);
        if !instance.header().has(Mark::DELETED) {
            self.moved(instance, ObjectState::Persistent, ObjectState::Deleted);
        }
        instance.header().mark(Mark::DELETED);
    }
}

/// Tells where listeners have changed an object that isn't in the flush: nothing of that is written. A foreign key may have
/// been carried there.
fn tell_of_lost(instance: &Rc<Instance>) -> Result<()> {
    let mapper = instance.header().mapper();
    let is_carried = |place: SlotId| {
        let column = mapper.column_in(place);
        let is_it = |name: &&str| column.is_some_and(|one| one.name() == *name || one.attribute() == *name);
        mapper.table().foreign_keys.iter().any(|key| key.columns.iter().any(is_it))
            || mapper.relations().iter().any(|one| {
                one.direction() == Direction::ManyToOne
                    && one.slot_pairs().iter().any(|pair| pair.local == place)
            })
    };
    let is_set = with_changes(instance, |changes| {
        changes.is_some_and(|changes| changes.columns().any(|(place, _)| !is_carried(place)))
    })?;
    if is_set {
        tracing::warn!(
            target: "orm::flush",
            object = %instance.header().label(),
            "what was set while a flush ran isn't written"
        );
    }
    Ok(())
}

/// The key of an object that was written.
///
/// # Errors
/// `flush` where it has none; and what loading says.
fn key_after_writing(instance: &Rc<Instance>) -> Result<Key> {
    let header = instance.header();
    // A change that came from another object leaves the key of an expired one to be loaded.
    let mut key = key_of(instance)?;
    if key.is_none() && header.has_key() {
        column::load(instance, ReadOptions::DATABASE.without_default())?;
        key = key_of(instance)?;
    }
    key.ok_or_else(|| {
        Error::new(Code::Flush, format!("{} has no key after it was written", header.label()))
            .about(header.mapper().class(), None)
            .help("set the key, or let the database generate it")
    })
}

/// A user's code took the object out of the session while it was written: it is detached, or transient again after a
/// rollback.
fn settle_departed(instance: &Rc<Instance>, key: Key) -> Result<()> {
    let header = instance.header();
    let is_new = !header.has_key();
    if is_new {
        header.set_key(Some(key));
        header.mark(Mark::INSERTED);
    }
    header.mark(Mark::WRITTEN);
    written::note(instance, is_new)?;
    expire::commit(instance)
}
