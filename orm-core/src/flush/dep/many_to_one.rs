//! Many-to-one: the object gets the key of what it refers to, or loses it.

use super::super::work::Work;
use super::super::{FlushCx, sync};
use super::delete_with_cascade;
use crate::declare::Cascade;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::{Passive, parent};

/// `delete` from the side with the foreign key takes what it refers to along.
pub(super) fn presort_deletes(
    work: &mut Work,
    cx: &dyn FlushCx,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    let cascade = relation.cascade();
    if !cascade.has(Cascade::DELETE) && !cascade.has(Cascade::DELETE_ORPHAN) {
        return Ok(());
    }
    for item in items {
        let Some(history) = work.history(*item, relation, Passive::OFF)? else { continue };
        let old = if cascade.has(Cascade::DELETE_ORPHAN) { history.deleted.as_slice() } else { &[] };
        for child in history.added.iter().flatten().chain(&history.unchanged).chain(old) {
            delete_with_cascade(work, cx, child)?;
        }
    }
    Ok(())
}

pub(super) fn presort_saves(
    work: &mut Work,
    cx: &dyn FlushCx,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    if !relation.cascade().has(Cascade::DELETE_ORPHAN) {
        return Ok(());
    }
    for item in items {
        let Some(history) = work.history(*item, relation, Passive::OFF)? else { continue };
        for child in &history.deleted {
            if !parent::has(child, relation, false)? {
                delete_with_cascade(work, cx, child)?;
            }
        }
    }
    Ok(())
}

pub(super) fn process_saves(
    work: &mut Work,
    cx: &dyn FlushCx,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    for item in items {
        let Some(history) = work.history(*item, relation, Passive::NO_INITIALIZE)? else { continue };
        let node = work.item(*item).node.clone();
        if work.is_deleted(&node) {
            continue;
        }
        if history.added.is_empty() {
            if !history.deleted.is_empty() {
                sync::clear(&node, relation)?;
            }
            continue;
        }
        for target in &history.added {
            match target {
                None => sync::clear(&node, relation)?,
                Some(target) if cx.contains(target) => sync::populate(target, &node, relation.pairs())?,
                Some(target) => {
                    if !target.core().has(crate::state::Mark::DELETED) {
                        tracing::warn!(
                            target: "orm::flush",
                            object = %target.core().label(),
                            "not in the session: the reference to it isn't written"
                        );
                    }
                }
            }
        }
    }
    Ok(())
}
