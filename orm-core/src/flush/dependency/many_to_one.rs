//! Many-to-one: the object gets the key of what it refers to, or loses it.

use super::super::work::{Item, Work};
use super::super::{FlushPort, sync};
use super::delete_with_cascade;
use crate::declare::Cascade;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::read::history::{Now, now};
use crate::state::read::orphan::{self, Moment, Verdict, deletes_orphans};
use crate::state::read::reach::ReadOptions;

/// `delete` from the side with the foreign key takes what it refers to along.
pub(super) fn presort_deletes(
    work: &mut Work,
    cx: &dyn FlushPort,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    if !relation.cascade().has(Cascade::DELETE) && !deletes_orphans(relation) {
        return Ok(());
    }
    for item in items {
        let Some(history) = work.history(*item, relation, ReadOptions::DATABASE)? else { continue };
        for child in history.added.iter().flatten().chain(&history.unchanged) {
            delete_with_cascade(work, cx, child)?;
        }
        for child in &history.deleted {
            if orphan::in_flush(child, relation, Moment::ReferrerDeleted)? == Verdict::Delete {
                delete_with_cascade(work, cx, child)?;
            }
        }
    }
    Ok(())
}

pub(super) fn process_saves(
    work: &mut Work,
    cx: &dyn FlushPort,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    for item in items {
        // Most histories are asked for only here: what is in them is found without making one.
        if !work.has_history(*item, relation) {
            let Item { instance, is_delete, .. } = work.item(*item);
            match now(instance, relation)? {
                Now::Same => continue,
                Now::Set(_) if *is_delete => continue,
                Now::Set(target) => {
                    refer(cx, instance, relation, target.as_ref())?;
                    continue;
                }
                Now::Ask => {}
            }
        }
        let Some(history) = work.history(*item, relation, ReadOptions::MEMORY)? else { continue };
        let Item { instance, is_delete, .. } = work.item(*item);
        if *is_delete {
            continue;
        }
        if history.added.is_empty() && !history.deleted.is_empty() {
            sync::clear(instance, relation)?;
        }
        for target in &history.added {
            refer(cx, instance, relation, target.as_ref())?;
        }
    }
    Ok(())
}

/// Carries the key of what the object refers to.
fn refer(
    cx: &dyn FlushPort,
    instance: &Handle,
    relation: &'static Relation,
    target: Option<&Handle>,
) -> Result<()> {
    match target {
        None => sync::clear(instance, relation),
        Some(target) if cx.contains(target) => sync::populate(target, instance, relation),
        Some(target) => {
            if !target.header().has(Mark::DELETED) {
                tracing::warn!(
                    target: "orm::flush",
                    object = %target.header().label(),
                    "not in the session: the reference to it isn't written"
                );
            }
            Ok(())
        }
    }
}
