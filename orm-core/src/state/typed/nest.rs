//! Plain values within one another: how they become objects, whose keys they have, and how they are dropped.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use crate::declare::SlotId;
use crate::error::Result;
use crate::mapper::{Direction, Relation};
use crate::state::change::to_many;
use crate::state::memory::access;
use crate::state::memory::instance::Instance;
use crate::state::memory::slot::SlotState;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{large, related};

/// What a relationship field of a plain value holds.
pub(super) type Erased = Box<dyn Any + Send + Sync>;

thread_local! {
    /// While a value is dropped: what was nested in it, and is dropped next.
    static LEFT: RefCell<Option<Vec<Erased>>> = const { RefCell::new(None) };
}

/// What is nested in values of which objects were made, and is to become objects too. It waits here, so that values may
/// nest as deep as wanted.
#[derive(Default)]
pub struct Nested(Vec<Task>);

type Task = Box<dyn FnOnce(&mut Nested) -> Result<()>>;

impl Nested {
    /// Relates an object to those that values become, later.
    pub(super) fn add(&mut self, task: impl FnOnce(&mut Nested) -> Result<()> + 'static) {
        self.0.push(Box::new(task));
    }

    /// Adds what waits elsewhere.
    pub(super) fn append(&mut self, others: Nested) {
        self.0.extend(others.0);
    }

    /// Makes objects of everything that waits.
    ///
    /// # Errors
    /// Where a value can't be stored.
    pub(super) fn run(self) -> Result<()> {
        let mut left = self.0;
        left.reverse();
        while let Some(task) = left.pop() {
            let mut within = Nested::default();
            task(&mut within)?;
            left.extend(within.0.into_iter().rev());
        }
        Ok(())
    }
}

/// Drops a value, and then what is nested in it: however deep that is, it needs no deep stack.
pub(super) fn drop_flat(value: Erased) {
    /// Ends the list, also when a type of the user's panics.
    struct Ended;
    impl Drop for Ended {
        fn drop(&mut self) {
            let _ = LEFT.try_with(RefCell::take);
        }
    }
    let first = LEFT.try_with(|left| match &mut *left.borrow_mut() {
        Some(left) => {
            left.push(value);
            None
        }
        none => {
            *none = Some(Vec::new());
            Some(value)
        }
    });
    // A thread that ends has no list any more; the value was dropped with the closure.
    let Ok(Some(first)) = first else { return };
    let _ended = Ended;
    let mut next = Some(first);
    while let Some(value) = next {
        drop(value);
        next = LEFT.with(|left| left.borrow_mut().as_mut().and_then(Vec::pop));
    }
}

/// A value that is nested in another one belongs to that one, whatever it says of the key: the foreign key between them
/// is that of the object that it refers to, or isn't set while that has none. Nothing else may come of a 0 that a plain
/// struct has to have there.
pub(super) fn carry_key(
    owner: &Rc<Instance>,
    relation: &'static Relation,
    nested: &Rc<Instance>,
) -> Result<()> {
    let mut left = match relation.direction() {
        Direction::ManyToOne => vec![(nested.clone(), relation, owner.clone())],
        Direction::OneToMany => vec![(owner.clone(), relation, nested.clone())],
        Direction::ManyToMany => Vec::new(),
    };
    while let Some((source, relation, dest)) = left.pop() {
        let changed = carry(&source, relation, &dest)?;
        if changed.is_empty() {
            continue;
        }
        // What was nested before in what has another key now.
        for inner in dest.header().mapper().relations() {
            let is_from = |slot| inner.slot_pairs().iter().any(|pair| pair.local == slot);
            if inner.direction() != Direction::OneToMany
                || !changed.iter().any(|slot| is_from(*slot))
                || !(inner.is_large() || access::is_loaded(&dest, inner.slot())?)
            {
                continue;
            }
            let items = if inner.is_large() {
                large::added(&dest, inner)?
            } else if inner.is_many() {
                to_many::in_slot(&dest, inner)?
            } else {
                related::one(&dest, inner, ReadOptions::MEMORY)?.object().into_iter().collect()
            };
            left.extend(items.iter().map(|item| (dest.clone(), inner, Rc::clone(item))));
        }
    }
    Ok(())
}

/// Copies a key, and says which columns got another value.
fn carry(source: &Rc<Instance>, relation: &Relation, dest: &Rc<Instance>) -> Result<Vec<SlotId>> {
    let is_to_one = relation.direction() == Direction::ManyToOne;
    let mut changed = Vec::new();
    if Rc::ptr_eq(source, dest) {
        return Ok(changed);
    }
    for pair in relation.slot_pairs() {
        let (from, to) = if is_to_one { (pair.remote, pair.local) } else { (pair.local, pair.remote) };
        let is_changed = source.read(|columns| {
            let from = columns.at(from).filter(|slot| slot.state() == SlotState::Set);
            dest.write(|columns| {
                let Some(slot) = columns.at_mut(to) else { return false };
                let old = slot.value();
                let key = from.and_then(|from| from.value());
                let is_copied = match (from, &key) {
                    (Some(from), Some(key)) => slot.copy_value(from) || slot.load(key.as_ref()).is_ok(),
                    _ => false,
                };
                if !is_copied {
                    slot.reset(SlotState::Unset);
                }
                old != slot.value()
            })
        })??;
        if is_changed {
            changed.push(to);
        }
    }
    Ok(changed)
}
