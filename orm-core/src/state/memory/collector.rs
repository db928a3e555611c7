//! The collector: trial deletion of objects that only each other's links keep.
//!
//! The counts of a group less the links within it say who is held from outside; what isn't held, nor reached
//! from what is, goes. Small groups are looked at at once; larger ones wait and are looked at together, at a
//! limit that grows with what was looked at in vain. The method is that of `CPython`'s cycle collector, started
//! only for objects that can be in a cycle.

use crate::state::memory::handle::{BUDGET, Link, has_links, is_burying};
use crate::state::memory::header::Header;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// How many objects wait at least before the collector starts by itself.
const QUEUE: usize = 1000;

thread_local! {
    /// Objects that may be garbage.
    static WAITING: RefCell<Vec<Weak<Instance>>> = const { RefCell::new(Vec::new()) };
    /// How many objects wait, those that only the waiting ones lead to included as far as they were seen.
    static WEIGHT: Cell<usize> = const { Cell::new(0) };
    static LIMIT: Cell<usize> = const { Cell::new(QUEUE) };
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Sets a flag for as long as it lives, also when a user's `Drop` panics.
pub(super) struct Flag(&'static std::thread::LocalKey<Cell<bool>>);

impl Flag {
    pub(super) fn raise(key: &'static std::thread::LocalKey<Cell<bool>>) -> Option<Self> {
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

/// Trial deletion of a small group, at once.
pub(super) fn try_now(instance: &Rc<Instance>) -> bool {
    let Some(_flag) = Flag::raise(&COLLECTING) else { return false };
    let header = instance.header();
    header.mark(Mark::VISITED);
    // Not counted: the handle that is being dropped, and the collector's own.
    header.gc.set(count(instance).saturating_sub(1));
    scan(vec![Rc::clone(instance)], BUDGET).is_some()
}

/// How many references there are, without that of a handle that is about to be dropped.
fn count(instance: &Rc<Instance>) -> u32 {
    let count = u32::try_from(Rc::strong_count(instance)).unwrap_or(u32::MAX);
    if instance.header().has(Mark::IN_BATCH) { count.saturating_sub(1) } else { count }
}

/// Lets an object wait for the collector, which starts when enough wait. `weight` says how many wait with it.
pub(super) fn enqueue(instance: &Rc<Instance>, weight: usize) {
    if instance.header().has(Mark::QUEUED) || !has_links(instance) {
        return;
    }
    instance.header().mark(Mark::QUEUED);
    if WAITING.try_with(|waiting| waiting.borrow_mut().push(Rc::downgrade(instance))).is_err() {
        return; // the thread is ending
    }
    let total = WEIGHT.try_with(|total| {
        total.set(total.get().saturating_add(weight));
        total.get()
    });
    if total.unwrap_or(0) >= LIMIT.try_with(Cell::get).unwrap_or(usize::MAX) && !is_burying() {
        // Whoever calls still holds the object, and is about to let go of it.
        let header = instance.header();
        let _about_to_go = (!header.has(Mark::IN_BATCH)).then(|| AboutToGo::mark(header));
        collect();
    }
}

/// Marks an object as leaving for as long as it lives.
struct AboutToGo<'a>(&'a Header);

impl<'a> AboutToGo<'a> {
    fn mark(header: &'a Header) -> Self {
        header.mark(Mark::IN_BATCH);
        AboutToGo(header)
    }
}

impl Drop for AboutToGo<'_> {
    fn drop(&mut self) {
        self.0.unmark(Mark::IN_BATCH);
        self.0.unmark(Mark::SURVIVED);
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
    for instance in &waiting {
        let Some(instance) = instance.upgrade() else { continue };
        let header = instance.header();
        header.unmark(Mark::QUEUED);
        if header.handles.get() == 0 && !header.has(Mark::VISITED) {
            header.mark(Mark::VISITED);
            header.gc.set(count(&instance).saturating_sub(1));
            roots.push(instance);
        }
    }
    let stay = if roots.is_empty() { Some(0) } else { scan(roots, usize::MAX) };
    let Some(stay) = stay else {
        wait_again(waiting);
        return;
    };
    // Looking at what stays is paid for by what is let go of until the next time.
    let _ = LIMIT.try_with(|limit| limit.set(stay.max(QUEUE)));
}

/// An object was just being changed, so that nothing could be collected: the next time, then.
fn wait_again(mut waiting: Vec<Weak<Instance>>) {
    waiting.retain(|instance| {
        let alive = instance.upgrade();
        alive.inspect(|alive| alive.header().mark(Mark::QUEUED)).is_some()
    });
    let _ = WEIGHT.try_with(|total| total.set(waiting.len()));
    let _ = WAITING.try_with(|queue| queue.borrow_mut().append(&mut waiting));
}

/// Runs `f` for everything that an object points at; `false` if it can't be looked at now.
fn each(instance: &Instance, mut f: impl FnMut(&Rc<Instance>)) -> bool {
    let (Ok(slots), Ok(changes)) =
        (instance.relations().try_borrow(), instance.header().changes.try_borrow())
    else {
        return false;
    };
    for slot in slots.iter() {
        slot.targets().for_each(&mut f);
    }
    if let Some(changes) = changes.as_deref() {
        changes.links().filter_map(Link::target).for_each(&mut f);
    }
    true
}

/// Looks at everything that the roots reach, subtracts the links within from the counts, and cuts the links
/// of what is left at zero and isn't reached from the rest. The roots have their mark and their count.
/// `None` where the budget ran out, or an object is being changed; else how many of the objects stay.
fn scan(roots: Vec<Rc<Instance>>, budget: usize) -> Option<usize> {
    let mut seen = Seen(roots);
    let list = &mut seen.0;
    let mut at = 0;
    while let Some(instance) = list.get(at).cloned() {
        let mut over = false;
        let whole = each(&instance, |to| {
            let header = to.header();
            if over {
                return;
            }
            if !header.has(Mark::VISITED) {
                if list.len() >= budget {
                    over = true;
                    return;
                }
                header.mark(Mark::VISITED);
                header.gc.set(count(to));
                list.push(Rc::clone(to));
            }
            header.gc.set(header.gc.get().saturating_sub(1));
        });
        if over || !whole {
            return None;
        }
        at += 1;
    }
    let mut reached: Vec<Rc<Instance>> = Vec::new();
    for instance in &*list {
        let header = instance.header();
        if header.gc.get() > 0 && !header.has(Mark::LIVE) {
            header.mark(Mark::LIVE);
            reached.push(Rc::clone(instance));
        }
    }
    while let Some(instance) = reached.pop() {
        each(&*instance, |to| {
            if !to.header().has(Mark::LIVE) {
                to.header().mark(Mark::LIVE);
                reached.push(Rc::clone(to));
            }
        });
    }
    let (mut bin, mut tracks, mut gone) = (Vec::new(), Vec::new(), 0);
    for instance in &*list {
        let header = instance.header();
        if !header.has(Mark::LIVE)
            && let (Ok(mut slots), Ok(mut changes)) =
                (instance.relations().try_borrow_mut(), header.changes.try_borrow_mut())
        {
            bin.extend(slots.iter_mut().map(std::mem::take));
            tracks.extend(changes.take());
            header.unmark(Mark::RELATED);
            gone += 1;
        }
    }
    let stay = list.len() - gone;
    drop((bin, tracks)); // while the marks are set: nothing of it is queued again
    Some(stay)
}

/// What the collector has come by. The marks go with it, also where a user's `Drop` panics.
struct Seen(Vec<Rc<Instance>>);

impl Drop for Seen {
    fn drop(&mut self) {
        for instance in &self.0 {
            let header = instance.header();
            if header.has(Mark::LIVE) && header.has(Mark::IN_BATCH) {
                header.mark(Mark::SURVIVED);
            }
            header.unmark(Mark::VISITED);
            header.unmark(Mark::LIVE);
        }
    }
}
