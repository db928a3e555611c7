//! What a change of a relationship means for the session: cascades, orphans, the single parent.
//!
//! They run at the moment of the change, before the reverse side answers, as SQLAlchemy's do: which objects a
//! cascade reaches depends on it.

use std::rc::Rc;

use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::initiator::Initiator;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::orphan::{self, Moment, Verdict};
use crate::state::read::{parent, port};

/// Refuses a second parent by a relationship that says `single_parent`.
pub(crate) fn check_single_parent(
    relation: &'static Relation,
    value: &Rc<Instance>,
    same: bool,
    initiator: Initiator,
) -> Result<()> {
    if !relation.single_parent() || same {
        return Ok(());
    }
    if initiator.has_name(relation) && initiator.is_of(relation) && parent::has(value, relation, false)? {
        return Err(Error::new(
            Code::SingleParent,
            format!("{} already has a parent by this relationship", value.header().label()),
        )
        .about(relation.class(), Some(relation.name()))
        .help("take it from the other parent first"));
    }
    Ok(())
}

/// An object came to a collection.
pub(crate) fn on_append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<()> {
    cascade_save(instance, relation, item, initiator)
}

fn cascade_save(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<()> {
    if relation.cascade().has(Cascade::SAVE_UPDATE)
        && let Some(session) = port::of(instance)
        && initiator.has_name(relation)
        && !session.contains(item)
    {
        session.save_or_update(item)?;
    }
    Ok(())
}

/// An object left a collection.
pub(crate) fn on_remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<()> {
    match orphan::at_change(item, relation, instance, Moment::Removed)? {
        Verdict::Expunge => expunge(item),
        Verdict::Remember => {
            item.header().mark(Mark::ORPHANED);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A to-one relationship was set to something else.
pub(crate) fn on_set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
    before: Option<&Handle>,
    initiator: Initiator,
) -> Result<()> {
    if let Some(value) = value {
        cascade_save(instance, relation, value, initiator)?;
    }
    match before {
        Some(old) if orphan::at_change(old, relation, instance, Moment::Replaced)? == Verdict::Expunge => {
            expunge(old)
        }
        _ => Ok(()),
    }
}

/// A new object that lost its parent leaves the session, unless it is about to get another one.
fn expunge(orphan: &Rc<Instance>) -> Result<()> {
    match port::of(orphan) {
        Some(session) if orphan.header().has(Mark::MOVED) && session.change_rules().keeps_moved => Ok(()),
        Some(session) => session.expunge(orphan),
        None => Ok(()),
    }
}
