//! To-one relationships: setting, with the reverse side and the cascades.

use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::initiator::Initiator;
use crate::state::change::{cascade, reverse};
use crate::state::memory::access::{is_loaded, with_slot_mut};
use crate::state::memory::changes::{Attr, Old};
use crate::state::memory::handle::{Handle, Link};
use crate::state::memory::header::{NO_BACKLINK, SessionId};
use crate::state::memory::instance::Instance;
use crate::state::memory::links::Loaded;
use crate::state::read::parent;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related::{self, Got};
use crate::state::read::was::{is_changed, mark_modified, modified};

/// What a to-one relationship held before it is set.
#[derive(Clone)]
pub(crate) enum Before {
    /// Not known: not loaded.
    Unknown,
    /// Never set.
    NoValue,
    /// One object or none.
    Was(Option<Handle>),
}

impl Before {
    pub(crate) fn object(&self) -> Option<&Handle> {
        match self {
            Before::Was(one) => one.as_ref(),
            _ => None,
        }
    }

    fn into_old(self) -> Old {
        match self {
            Before::Unknown => Old::NotLoaded,
            Before::NoValue => Old::NoValue,
            Before::Was(one) => Old::One(one.map(|one| Link::to(&one))),
        }
    }
}

/// Which object has to be there for the change to be made.
#[derive(Clone, Copy)]
pub(crate) enum Expect<'a> {
    /// Any.
    Anything,
    /// This one; another is left alone.
    OrLeave(&'a Rc<Instance>),
}

/// Sets a to-one relationship.
pub(crate) fn set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
    initiator: Option<Initiator>,
    expect: Expect<'_>,
) -> Result<()> {
    let before = before(instance, relation)?;
    if let Expect::OrLeave(wanted) = expect {
        match &before {
            Before::Unknown => {}
            Before::Was(Some(one)) if Rc::ptr_eq(one, wanted) => {}
            _ => return Ok(()),
        }
    }
    if let Some(value) = value {
        check_class(relation, value)?;
    }
    let linked =
        replace(instance, relation, value, &before, initiator.unwrap_or(Initiator::append(relation)))?;
    related::put(instance, relation.slot(), Loaded::One(value.map(Link::to)))?;
    if linked {
        note_backlink(instance, relation);
    }
    Ok(())
}

/// Notes on an object that the one behind its to-one slot links back to it.
pub(crate) fn note_backlink(instance: &Rc<Instance>, relation: &'static Relation) {
    instance.header().set_backlink_slot(u8::try_from(relation.slot().index()).unwrap_or(NO_BACKLINK));
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

/// The value before it is set, loaded only where it must be known.
fn before(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Before> {
    let options = if relation.needs_old_value() {
        ReadOptions::DATABASE.without_autoflush().committed()
    } else {
        ReadOptions::IDENTITY_MAP.without_default().committed().ignoring_raise()
    };
    Ok(match related::get(instance, relation, options)? {
        Got::Unknown => Before::Unknown,
        Got::One(one) => Before::Was(one),
        _ => Before::NoValue,
    })
}

/// What follows from setting it. Says whether what it leads to then links back by the reverse side.
fn replace(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
    before: &Before,
    initiator: Initiator,
) -> Result<bool> {
    let same = match (before, value) {
        (Before::Was(Some(one)), Some(value)) => Rc::ptr_eq(one, value),
        (Before::Was(None), None) => true,
        _ => false,
    };
    if relation.tracks_parent()
        && !same
        && let Some(one) = before.object()
    {
        parent::lost(one, relation, instance)?;
    }
    if let Some(value) = value {
        cascade::check_single_parent(relation, value, same, initiator)?;
    }
    let mut linked = false;
    if !same {
        cascade::on_set(instance, relation, value, before, initiator)?;
        linked = reverse::on_set(instance, relation, value, before, initiator)?;
    }
    modified(instance, Attr::Relation(relation.slot()), || Ok(before.clone().into_old()))?;
    if relation.tracks_parent()
        && let Some(value) = value
    {
        parent::gained(value, relation, instance)?;
    }
    Ok(linked)
}

/// Refuses objects of another class.
pub(crate) fn check_class(relation: &'static Relation, value: &Rc<Instance>) -> Result<()> {
    let target = relation.target();
    if std::ptr::eq(target, value.header().mapper()) {
        return Ok(());
    }
    Err(Error::new(Code::WrongClass, format!("{} is no `{}`", value.header().label(), target.class()))
        .about(relation.class(), Some(relation.name()))
        .help(format!("give it a `{}`", target.class())))
}
