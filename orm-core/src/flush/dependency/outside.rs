//! Relationships that lead out of the session: found before anything is written.

use super::super::context::Flush;
use super::super::plan::ItemId;
use super::super::rules::Unsaved;
use crate::error::Result;
use crate::mapper::{Direction, Relation};
use crate::state::memory::access::with_slot;
use crate::state::memory::instance::address;
use crate::state::memory::mark::Mark;
use crate::state::read::answer::Read;
use crate::state::read::history::{self, newly_set};

/// Looks where the foreign keys of objects, or their new rows in an association table, are to lead. What comes to a
/// one-to-many collection is met when it is taken in.
pub(super) fn look(flush: &mut Flush<'_>, relation: &'static Relation, items: &[ItemId]) -> Result<()> {
    if flush.cx.rules().unsaved == Unsaved::Warn {
        return Ok(());
    }
    // Children of one parent mostly come one after another: of each parent it is asked once.
    let mut inside = None;
    for item in items {
        let instance = &flush.work.item(*item).instance;
        if relation.is_many() || relation.direction() == Direction::ManyToMany {
            for object in history::came(instance, relation, |object| !flush.cx.contains(object))? {
                flush.meets_unsaved(*item, relation, &object)?;
            }
            continue;
        }
        if !instance.header().has(Mark::RELATED) {
            continue;
        }
        let outside = with_slot(instance, relation.slot(), |slot| {
            let object = slot.one().filter(|object| inside != Some(address(object)))?;
            if flush.cx.contains(object) {
                inside = Some(address(object));
                return None;
            }
            Some(object.clone())
        })?;
        if let Some(object) = outside
            && !matches!(newly_set(instance, relation)?, Read::Unset)
        {
            flush.meets_unsaved(*item, relation, &object)?;
        }
    }
    Ok(())
}
