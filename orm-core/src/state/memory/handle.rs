//! Handles and links: objects that point at each other are freed when nobody holds them.
//!
//! A [`Handle`] is whatever keeps an object alive from outside: a user's `Obj`, the session's lists, a loader.
//! A [`Link`] stands in a relationship slot. Reference counts alone would keep a parent and its children
//! alive for ever, so when the last handle of an object goes it is looked whether it can still be reached: two cheap
//! tests first, then trial deletion (the counts of a group less the links within it) over a bounded number
//! of objects. Larger groups wait for the collector.
//!
//! What was found to be reachable gets the mark `SURVIVED`, and who was found to keep it, by a handle, loses that
//! mark. So of all handles only those are looked at when they go that something relies on: reading objects, which
//! makes and drops handles, costs nothing. Every object can be reached from one that is held without the mark, or
//! from one that waits for the collector.

use crate::declare::LinkSlotId;
use crate::state::memory::collector::{Flag, enqueue, note_link, try_now};
use crate::state::memory::header::NO_BACKLINK;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::links::LinkSlot;
use crate::state::memory::mark::Mark;
use crate::state::memory::ordered::Ordered;
use crate::state::memory::rare::Rare;
use crate::state::memory::steps;
use std::cell::{Cell, RefCell};
use std::ops::{ControlFlow, Deref};
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
            look_at(&self.0);
        }
    }
}

/// Looks whether an object whose last handle is about to go can be reached without it.
#[inline]
pub(super) fn look_at(instance: &Rc<Instance>) {
    // Without links out it couldn't be in a cycle.
    if !instance.header().has(Mark::SURVIVED) && has_links(instance) {
        last_handle(instance);
    }
}

/// A place in a relationship slot that points at an object.
pub(crate) struct Link(Option<Rc<Instance>>);

impl Link {
    pub(crate) fn to(instance: &Rc<Instance>) -> Self {
        note_link();
        Link(Some(Rc::clone(instance)))
    }

    pub(crate) fn target(&self) -> Option<&Rc<Instance>> {
        self.0.as_ref()
    }

    /// The address of that object.
    pub(crate) fn address(&self) -> usize {
        self.target().map_or(0, address)
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
        // Whoever linked to it may be the one that keeps it.
        header.set_backlink_slot(NO_BACKLINK);
        header.unmark(Mark::SURVIVED);
        if Rc::strong_count(&instance) == 1 {
            bury(instance);
        } else if header.handles.get() == 0 && !header.has(Mark::IN_BATCH) && !header.has(Mark::VISITED) {
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
            .rare()
            .is_some_and(|rare| rare.changes.try_borrow().map_or(true, |changes| changes.has_links()))
}

#[cold]
fn last_handle(instance: &Rc<Instance>) {
    let header = instance.header();
    if header.has(Mark::QUEUED) {
        return;
    }
    if is_held_by_backlink(instance) || has_held_child(instance) {
        header.mark(Mark::SURVIVED);
    } else if !try_now(instance) {
        // It reaches more than was looked at: so many objects wait with it at least.
        enqueue(instance, BUDGET);
    }
}

/// An object that is held links to another from now on: whoever drops the other one's handles needn't look, because
/// it can be reached as long as the first one is held.
#[inline]
pub(crate) fn keeps(instance: &Rc<Instance>, item: &Rc<Instance>) {
    if !Rc::ptr_eq(instance, item) && relies_on(instance) {
        item.header().mark(Mark::SURVIVED);
    }
}

/// Something relies on the handles of an object, if there are any. Says whether there are.
fn relies_on(instance: &Rc<Instance>) -> bool {
    let header = instance.header();
    let is_held = header.handles.get() > 0;
    if is_held {
        header.unmark(Mark::SURVIVED);
    }
    is_held
}

/// Whether the object behind the to-one slot that links back to this one is held.
fn is_held_by_backlink(instance: &Rc<Instance>) -> bool {
    let header = instance.header();
    let slot = header.backlink_slot();
    slot != NO_BACKLINK
        && instance.header().rare().is_some_and(|rare| {
            let place = LinkSlotId::new(u16::from(slot));
            let slots = rare.slots.try_borrow();
            slots.is_ok_and(|slots| slots.get(place).and_then(LinkSlot::one).is_some_and(relies_on))
        })
}

/// Whether one of the first neighbours is held and points at this one.
fn has_held_child(instance: &Rc<Instance>) -> bool {
    let Some(Ok(slots)) = instance.header().rare().map(|rare| rare.slots.try_borrow()) else { return false };
    let mut looked = 0;
    let children = slots.iter().filter_map(LinkSlot::many).flat_map(Ordered::links).filter_map(Link::target);
    let found = children.take(BUDGET).any(|child| {
        looked += 1;
        let place = LinkSlotId::new(u16::from(child.header().backlink_slot()));
        let links_back = |rare: &Rare| {
            let slots = rare.slots.try_borrow();
            slots.is_ok_and(|slots| slots.get(place).is_some_and(|slot| slot.leads_to(instance)))
        };
        child.header().handles.get() > 0 && child.header().rare().is_some_and(links_back) && relies_on(child)
    });
    steps::in_collector(looked);
    found
}

/// Runs `f` for everything that an object points at, until it says stop. Says whether all was looked at: an object
/// that is being changed can't be.
pub(super) fn each(instance: &Instance, mut f: impl FnMut(&Rc<Instance>) -> ControlFlow<()>) -> bool {
    let Some(rare) = instance.header().rare() else { return true };
    let (Ok(slots), Ok(changes)) = (rare.slots.try_borrow(), rare.changes.try_borrow()) else { return false };
    for slot in slots.iter() {
        if !all_of(slot.link(), &mut f) {
            return false;
        }
        if let Some(items) = slot.many()
            && !(all_of(items.links(), &mut f) && all_of(items.went(), &mut f))
        {
            return false;
        }
    }
    all_of(changes.links(), &mut f)
}

/// Runs `f` for the targets of some links, until it says stop. Says whether it didn't.
#[inline]
fn all_of<'a>(
    links: impl IntoIterator<Item = &'a Link>,
    f: &mut impl FnMut(&Rc<Instance>) -> ControlFlow<()>,
) -> bool {
    for link in links {
        if let Some(target) = link.target()
            && f(target).is_break()
        {
            return false;
        }
    }
    true
}
