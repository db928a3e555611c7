//! `Turn`: one thread configures registries at a time, and what it asks of them meanwhile.

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard};

use super::Mapping;
use super::late::lock;

/// Whose turn it is. There is one for all registries, so that two that need each other don't wait for each other.
static TURN: Mutex<()> = Mutex::new(());

/// A registry by its address, which nobody follows, with its mapping once its names are resolved.
type Own = (*const (), Option<&'static Mapping>);

thread_local! {
    /// The registries that this thread is configuring, the innermost last.
    static OWN: RefCell<Vec<Own>> = const { RefCell::new(Vec::new()) };
}

/// A thread's turn to configure a registry, as long as it lives.
pub(super) struct Turn {
    _lock: Option<MutexGuard<'static, ()>>,
}

impl Turn {
    /// Waits until no other thread configures anything.
    pub(super) fn begin(registry: *const ()) -> Self {
        let is_first = OWN.with_borrow(Vec::is_empty);
        let lock = is_first.then(|| lock(&TURN));
        OWN.with_borrow_mut(|own| own.push((registry, None)));
        Turn { _lock: lock }
    }

    /// Says what the names of the registry were resolved to, which the rest of its configuration may ask for.
    pub(super) fn resolved(&self, mapping: &'static Mapping) {
        OWN.with_borrow_mut(|own| {
            if let Some(last) = own.last_mut() {
                last.1 = Some(mapping);
            }
        });
    }

    /// What this thread has of a registry that it is configuring.
    pub(super) fn of(registry: *const ()) -> Option<Option<&'static Mapping>> {
        OWN.with_borrow(|own| own.iter().find(|(other, _)| *other == registry).map(|(_, mapping)| *mapping))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        OWN.with_borrow_mut(Vec::pop);
    }
}
