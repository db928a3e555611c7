//! `Ledger`: what the transaction and its savepoints did to objects, so that a rollback can take it back.
//!
//! Each of them has a page, the innermost the last. What a flush writes is noted on the innermost page. When a
//! savepoint is released, what its page says goes to the one around it; when it is rolled back, its page is worked
//! off (`restore`). So the end of a savepoint costs what was changed since it began, however many objects the session
//! has. The ledger keeps no object alive.

use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use super::unread::Unread;
use crate::state::key::Key;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, WeakInstance, address};
use crate::state::memory::steps;

/// What the open transaction and its savepoints did to objects.
#[derive(Default)]
pub(super) struct Ledger {
    pages: Vec<Page>,
    /// Objects among those whose rows were deleted that were made transient since. Their entries keep their places in
    /// memory from being taken by others.
    withdrawn: HashSet<usize, FxBuildHasher>,
}

/// What one transaction or savepoint did to objects.
pub(super) struct Page {
    /// Whether rows were written, or may have been by statements of the user's own. What is read afterwards is read from
    /// a state that a rollback takes back.
    wrote: bool,
    /// Objects whose rows were inserted. Those of a flush that nobody held afterwards aren't among them.
    pub(super) inserted: Entries<()>,
    /// Objects that were saved otherwise, or read: what was read may be what is taken back. A transaction has none: its
    /// rollback expires every object.
    pub(super) to_expire: Entries<()>,
    /// Objects whose rows were deleted.
    pub(super) deleted: Entries<()>,
    /// Objects that got other keys, with the keys that they had.
    pub(super) rekeyed: Entries<Key>,
    /// Objects whose rows were inserted, with columns that wait to be read.
    unread: Unread,
    /// Whether all of it was taken back already, by a failed flush. The end takes back again what was changed since.
    pub(super) is_restored: bool,
}

impl Default for Page {
    fn default() -> Self {
        Page {
            wrote: false,
            inserted: Entries::new(Repeats::Rare),
            to_expire: Entries::new(Repeats::Usual),
            deleted: Entries::new(Repeats::Rare),
            rekeyed: Entries::new(Repeats::Usual),
            unread: Unread::default(),
            is_restored: false,
        }
    }
}

impl Ledger {
    /// A transaction or a savepoint begins.
    pub(super) fn begin(&mut self) {
        if self.pages.is_empty() {
            self.withdrawn.clear();
        }
        self.pages.push(Page::default());
    }

    /// A savepoint is released: what it did, the one around it did.
    pub(super) fn release(&mut self) {
        let page = self.end();
        self.keep(self.pages.len(), page);
    }

    /// What the savepoint at a depth did, the one around it did.
    pub(super) fn keep(&mut self, depth: usize, page: Page) {
        let is_in_savepoint = depth > 1;
        let Some(around) = depth.checked_sub(1).and_then(|around| self.pages.get_mut(around)) else { return };
        around.wrote |= page.wrote;
        around.inserted.append(page.inserted);
        if is_in_savepoint {
            around.to_expire.append(page.to_expire);
        }
        around.deleted.append(page.deleted);
        around.rekeyed.append(page.rekeyed);
        around.unread.append(page.unread);
    }

    /// Rows are written, or may be by statements of the user's own.
    pub(super) fn writes(&mut self) {
        if let Some(page) = self.pages.last_mut() {
            page.wrote = true;
        }
    }

    /// Whether what is read now may be taken back by the rollback of a savepoint.
    pub(super) fn wrote_in_savepoint(&self) -> bool {
        self.pages.iter().skip(1).any(|page| page.wrote)
    }

    /// What the one at a depth did so far, to be taken back. The transaction is at 0.
    pub(super) fn take(&mut self, depth: usize) -> Page {
        let page = self.pages.get_mut(depth).map(std::mem::take).unwrap_or_default();
        self.without_withdrawn(page)
    }

    /// What the one at a depth did is taken back. It waits to be ended, which may take it back again.
    pub(super) fn restored(&mut self, depth: usize, page: Page) {
        if let Some(place) = self.pages.get_mut(depth) {
            *place = Page { wrote: false, unread: Unread::default(), is_restored: true, ..page };
        }
    }

    /// The innermost ends.
    pub(super) fn end(&mut self) -> Page {
        let page = self.pages.pop().unwrap_or_default();
        self.without_withdrawn(page)
    }

    /// The deletion of an object's row is forgotten, since the object was made a new one.
    pub(super) fn withdraw_deleted(&mut self, instance: &Rc<Instance>) {
        self.withdrawn.insert(address(instance));
    }

    fn without_withdrawn(&self, mut page: Page) -> Page {
        if !self.withdrawn.is_empty() {
            let at = |instance: &WeakInstance| instance.as_ptr().cast::<()>() as usize;
            page.deleted.list.retain(|(instance, ())| !self.withdrawn.contains(&at(instance)));
        }
        page
    }

    /// Everything ends, and nothing will be taken back.
    pub(super) fn clear(&mut self) {
        self.pages.clear();
        self.withdrawn.clear();
    }

    /// The row of an object was inserted.
    pub(super) fn inserted(&mut self, instance: &Rc<Instance>) {
        if let Some(page) = self.pages.last_mut() {
            page.inserted.push(instance, ());
        }
    }

    /// An object with a row was saved, or read.
    pub(super) fn note_to_expire(&mut self, instance: &Rc<Instance>) {
        if let [_, .., page] = self.pages.as_mut_slice() {
            page.to_expire.push(instance, ());
        }
    }

    /// The row of an object was deleted.
    pub(super) fn deleted(&mut self, instance: &Rc<Instance>) {
        self.withdrawn.remove(&address(instance));
        if let Some(page) = self.pages.last_mut() {
            page.deleted.push(instance, ());
        }
    }

    /// An object got another key than this.
    pub(super) fn rekeyed(&mut self, instance: &Rc<Instance>, old: Key) {
        if let Some(page) = self.pages.last_mut() {
            page.rekeyed.push(instance, old);
        }
    }

    /// The row of an object was inserted, and columns of it wait to be read.
    pub(super) fn left_unread(&mut self, instance: &Rc<Instance>) {
        if let Some(page) = self.pages.last_mut() {
            page.unread.push(instance);
        }
    }

    /// Takes out the objects that wait to be read together with one. What a savepoint has read of others than its own
    /// new objects is expired by its rollback: so where it `notes_reads` there are none of others.
    pub(super) fn take_unread(&mut self, instance: &Rc<Instance>, notes_reads: bool) -> Vec<WeakInstance> {
        let pages = if notes_reads { 1 } else { self.pages.len() };
        let mut groups = self.pages.iter_mut().rev().take(pages).map(|page| page.unread.take(instance));
        groups.find(|group| !group.is_empty()).unwrap_or_default()
    }

    /// The objects whose rows were deleted, of every page that isn't taken back. They are forgotten.
    pub(super) fn take_deleted(&mut self) -> Vec<Handle> {
        let deleted = |page: &mut Page| std::mem::replace(&mut page.deleted, Entries::new(Repeats::Rare));
        let pages = self.pages.iter_mut().filter(|page| !page.is_restored);
        pages.flat_map(|page| deleted(page).handles()).collect()
    }
}

/// How many entries there are at least before they are tidied.
const FEW: usize = 256;

/// Whether one object is noted again and again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    Rare,
    Usual,
}

/// Objects in the order in which they were noted, with something about each.
pub(super) struct Entries<T> {
    list: Vec<(WeakInstance, T)>,
    repeats: Repeats,
    /// How long the list may grow before it is tidied: twice what was left of it the last time, so that tidying costs
    /// no more than noting, and entries without use take no more memory than the others.
    limit: usize,
}

impl<T> Entries<T> {
    fn new(repeats: Repeats) -> Self {
        Entries { list: Vec::new(), repeats, limit: FEW }
    }

    fn push(&mut self, instance: &Rc<Instance>, what: T) {
        if self.list.len() >= self.limit {
            self.tidy();
        }
        self.list.push((Rc::downgrade(instance), what));
    }

    fn append(&mut self, mut other: Entries<T>) {
        if self.list.is_empty() {
            *self = other;
            return;
        }
        self.list.append(&mut other.list);
        if self.list.len() >= self.limit {
            self.tidy();
        }
    }

    /// Forgets dead objects, and of what was noted again and again all but the first entry.
    fn tidy(&mut self) {
        steps::in_session(self.list.len());
        self.list.retain(|(instance, _)| instance.strong_count() > 0);
        if self.repeats == Repeats::Usual {
            let mut seen = Addresses::default();
            self.list.retain(|(instance, _)| seen.insert(instance.as_ptr().cast::<()>() as usize));
        }
        self.limit = FEW.max(2 * self.list.len());
    }

    /// The objects that are alive, with what was noted of them. Some may come more than once.
    pub(super) fn alive(&self) -> impl DoubleEndedIterator<Item = (Handle, &T)> {
        steps::in_session(self.list.len());
        self.list.iter().filter_map(|(instance, what)| Some((Handle::new(instance.upgrade()?), what)))
    }

    /// The objects that are alive. Some may come more than once.
    pub(super) fn handles(&self) -> Vec<Handle> {
        self.alive().map(|(instance, _)| instance).collect()
    }
}
