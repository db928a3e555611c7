//! Handles and links: objects that point at each other are freed when nobody holds them.
//!
//! A [`Handle`] is whatever keeps an object alive from outside: a user's `Obj`, the session's lists, a loader.
//! A [`Link`] stands in a relationship slot. Reference counts alone would keep a parent and its children
//! alive for ever, so the last handle that goes looks whether the object can still be reached: two cheap
//! tests first, then trial deletion (the counts of a group less the links within it) over a bounded number
//! of objects. Larger groups wait for the collector.

use crate::state::memory::collector::{Flag, enqueue, try_now};
use crate::state::memory::header::NO_BACKLINK;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::links::LinkSlot;
use crate::state::memory::mark::Mark;
use std::borrow::Borrow;
use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;

/// How many objects a dropped handle looks at before it leaves the rest to the collector.
pub(super) const BUDGET: usize = 64;

/// Keeps an object alive.
pub struct Handle(Rc<Instance>);

impl Handle {
    pub(crate) fn new(instance: Rc<Instance>) -> Self {
        let handles = &instance.header().handles;
        handles.set(handles.get().saturating_add(1));
        Handle(instance)
    }

    pub(crate) fn to(instance: &Rc<Instance>) -> Self {
        Handle::new(Rc::clone(instance))
    }
}

impl Deref for Handle {
    type Target = Rc<Instance>;

    #[inline]
    fn deref(&self) -> &Rc<Instance> {
        &self.0
    }
}

impl Clone for Handle {
    fn clone(&self) -> Self {
        Handle::to(&self.0)
    }
}

impl PartialEq for Handle {
    /// The same object.
    fn eq(&self, other: &Self) -> bool {
        address(&self.0) == address(&other.0)
    }
}

impl Eq for Handle {}

impl Drop for Handle {
    #[inline]
    fn drop(&mut self) {
        let header = self.0.header();
        let left = header.handles.get().saturating_sub(1);
        header.handles.set(left);
        // Alone it goes with its count.
        if left == 0 && Rc::strong_count(&self.0) > 1 {
            if header.has(Mark::SURVIVED) {
                header.unmark(Mark::SURVIVED);
            } else if has_links(&self.0) {
                // Without links out it couldn't be in a cycle.
                last_handle(&self.0);
            }
        }
    }
}

/// Handles of different objects that go together. Dropped one after another, each object of a group would look
/// in vain whether the group can go, because the others are still held: so none of them counts as held from the
/// moment it leaves. `stays` is told of each that something else keeps alive, also where a user's code panics.
pub(crate) struct HandleBatch<T: Borrow<Handle>, F: FnMut(&T)> {
    items: std::vec::IntoIter<T>,
    stays: F,
    /// How many of them, from the first on, have left.
    left: usize,
    /// The first of them came back: it is being looked at.
    is_back: bool,
}

impl<T: Borrow<Handle>, F: FnMut(&T)> HandleBatch<T, F> {
    pub(crate) fn of(items: Vec<T>, stays: F) -> Self {
        HandleBatch { items: items.into_iter(), stays, left: 0, is_back: false }
    }

    /// Runs `f` with each, which leaves then.
    pub(crate) fn each(&mut self, mut f: impl FnMut(&T)) {
        while let Some(item) = self.items.as_slice().get(self.left) {
            f(item);
            let header = item.borrow().header();
            header.mark(Mark::IN_BATCH);
            header.handles.set(header.handles.get().saturating_sub(1));
            self.left += 1;
        }
    }

    /// Drops them.
    pub(crate) fn go(mut self) {
        while let Some(item) = self.items.as_slice().first() {
            let handle: &Handle = item.borrow();
            if self.left > 0 {
                self.is_back = true;
                comes_back(handle);
            }
            let header = handle.header();
            let is_last = header.handles.get() == 1;
            if is_last && Rc::strong_count(handle) > 1 {
                let known = header.has(Mark::SURVIVED);
                header.unmark(Mark::SURVIVED);
                if !known && has_links(handle) {
                    last_handle(handle);
                }
            }
            if Rc::strong_count(handle) > 1 {
                (self.stays)(item);
                if is_last {
                    header.mark(Mark::SURVIVED); // it was looked at just now
                }
            }
            self.left = self.left.saturating_sub(1);
            self.is_back = false;
            drop(self.items.next());
        }
    }
}

fn comes_back(handle: &Handle) {
    let header = handle.header();
    header.unmark(Mark::IN_BATCH);
    if header.handles.get() > 0 {
        header.unmark(Mark::SURVIVED); // whoever else holds it has to look for himself
    }
    header.handles.set(header.handles.get().saturating_add(1));
}

impl<T: Borrow<Handle>, F: FnMut(&T)> Drop for HandleBatch<T, F> {
    /// Only where a user's code panics is anything left.
    fn drop(&mut self) {
        let rest = self.items.as_slice();
        let away = rest.iter().take(self.left).skip(usize::from(self.is_back));
        away.for_each(|item| comes_back(item.borrow()));
        rest.iter().filter(|item| Rc::strong_count((*item).borrow()) > 1).for_each(&mut self.stays);
    }
}

/// Drops many handles of different objects.
pub(crate) fn release<T: Borrow<Handle>>(handles: Vec<T>) {
    let mut leaving = HandleBatch::of(handles, |_| ());
    leaving.each(|_| ());
    leaving.go();
}

/// A place in a relationship slot that points at an object.
pub(crate) struct Link(Option<Rc<Instance>>);

impl Link {
    pub(crate) fn to(instance: &Rc<Instance>) -> Self {
        Link(Some(Rc::clone(instance)))
    }

    pub(crate) fn target(&self) -> Option<&Rc<Instance>> {
        self.0.as_ref()
    }

    /// Whether it is to that object.
    pub(crate) fn leads_to(&self, instance: &Rc<Instance>) -> bool {
        self.target().is_some_and(|to| address(to) == address(instance))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(instance) = self.0.take() else { return };
        let header = instance.header();
        // Whoever linked to it may be the one that sheltered it.
        header.backlink_slot.set(NO_BACKLINK);
        if Rc::strong_count(&instance) == 1 {
            bury(instance);
        } else if header.has(Mark::IN_BATCH) {
            header.unmark(Mark::SURVIVED); // perhaps it was this link that kept it: its turn to be looked at comes
        } else if header.handles.get() == 0 && !header.has(Mark::VISITED) {
            enqueue(&instance, 1);
        }
    }
}

thread_local! {
    /// Dying objects: dropped one after another, so that a long chain needs no deep stack.
    static GRAVE: RefCell<Vec<Rc<Instance>>> = const { RefCell::new(Vec::new()) };
    static BURYING: Cell<bool> = const { Cell::new(false) };
}

/// Whether dying objects are being dropped: nothing is collected then.
pub(super) fn is_burying() -> bool {
    BURYING.try_with(Cell::get).unwrap_or(true)
}

fn bury(instance: Rc<Instance>) {
    if !has_links(&instance) {
        return;
    }
    if GRAVE.try_with(|grave| grave.borrow_mut().push(instance)).is_err() {
        return; // the thread is ending
    }
    let Some(_flag) = Flag::raise(&BURYING) else { return };
    while let Ok(Some(instance)) = GRAVE.try_with(|grave| grave.borrow_mut().pop()) {
        drop(instance); // its links come back to `bury`, which only adds to the grave
    }
}

/// Whether it points at anything.
pub(super) fn has_links(instance: &Rc<Instance>) -> bool {
    let header = instance.header();
    header.has(Mark::RELATED)
        || header
            .changes
            .try_borrow()
            .map_or(true, |changes| changes.as_ref().is_some_and(|changes| changes.has_links()))
}

#[cold]
fn last_handle(instance: &Rc<Instance>) {
    if is_held_by_backlink(instance) || has_held_child(instance) {
        return;
    }
    if !instance.header().has(Mark::QUEUED) && try_now(instance) {
        return;
    }
    // It reaches more than was looked at: so many objects wait with it at least.
    enqueue(instance, BUDGET);
}

/// Whether the object behind the to-one slot that links back to this one is held.
fn is_held_by_backlink(instance: &Rc<Instance>) -> bool {
    let header = instance.header();
    let slot = header.backlink_slot.get();
    slot != NO_BACKLINK
        && instance.relations().try_borrow().is_ok_and(|slots| {
            let one = slots.get(usize::from(slot)).and_then(LinkSlot::one);
            one.is_some_and(|to| to.header().handles.get() > 0)
        })
}

/// Whether one of the first neighbours is held and points at this one.
fn has_held_child(instance: &Rc<Instance>) -> bool {
    let Ok(slots) = instance.relations().try_borrow() else { return true };
    let mut left = BUDGET;
    for links in slots.iter().filter_map(LinkSlot::many) {
        for child in links.iter() {
            if left == 0 {
                return false;
            }
            left -= 1;
            let header = child.header();
            let slot = usize::from(header.backlink_slot.get());
            if header.handles.get() > 0
                && child
                    .relations()
                    .try_borrow()
                    .is_ok_and(|slots| slots.get(slot).is_some_and(|slot| slot.leads_to(instance)))
            {
                return true;
            }
        }
    }
    false
}
