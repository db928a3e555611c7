//! Objects after the end of a transaction or savepoint: as they were before it, or expired.

use std::rc::Rc;

use super::Inner;
use super::begun::Expires;
use super::ledger::{Entries, Page};
use crate::error::Result;
use crate::mapper::Direction;
use crate::state::ObjectState;
use crate::state::change::{expire, written};
use crate::state::key::Key;
use crate::state::memory::access::is_loaded;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::memory::steps;
use crate::state::read::was::{forget_change, keep};

impl Inner {
    /// Takes back in the objects what a transaction or savepoint did, and what wasn't flushed. After a failed flush that
    /// is done twice: at once, and by the rollback that ends it where objects were changed in between.
    pub(super) fn restore(&self, page: &Page, expires: Expires) {
        self.make_transient(&page.inserted);
        self.restore_keys(page);
        self.revive(&page.deleted);
        if page.is_restored {
            self.bring_back(&page.deleted);
        }
        self.forget_deletions();
        match expires {
            Expires::Noted => self.expire_noted(&page.to_expire),
            Expires::All => self.expire_each(self.identity.all(), written::forget_all),
        }
        self.detach_displaced();
    }

    /// New objects, and those that were inserted, are transient again.
    fn make_transient(&self, inserted: &Entries<()>) {
        let new = self.new.borrow().handles();
        for instance in &new {
            self.expunge_one(instance, true);
        }
        drop(new);
        for instance in inserted.handles() {
            let header = instance.header();
            if header.session() == self.id.get() || header.session() == SessionId::NONE {
                // One that a closure is reading keeps what it has, here and below.
                let _ = written::restore(&instance);
            }
            if header.session() == self.id.get() {
                self.expunge_one(&instance, true);
                if self.config.relates_again {
                    let _ = relate_again(&instance);
                }
            } else if header.session() == SessionId::NONE {
                header.set_key(None);
            }
        }
    }

    /// Objects have the keys again that they had, also those that are out of the session: their rows have them. What was
    /// inserted has no row any more.
    fn restore_keys(&self, page: &Page) {
        let rekeyed: Vec<(Handle, &Key)> = page.rekeyed.alive().rev().collect();
        let mut inserted = Addresses::default();
        if !rekeyed.is_empty() && self.config.rules.inserted_lose_keys {
            inserted.extend(page.inserted.alive().map(|(instance, _)| address(&instance)));
        }
        for (instance, key) in rekeyed {
            let header = instance.header();
            if inserted.contains(address(&instance)) {
                continue;
            }
            if header.session() == self.id.get() && header.has_key() {
                self.identity.discard(header);
                header.set_key(Some(key.clone()));
                self.take_place(&instance, key);
            } else if header.session() == SessionId::NONE && !header.has(Mark::MAPPED) {
                header.set_key(Some(key.clone()));
            }
        }
    }

    /// Objects whose rows were deleted are persistent again.
    fn revive(&self, deleted: &Entries<()>) {
        for instance in deleted.handles() {
            if instance.header().session() == self.id.get() {
                self.make_persistent(&instance);
            }
        }
    }

    /// Those that were persistent again, and were taken out of the session before the rollback that ends it: as in
    /// SQLAlchemy they come back. There they do also where another object stands for the row by now, or another session
    /// has them, which breaks both.
    fn bring_back(&self, deleted: &Entries<()>) {
        for instance in deleted.handles() {
            let header = instance.header();
            let is_out = header.session() == SessionId::NONE && !header.has(Mark::DELETED);
            let is_free = |key: &Key| {
                self.identity.get(header.mapper(), key).is_none_or(|one| Rc::ptr_eq(&one, &instance))
            };
            if is_out && header.with_key(|key| key.is_some_and(is_free)) {
                self.attach_with_row(&instance);
                self.make_persistent(&instance);
            }
        }
    }

    /// Objects that were marked for deletion aren't any more.
    fn forget_deletions(&self) {
        let to_delete = std::mem::take(&mut *self.to_delete.borrow_mut());
        for instance in to_delete.values() {
            instance.header().unmark(Mark::TO_DELETE);
            self.make_persistent(instance); // one that was deleted before may have been marked again
        }
    }

    fn make_persistent(&self, instance: &Rc<Instance>) {
        let header = instance.header();
        if header.has(Mark::DELETED) {
            self.moved(instance, ObjectState::Deleted, ObjectState::Persistent);
        }
        header.unmark(Mark::DELETED);
        header.unmark(Mark::READ_BY_KEYS);
        if let Some(key) = header.key() {
            self.take_place(instance, &key);
        }
    }

    /// Expires what was changed in a savepoint, and what was read in it: what it has flushed, and what is changed now.
    fn expire_noted(&self, to_expire: &Entries<()>) {
        let mut expired = self.dirty.borrow().handles();
        expired.retain(|instance| instance.header().has(Mark::MODIFIED));
        expired.extend(to_expire.handles());
        expired.retain(|instance| {
            instance.header().has(Mark::MAPPED) && instance.header().session() == self.id.get()
        });
        self.expire_each(expired, written::forget_updates);
    }

    /// Expires objects: now, or those that a closure is reading, when that ends. Expressions that were written into them
    /// are forgotten.
    fn expire_each(&self, instances: Vec<Handle>, forget: fn(&Rc<Instance>) -> Result<()>) {
        steps::in_session(instances.len());
        for instance in instances {
            expire::soon(&instance);
            self.note_expired(&instance, None);
            // Nothing borrows the memory of changes for longer than a look.
            let _ = forget(&instance);
            self.release(&instance);
        }
    }

    /// Expires an object, and lets go of it where it was changed.
    pub(super) fn expire_one(&self, instance: &Rc<Instance>) -> Result<()> {
        expire::all(instance)?;
        self.note_expired(instance, None);
        self.release(instance);
        Ok(())
    }

    /// The transaction is committed: objects are expired, deleted ones detached.
    pub(super) fn after_commit(&self, page: Page) {
        if self.config.expire_on_commit {
            self.expire_each(self.identity.all(), written::forget_all);
        }
        self.detach_deleted(page.deleted.handles());
    }
}

/// The links of an object, and the foreign keys of others that lead to it, were taken back with its row: they come with
/// it when it is inserted again.
fn relate_again(instance: &Rc<Instance>) -> Result<()> {
    for relation in instance.header().mapper().relations() {
        let place = relation.slot();
        if relation.direction() != Direction::ManyToOne && is_loaded(instance, place)? {
            forget_change(instance, Attr::Relation(place))?;
            keep(instance, Attr::Relation(place), Was::NoValue)?;
        }
    }
    Ok(())
}
