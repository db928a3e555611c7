//! Handles, links and the collector: objects that point at each other are freed when nobody holds them.
//!
//! A [`Handle`] is whatever keeps an object alive from outside: a user's `Obj`, the session's lists, a loader.
//! A [`Link`] stands in a relationship slot. Reference counts alone would keep a parent and its children
//! alive for ever, so the last handle that goes looks whether the object can still be reached: two cheap
//! tests first, then trial deletion (the counts of a group less the links within it) over a bounded number
//! of objects. Larger groups are queued and collected together, at a limit that grows with the work done.
//! The method is that of `CPython`'s cycle collector, started only for objects that can be in a cycle.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::{Rc, Weak};

use super::links::RelSlot;
use super::node::{Mark, NO_SHELTER, Node, address};

/// How many objects a dropped handle looks at before it leaves the rest to the collector.
const BUDGET: usize = 64;
/// How many objects wait at least before the collector starts by itself.
const QUEUE: usize = 1000;

/// Keeps an object alive.
pub struct Handle(Rc<dyn Node>);

impl Handle {
    pub(crate) fn new(node: Rc<dyn Node>) -> Self {
        let handles = &node.core().handles;
        handles.set(handles.get().saturating_add(1));
        Handle(node)
    }

    pub(crate) fn to(node: &Rc<dyn Node>) -> Self {
        Handle::new(Rc::clone(node))
    }
}

impl Deref for Handle {
    type Target = Rc<dyn Node>;

    #[inline]
    fn deref(&self) -> &Rc<dyn Node> {
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
        let core = self.0.core();
        let left = core.handles.get().saturating_sub(1);
        core.handles.set(left);
        // Alone it goes with its count.
        if left == 0 && Rc::strong_count(&self.0) > 1 {
            if core.has(Mark::STAYS) {
                core.unmark(Mark::STAYS);
            } else if has_links(&self.0) {
                // Without links out it couldn't be in a cycle.
                last_handle(&self.0);
            }
        }
    }
}

/// Drops many handles of different objects. One after another, each object of a group would look in vain
/// whether the group can go, because the others are still held: so none of them counts as held from the start.
pub(crate) fn release(handles: impl IntoIterator<Item = Handle>) {
    struct Leaving(std::vec::IntoIter<Handle>);
    impl Leaving {
        fn comes_back(handle: &Handle) {
            let core = handle.core();
            core.unmark(Mark::LEAVING);
            if core.handles.get() > 0 {
                core.unmark(Mark::STAYS); // whoever else holds it has to look for himself
            }
            core.handles.set(core.handles.get().saturating_add(1));
        }
    }
    impl Drop for Leaving {
        /// Only where a user's `Drop` panics is anything left.
        fn drop(&mut self) {
            self.0.as_slice().iter().for_each(Self::comes_back);
        }
    }
    let leave = |handle: Handle| {
        let core = handle.core();
        core.mark(Mark::LEAVING);
        core.handles.set(core.handles.get().saturating_sub(1));
        handle
    };
    let handles: Vec<Handle> = handles.into_iter().map(leave).collect();
    let mut leaving = Leaving(handles.into_iter());
    for handle in leaving.0.by_ref() {
        Leaving::comes_back(&handle);
        drop(handle);
    }
}

/// A place in a relationship slot that points at an object.
pub(crate) struct Link(Option<Rc<dyn Node>>);

impl Link {
    pub(crate) fn to(node: &Rc<dyn Node>) -> Self {
        Link(Some(Rc::clone(node)))
    }

    pub(crate) fn target(&self) -> Option<&Rc<dyn Node>> {
        self.0.as_ref()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(node) = self.0.take() else { return };
        let core = node.core();
        // Whoever linked to it may be the one that sheltered it.
        core.shelter.set(NO_SHELTER);
        if Rc::strong_count(&node) == 1 {
            bury(node);
        } else if core.handles.get() == 0 && !core.has(Mark::VISITED) && !core.has(Mark::LEAVING) {
            enqueue(&node, 1);
        }
    }
}

thread_local! {
    /// Dying objects: dropped one after another, so that a long chain needs no deep stack.
    static GRAVE: RefCell<Vec<Rc<dyn Node>>> = const { RefCell::new(Vec::new()) };
    static BURYING: Cell<bool> = const { Cell::new(false) };
    /// Objects that may be garbage.
    static WAITING: RefCell<Vec<Weak<dyn Node>>> = const { RefCell::new(Vec::new()) };
    /// How many objects wait, those that only the waiting ones lead to included as far as they were seen.
    static WEIGHT: Cell<usize> = const { Cell::new(0) };
    static LIMIT: Cell<usize> = const { Cell::new(QUEUE) };
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Sets a flag for as long as it lives, also when a user's `Drop` panics.
struct Flag(&'static std::thread::LocalKey<Cell<bool>>);

impl Flag {
    fn raise(key: &'static std::thread::LocalKey<Cell<bool>>) -> Option<Self> {
        match key.try_with(|flag| flag.replace(true)) {
            Ok(false) => Some(Flag(key)),
            _ => None,
        }
    }
}

impl Drop for Flag {
    fn drop(&mut self) {
        let _ = self.0.try_with(|flag| flag.set(false));
    }
}

fn bury(node: Rc<dyn Node>) {
    if !has_links(&node) {
        return;
    }
    if GRAVE.try_with(|grave| grave.borrow_mut().push(node)).is_err() {
        return; // the thread is ending
    }
    let Some(_flag) = Flag::raise(&BURYING) else { return };
    while let Ok(Some(node)) = GRAVE.try_with(|grave| grave.borrow_mut().pop()) {
        drop(node); // its links come back to `bury`, which only adds to the grave
    }
}

/// Whether it points at anything.
fn has_links(node: &Rc<dyn Node>) -> bool {
    let core = node.core();
    core.rels.try_borrow().map_or(true, |rels| rels.is_some())
        || core.track.try_borrow().map_or(true, |track| track.as_ref().is_some_and(|track| track.has_links()))
}

#[cold]
fn last_handle(node: &Rc<dyn Node>) {
    if is_sheltered(node) || has_held_child(node) {
        return;
    }
    if !node.core().has(Mark::QUEUED) && try_now(node) {
        return;
    }
    // It reaches more than was looked at: so many objects wait with it at least.
    enqueue(node, BUDGET);
}

/// Whether the object behind the to-one slot that links back to this one is held.
fn is_sheltered(node: &Rc<dyn Node>) -> bool {
    let core = node.core();
    let slot = core.shelter.get();
    slot != NO_SHELTER
        && core.rels.try_borrow().is_ok_and(|rels| {
            matches!(rels.as_deref().and_then(|rels| rels.get(usize::from(slot))),
                Some(RelSlot::One(Some(link))) if link.target().is_some_and(|to| to.core().handles.get() > 0))
        })
}

/// Whether one of the first neighbours is held and points at this one.
fn has_held_child(node: &Rc<dyn Node>) -> bool {
    let Ok(rels) = node.core().rels.try_borrow() else { return true };
    let mut left = BUDGET;
    for slot in rels.iter().flat_map(|rels| rels.iter()) {
        let RelSlot::Many(links) = slot else { continue };
        for child in links.iter() {
            if left == 0 {
                return false;
            }
            left -= 1;
            let core = child.core();
            let slot = usize::from(core.shelter.get());
            if core.handles.get() > 0
                && core.rels.try_borrow().is_ok_and(|rels| {
                    matches!(rels.as_deref().and_then(|rels| rels.get(slot)),
                        Some(RelSlot::One(Some(link)))
                            if link.target().is_some_and(|to| address(to) == address(node)))
                })
            {
                return true;
            }
        }
    }
    false
}

/// Trial deletion of a small group, at once.
fn try_now(node: &Rc<dyn Node>) -> bool {
    let Some(_flag) = Flag::raise(&COLLECTING) else { return false };
    let core = node.core();
    core.mark(Mark::VISITED);
    // Not counted: the handle that is being dropped, and the collector's own.
    core.gc.set(count(node).saturating_sub(1));
    scan(vec![Rc::clone(node)], BUDGET).is_some()
}

/// How many references there are, without that of a handle that is about to be dropped.
fn count(node: &Rc<dyn Node>) -> u32 {
    let count = u32::try_from(Rc::strong_count(node)).unwrap_or(u32::MAX);
    if node.core().has(Mark::LEAVING) { count.saturating_sub(1) } else { count }
}

/// Lets an object wait for the collector, which starts when enough wait. `weight` says how many wait with it.
fn enqueue(node: &Rc<dyn Node>, weight: usize) {
    if node.core().has(Mark::QUEUED) || !has_links(node) {
        return;
    }
    node.core().mark(Mark::QUEUED);
    if WAITING.try_with(|waiting| waiting.borrow_mut().push(Rc::downgrade(node))).is_err() {
        return; // the thread is ending
    }
    let total = WEIGHT.try_with(|total| {
        total.set(total.get().saturating_add(weight));
        total.get()
    });
    if total.unwrap_or(0) >= LIMIT.try_with(Cell::get).unwrap_or(usize::MAX)
        && !BURYING.try_with(Cell::get).unwrap_or(true)
    {
        // Whoever calls still holds the object, and is about to let go of it.
        let core = node.core();
        let leaves = !core.has(Mark::LEAVING);
        if leaves {
            core.mark(Mark::LEAVING);
        }
        collect();
        if leaves {
            core.unmark(Mark::LEAVING);
            core.unmark(Mark::STAYS);
        }
    }
}

/// Frees the groups of objects that nobody holds any more. Runs by itself at commit, rollback and close, and
/// whenever enough objects wait.
///
/// ```
/// orm_core::collect();
/// ```
pub fn collect() {
    let Some(_flag) = Flag::raise(&COLLECTING) else { return };
    let _ = WEIGHT.try_with(|total| total.set(0));
    let waiting = WAITING.try_with(|waiting| std::mem::take(&mut *waiting.borrow_mut())).unwrap_or_default();
    let mut roots = Vec::new();
    for node in waiting {
        let Some(node) = node.upgrade() else { continue };
        let core = node.core();
        core.unmark(Mark::QUEUED);
        if core.handles.get() == 0 && !core.has(Mark::VISITED) {
            core.mark(Mark::VISITED);
            core.gc.set(count(&node).saturating_sub(1));
            roots.push(node);
        }
    }
    // What was looked at in vain has to be paid for by as much waiting before the next time.
    let live = if roots.is_empty() { 0 } else { scan(roots, usize::MAX).unwrap_or(0) };
    let _ = LIMIT.try_with(|limit| limit.set(live.max(QUEUE)));
}

/// Runs `f` for everything that an object points at; `false` if it can't be looked at now.
fn each(node: &dyn Node, mut f: impl FnMut(&Rc<dyn Node>)) -> bool {
    let core = node.core();
    let (Ok(rels), Ok(track)) = (core.rels.try_borrow(), core.track.try_borrow()) else { return false };
    for slot in rels.iter().flat_map(|rels| rels.iter()) {
        match slot {
            RelSlot::Unloaded | RelSlot::One(None) => {}
            RelSlot::One(Some(link)) => link.target().into_iter().for_each(&mut f),
            RelSlot::Many(links) => links.iter().for_each(&mut f),
        }
    }
    if let Some(track) = track.as_deref() {
        track.links().filter_map(Link::target).for_each(&mut f);
    }
    true
}

/// Looks at everything that the roots reach, subtracts the links within from the counts, and cuts the links
/// of what is left at zero and isn't reached from the rest. The roots have their mark and their count.
/// `None` where the budget ran out; else how many of the objects that were looked at live on.
fn scan(mut list: Vec<Rc<dyn Node>>, budget: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(node) = list.get(at).cloned() {
        let mut over = false;
        let seen = each(&*node, |to| {
            let core = to.core();
            if over {
                return;
            }
            if !core.has(Mark::VISITED) {
                if list.len() >= budget {
                    over = true;
                    return;
                }
                core.mark(Mark::VISITED);
                core.gc.set(count(to));
                list.push(Rc::clone(to));
            }
            core.gc.set(core.gc.get().saturating_sub(1));
        });

        if over || !seen {
            for node in &list {
                node.core().unmark(Mark::VISITED);
            }
            return None;
        }
        at += 1;
    }
    let mut reached: Vec<Rc<dyn Node>> = Vec::new();
    for node in &list {
        let core = node.core();
        if core.gc.get() > 0 && !core.has(Mark::LIVE) {
            core.mark(Mark::LIVE);
            reached.push(Rc::clone(node));
        }
    }
    while let Some(node) = reached.pop() {
        each(&*node, |to| {
            if !to.core().has(Mark::LIVE) {
                to.core().mark(Mark::LIVE);
                reached.push(Rc::clone(to));
            }
        });
    }
    let mut bin = Vec::new();
    for node in &list {
        let core = node.core();
        if !core.has(Mark::LIVE)
            && let (Ok(mut rels), Ok(mut track)) = (core.rels.try_borrow_mut(), core.track.try_borrow_mut())
        {
            bin.push((rels.take(), track.take()));
        }
    }
    drop(bin); // while the marks are set: nothing of it is queued again
    let mut live = 0;
    for node in &list {
        let core = node.core();
        if core.has(Mark::LIVE) {
            live += 1;
            if core.has(Mark::LEAVING) {
                core.mark(Mark::STAYS);
            }
        }
        core.unmark(Mark::VISITED);
        core.unmark(Mark::LIVE);
    }
    Some(live)
}
