//! The slot of a relationship to one object, as changes see it.

use std::rc::Rc;

use crate::error::Result;
use crate::mapper::{Direction, Relation};
use crate::state::memory::access::{is_loaded, with_slot_mut};
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::handle::{Handle, Link};
use crate::state::memory::header::{NO_BACKLINK, SessionId};
use crate::state::memory::instance::Instance;
use crate::state::memory::links::Loaded;
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;
use crate::state::read::was::{is_changed, mark_modified};
use crate::state::read::{port, related};

/// The value before it is set, loaded only where it must be known: where an object may have only one parent, and where
/// the foreign key stands on the other side, since its row has to lose it.
pub(super) fn before(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Read<Option<Handle>>> {
    let options = if relation.needs_old_value() || loads_replaced(instance, relation) {
        ReadOptions::DATABASE.without_autoflush().committed().of_rows()
    } else {
        ReadOptions::IDENTITY_MAP.without_default().committed().ignoring_raise()
    };
    related::one(instance, relation, options)
}

/// Whether what is replaced is loaded, though the relationship doesn't ask for it. A new object has nothing to load.
fn loads_replaced(instance: &Rc<Instance>, relation: &'static Relation) -> bool {
    relation.direction() != Direction::ManyToOne
        && instance.header().has_key()
        && port::of(instance).is_some_and(|session| session.change_rules().loads_replaced)
}

/// That value as what the attribute was.
pub(super) fn was(before: &Read<Option<Handle>>) -> Was {
    match before {
        Read::Known(one) => Was::One(one.as_ref().map(|one| Link::to(one))),
        Read::Unset => Was::NoValue,
        Read::Unknown => Was::NotLoaded,
    }
}

/// Whether that value is known to be the one that is set.
pub(super) fn is_same(before: &Read<Option<Handle>>, value: Option<&Rc<Instance>>) -> bool {
    match (before, value) {
        (Read::Known(Some(one)), Some(value)) => Rc::ptr_eq(one, value),
        (Read::Known(None), None) => true,
        _ => false,
    }
}

/// Sets the to-one relationship of a fresh object, as the answer to an append on the other side: in no session,
/// without a row and never related by it, it has nothing to load, to let go of or to cascade. Says whether it is
/// one. `is_child` says that the other side makes it a child.
pub(crate) fn set_fresh(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: &Rc<Instance>,
    is_child: bool,
) -> Result<bool> {
    let (header, place) = (instance.header(), relation.slot());
    let fresh = !header.has_key()
        && header.session() == SessionId::NONE
        && !relation.single_parent()
        && !is_loaded(instance, place)?
        && !is_changed(instance, Attr::Relation(place))?;
    if fresh {
        with_slot_mut(instance, place, |slot| {
            slot.loaded = Loaded::One(Some(Link::to(value)));
            slot.was_empty = true;
            slot.is_child = is_child;
        })?;
        mark_modified(instance);
    }
    Ok(fresh)
}

/// Notes on an object that the one behind its to-one slot links back to it.
pub(crate) fn note_backlink(instance: &Rc<Instance>, relation: &'static Relation) {
    instance.header().set_backlink_slot(u8::try_from(relation.slot().index()).unwrap_or(NO_BACKLINK));
}
