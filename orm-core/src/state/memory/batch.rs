//! `HandleBatch`: handles that go together.

use crate::state::memory::handle::{Handle, look_at};
use crate::state::memory::mark::Mark;
use std::borrow::Borrow;
use std::rc::Rc;

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
                header.handles.set(0);
                look_at(handle);
                header.handles.set(header.handles.get().saturating_add(1));
            }
            if Rc::strong_count(handle) > 1 {
                if is_last {
                    header.mark(Mark::SURVIVED); // it was looked at just now, or waits
                }
                (self.stays)(item);
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
