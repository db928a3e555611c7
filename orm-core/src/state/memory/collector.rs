//! The collector: trial deletion of objects that only each other's links keep.
//!
//! The counts of a group less the links within it say who is held from outside; what isn't held, nor reached
//! from what is, goes. Small groups are looked at at once; larger ones wait and are looked at together. The method is
//! that of `CPython`'s cycle collector, started only for objects that can be in a cycle.
//!
//! How much may be looked at is earned ([`Account`]): by the links that are made and by what waits. So the
//! collector's work is proportional to what was changed, in whatever order things happen, and what is garbage never
//! grows beyond a constant share of what was made.

use crate::state::memory::handle::{BUDGET, each, has_links, is_burying};
use crate::state::memory::header::Header;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::steps;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::{Rc, Weak};

/// How many objects wait at least before the collector starts by itself.
const QUEUE: usize = 1000;

/// How many steps the collector may take for each link that is made. For each object that waits it may take one.
const SHARE: usize = 4;

/// How many steps it may take whenever a transaction ends, though nothing is earned.
const FREE: usize = 256;

/// How many links a dropped handle looks at.
const LINKS: usize = 1024;

thread_local! {
    /// Objects that may be garbage.
    static WAITING: RefCell<Vec<Weak<Instance>>> = const { RefCell::new(Vec::new()) };
    static ACCOUNT: Account = const { Account::new() };
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// What the collector may spend. One step is an object or a link that is looked at.
struct Account {
    /// How many links were made since it last got through.
    made: Cell<usize>,
    /// How many objects wait, those that only the waiting ones lead to included as far as they were seen.
    waiting: Cell<usize>,
    /// How many steps it took since it last got through.
    spent: Cell<usize>,
    /// How much must be earned in all before it tries again. Where it ran out of steps that is twice as much as last
    /// time: so it gets through in the end, and what it took in vain is less than what it takes then.
    due: Cell<usize>,
}

impl Account {
    const fn new() -> Self {
        Account { made: Cell::new(0), waiting: Cell::new(0), spent: Cell::new(0), due: Cell::new(0) }
    }

    fn earned(&self) -> usize {
        self.made.get().saturating_mul(SHARE).saturating_add(self.waiting.get())
    }

    /// How many steps it may take now.
    fn credit(&self) -> usize {
        self.earned().saturating_sub(self.spent.get())
    }

    fn is_due(&self) -> bool {
        self.earned() >= self.due.get()
    }

    /// It got through.
    fn settle(&self) {
        self.made.set(0);
        self.waiting.set(0);
        self.spent.set(0);
        self.due.set(0);
    }

    /// It didn't.
    fn charge(&self, steps: usize, stop: Stop) {
        let earned = self.earned();
        self.spent.set(self.spent.get().saturating_add(steps).min(earned));
        self.due.set(match stop {
            Stop::Budget => earned.saturating_mul(2),
            Stop::Busy => earned.saturating_add(steps),
        });
    }
}

/// Why the collector didn't get through.
#[derive(Clone, Copy)]
enum Stop {
    /// There is more to look at than it may.
    Budget,
    /// An object is being changed.
    Busy,
}

/// A link was made.
#[inline]
pub(super) fn note_link() {
    let _ = ACCOUNT.try_with(|account| account.made.set(account.made.get().wrapping_add(1)));
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

/// Trial deletion of a small group, at once. Says whether it was small enough.
pub(super) fn try_now(instance: &Rc<Instance>) -> bool {
    let Some(_flag) = Flag::raise(&COLLECTING) else { return false };
    let header = instance.header();
    header.mark(Mark::VISITED);
    // Not counted: the handle that is being dropped, and the collector's own.
    header.gc.set(count(instance).saturating_sub(1));
    scan(vec![Rc::clone(instance)], Limit { objects: BUDGET, steps: LINKS }).is_ok()
}

/// How many references there are, without that of a handle that is about to be dropped.
fn count(instance: &Rc<Instance>) -> u32 {
    let count = u32::try_from(Rc::strong_count(instance)).unwrap_or(u32::MAX);
    if instance.header().has(Mark::IN_BATCH) { count.saturating_sub(1) } else { count }
}

/// Lets an object wait for the collector, which starts when enough wait. `weight` says how many wait with it.
pub(super) fn enqueue(instance: &Rc<Instance>, weight: usize) {
    let header = instance.header();
    if header.has(Mark::QUEUED) || !has_links(instance) {
        return;
    }
    header.mark(Mark::QUEUED);
    if WAITING.try_with(|waiting| waiting.borrow_mut().push(Rc::downgrade(instance))).is_err() {
        return; // the thread is ending
    }
    let credit = ACCOUNT.try_with(|account| {
        account.waiting.set(account.waiting.get().saturating_add(weight));
        (account.waiting.get() >= QUEUE && account.is_due()).then(|| account.credit())
    });
    if let Ok(Some(credit)) = credit
        && !is_burying()
    {
        // Whoever calls still holds the object, and is about to let go of it.
        let _about_to_go = (!header.has(Mark::IN_BATCH)).then(|| AboutToGo::mark(header));
        run(credit);
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
    }
}

/// Frees every group of objects that nobody holds any more. This runs by itself at the end of a transaction and
/// whenever enough objects wait, if enough was changed since the last time; called by hand it always does.
///
/// ```
/// orm_core::collect();
/// ```
pub fn collect() {
    run(usize::MAX);
}

/// Collects at the end of a transaction, if enough was changed for it.
pub(crate) fn collect_if_due() {
    let credit = ACCOUNT.try_with(|account| account.is_due().then(|| account.credit().saturating_add(FREE)));
    if let Ok(Some(credit)) = credit {
        run(credit);
    }
}

/// Looks at everything that waits, as far as that many steps go.
fn run(steps: usize) {
    let Some(_flag) = Flag::raise(&COLLECTING) else { return };
    let mut waiting =
        WAITING.try_with(|waiting| std::mem::take(&mut *waiting.borrow_mut())).unwrap_or_default();
    let mut roots = Vec::with_capacity(waiting.len());
    waiting.retain(|instance| {
        let Some(instance) = instance.upgrade() else { return false };
        let header = instance.header();
        if header.handles.get() > 0 {
            // It is looked at when its last handle goes.
            header.unmark(Mark::QUEUED);
            header.unmark(Mark::SURVIVED);
            return false;
        }
        header.mark(Mark::VISITED);
        header.gc.set(count(&instance).saturating_sub(1));
        roots.push(instance);
        true
    });
    let done = if roots.is_empty() { Ok(()) } else { scan(roots, Limit { objects: usize::MAX, steps }) };
    let _ = ACCOUNT.try_with(|account| match done {
        Ok(()) => {
            let all = waiting.drain(..).filter_map(|instance| instance.upgrade());
            all.for_each(|instance| instance.header().unmark(Mark::QUEUED));
            account.settle();
        }
        Err((steps, stop)) => account.charge(steps, stop),
    });
    if !waiting.is_empty() {
        let _ = WAITING.try_with(|queue| queue.borrow_mut().append(&mut waiting));
    }
}

/// How far a scan goes.
struct Limit {
    objects: usize,
    steps: usize,
}

/// Looks at everything that the roots reach, subtracts the links within from the counts, and cuts the links
/// of what is left at zero and isn't reached from the rest. The roots have their mark and their count.
///
/// # Errors
/// Where it didn't get through: how many steps were taken, and why.
fn scan(roots: Vec<Rc<Instance>>, limit: Limit) -> Result<(), (usize, Stop)> {
    let mut seen = Seen(roots);
    let list = &mut seen.0;
    let mut taken = list.len();
    let mut at = 0;
    while let Some(instance) = list.get(at).cloned() {
        let mut over = false;
        let whole = each(&instance, |to| {
            let header = to.header();
            let is_new = !header.has(Mark::VISITED);
            taken += 1;
            over = taken > limit.steps || (is_new && list.len() >= limit.objects);
            if over {
                return ControlFlow::Break(());
            }
            if is_new {
                header.mark(Mark::VISITED);
                header.gc.set(count(to));
                list.push(Rc::clone(to));
            }
            header.gc.set(header.gc.get().saturating_sub(1));
            ControlFlow::Continue(())
        });
        if !whole {
            steps::in_collector(taken);
            return Err((taken, if over { Stop::Budget } else { Stop::Busy }));
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
        each(&instance, |to| {
            taken += 1;
            if !to.header().has(Mark::LIVE) {
                to.header().mark(Mark::LIVE);
                reached.push(Rc::clone(to));
            }
            ControlFlow::Continue(())
        });
    }
    steps::in_collector(taken);
    let (mut bin, mut tracks) = (Vec::new(), Vec::new());
    for instance in &*list {
        let header = instance.header();
        if header.has(Mark::LIVE) {
            let is_held = header.handles.get() > 0;
            if is_held { header.unmark(Mark::SURVIVED) } else { header.mark(Mark::SURVIVED) }
        } else if let Some(rare) = header.rare()
            && let (Ok(mut slots), Ok(mut changes)) =
                (rare.slots.try_borrow_mut(), rare.changes.try_borrow_mut())
        {
            bin.push(std::mem::take(&mut *slots));
            if !changes.is_empty() {
                tracks.push(std::mem::take(&mut *changes));
            }
            header.unmark(Mark::RELATED);
        }
    }
    drop((bin, tracks)); // while the marks are set: nothing of it is queued again
    Ok(())
}

/// What the collector has come by. The marks go with it, also where a user's `Drop` panics.
struct Seen(Vec<Rc<Instance>>);

impl Drop for Seen {
    fn drop(&mut self) {
        for instance in &self.0 {
            let header = instance.header();
            header.unmark(Mark::VISITED);
            header.unmark(Mark::LIVE);
        }
    }
}
