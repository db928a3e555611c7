//! Changes of a keyed collection by its keys.

use std::rc::Rc;

use crate::error::Result;
use crate::mapper::Relation;
use crate::state::change::initiator::Initiator;
use crate::state::change::{pipeline, to_many, validate};
use crate::state::key::Key;
use crate::state::memory::access::with_slot_mut;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::keyed;
use crate::state::read::reach::ReadOptions;

/// Takes the item under a key out.
#[track_caller]
pub(crate) fn remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    key: &Key,
) -> Result<Option<Handle>> {
    to_many::read(instance, relation, |_| ())?;
    let Some(item) = keyed::find(instance, relation, key)? else { return Ok(None) };
    validate::remove(instance, relation, &item, ReadOptions::IDENTITY_MAP)?;
    to_many::begin_change(instance, relation)?;
    pipeline::goes(instance, relation, &item, Initiator::remove(relation), false)?;
    let taken = with_slot_mut(instance, relation.slot(), |slot| {
        let items = slot.many_mut()?;
        let at = items.place_of(key)?;
        items.take(at)
    })?;
    drop(taken);
    Ok(Some(item))
}
