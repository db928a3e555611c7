//! Objects that refer to one whose key was changed: the database changes their rows by itself, and they follow in
//! memory.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::context::Flush;
use super::dependency::values;
use super::plan::ItemId;
use super::sync;
use super::work::Role;
use crate::declare::ColumnId;
use crate::error::Result;
use crate::mapper::{Direction, Mapper, Relation, cascades, ends, key};
use crate::state::key::Key;
use crate::state::memory::access::with_slot;
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;

/// Carries changed keys to the objects of the session that refer to them. Only where a key was changed does it look at
/// the session's objects, once for each relationship.
pub(super) fn run(flush: &mut Flush<'_>) -> Result<()> {
    let mut rekeyed = flush.work.take_rekeyed();
    if rekeyed.is_empty() {
        return Ok(());
    }
    let all = flush.cx.identity().all();
    // An object whose key is made of what it refers to has its own followers.
    while !rekeyed.is_empty() {
        let mut mappers: Vec<&'static Mapper> = Vec::new();
        for item in &rekeyed {
            let mapper = flush.work.item(*item).instance.header().mapper();
            if !mappers.iter().any(|known| known.id() == mapper.id()) {
                mappers.push(mapper);
            }
        }
        let mut next = Vec::new();
        for mapper in mappers {
            for relation in mapper.referrers().into_iter().flat_map(|referrers| referrers.relations()) {
                along(flush, relation, &rekeyed, &all, &mut next)?;
            }
        }
        rekeyed = next;
    }
    Ok(())
}

fn along(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    rekeyed: &[ItemId],
    all: &[Handle],
    next: &mut Vec<ItemId>,
) -> Result<()> {
    let is_strict = !flush.cx.rules().follows_rows;
    let is_asked = if is_strict {
        relation.direction() == Direction::ManyToOne
            && relation.passive_updates()
            && relation.written_inverse().is_none()
    } else {
        cascades(relation)
    };
    if !is_asked {
        return Ok(());
    }
    let (class, parent_class) = ends(relation);
    let mut parents: HashMap<Key, ItemId, FxBuildHasher> = HashMap::default();
    for item in rekeyed {
        let parent = &flush.work.item(*item).instance;
        if parent.header().mapper().id() != parent_class.id() {
            continue;
        }
        let columns = || key(relation).map(|(to, _)| to);
        let old = values(parent, columns(), ReadOptions::MEMORY.committed())?;
        let now = values(parent, columns(), ReadOptions::MEMORY)?;
        if let Some(old) = old
            && Some(&old) != now.as_ref()
        {
            parents.insert(old, *item);
        }
    }
    if parents.is_empty() {
        return Ok(());
    }
    for child in all.iter().filter(|child| child.header().mapper().id() == class.id()) {
        let Some(held) = values(child, key(relation).map(|(_, from)| from), ReadOptions::MEMORY)? else {
            continue;
        };
        let Some(parent) = parents.get(&held) else { continue };
        let parent = flush.work.item(*parent).instance.clone();
        if is_strict && !with_slot(child, relation.slot(), |slot| slot.leads_to(&parent))? {
            continue;
        }
        if !flush.cx.contains(child) || flush.work.is_deleted(child) {
            continue;
        }
        sync::populate(&parent, child, relation)?;
        flush.work.include(child.clone(), Role::Listed)?;
        let from: Vec<ColumnId> = key(relation).map(|(_, from)| from).collect();
        if class.referrers().is_some_and(|referrers| referrers.concern(&from)) {
            next.extend(flush.work.find(child));
        }
    }
    Ok(())
}
