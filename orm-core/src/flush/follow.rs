//! Objects that refer to one whose key was changed: the database changes their rows by itself, and they follow in
//! memory.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::context::Flush;
use super::dependency::{holds_key, values};
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
        let mut next = Vec::new();
        for mapper in mappers(flush, &rekeyed) {
            for relation in mapper.referrers().into_iter().flat_map(|referrers| referrers.relations()) {
                along(flush, relation, &rekeyed, &all, &mut next)?;
            }
        }
        rekeyed = next;
    }
    Ok(())
}

/// Carries changed keys to those objects of the session whose own keys are made of them, since the database has changed
/// these with them: what is written further on finds their rows by that, and refers to them so. `from` of the rows whose
/// keys were changed are known to have been followed.
pub(super) fn keys(flush: &mut Flush<'_>, from: usize) -> Result<()> {
    let mut rekeyed: Vec<ItemId> = flush.work.rekeyed().get(from..).unwrap_or_default().to_vec();
    let mut all = Vec::new();
    while !rekeyed.is_empty() {
        let mut next = Vec::new();
        for mapper in mappers(flush, &rekeyed) {
            for relation in mapper.referrers().into_iter().flat_map(|referrers| referrers.relations()) {
                if holds_key(relation) {
                    if all.is_empty() {
                        all = flush.cx.identity().all();
                    }
                    along(flush, relation, &rekeyed, &all, &mut next)?;
                }
            }
        }
        rekeyed.clone_from(&next);
        flush.work.note_rekeyed(next);
    }
    Ok(())
}

/// The classes of objects, each once.
fn mappers(flush: &Flush<'_>, items: &[ItemId]) -> Vec<&'static Mapper> {
    let mut mappers: Vec<&'static Mapper> = Vec::new();
    for item in items {
        let mapper = flush.work.item(*item).instance.header().mapper();
        if !mappers.iter().any(|known| known.id() == mapper.id()) {
            mappers.push(mapper);
        }
    }
    mappers
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
