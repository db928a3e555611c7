//! Many-to-one: the object gets the key of what it refers to, or loses it.

use super::super::context::Flush;
use super::super::plan::ItemId;
use super::super::port::FlushSession;
use super::super::sync;
use super::{orphans, outside};
use crate::declare::Cascade;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::access::is_loaded;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::read::answer::Read;
use crate::state::read::history::newly_set;
use crate::state::read::orphan::{Moment, deletes_orphans};
use crate::state::read::reach::ReadOptions;

/// `delete` from the side with the foreign key takes what it refers to along.
pub(super) fn presort_deletes(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    if !relation.cascade().has(Cascade::DELETE) && !deletes_orphans(relation) {
        return Ok(());
    }
    let mut children = Vec::new();
    if relation.cascade().has(Cascade::DELETE) && items.len() > 1 {
        for item in items {
            let Some(history) = flush.work.history(*item, relation, ReadOptions::DATABASE)? else { continue };
            children.extend(history.added.iter().flatten().chain(history.unchanged()?).cloned());
        }
    }
    let moment = match flush.cx.rules().keeps_taken_in {
        true => Moment::ReferrerDeleted,
        false => Moment::OnlyReferrerDeleted,
    };
    for item in items {
        let Some(history) = flush.work.history(*item, relation, ReadOptions::DATABASE)? else { continue };
        for child in history.added.iter().flatten().chain(history.unchanged()?) {
            orphans::delete_with_cascade(flush, relation, child, &children)?;
        }
        orphans::delete_of(flush, relation, &history.deleted, moment)?;
    }
    Ok(())
}

/// What was replaced, or taken out, may be an orphan.
pub(super) fn presort_saves(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    outside::look(flush, relation, items)?;
    orphans::delete(flush, relation, items, ReadOptions::DATABASE)
}

/// The rows that refer to a deleted one are those of the items themselves. Where their foreign keys are written by
/// updates of their own they are emptied first, since the rows may be deleted in any order then.
pub(super) fn process_deletes(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    if !relation.post_update() {
        return Ok(());
    }
    for item in items {
        // SQLAlchemy asks after it has emptied the key, and so misses what it would have to load.
        let empties_first = !flush.cx.rules().posts_changes;
        let mut row = None;
        if empties_first {
            row = Some(flush.post.held_by_row(flush.work, *item, relation)?);
            sync::clear(&flush.work.item(*item).instance, relation)?;
        }
        // What isn't in the session isn't deleted by this flush.
        let history = flush.work.history(*item, relation, ReadOptions::OWN_ROW)?;
        let refers = match history {
            Some(history) => {
                let held = history.added.iter().flatten().chain(history.unchanged()?).chain(&history.deleted);
                held.count() > 0
            }
            None => false,
        };
        match row {
            Some(row) if refers => flush.post.keep(*item, row),
            None if refers => flush.post.note(flush.work, *item, relation)?,
            _ => {}
        }
        if !empties_first {
            sync::clear(&flush.work.item(*item).instance, relation)?;
        }
    }
    Ok(())
}

pub(super) fn process_saves(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    for item in items {
        // SQLAlchemy's updates take what was changed by hand along.
        if relation.post_update()
            && !flush.cx.rules().posts_changes
            && is_loaded(&flush.work.item(*item).instance, relation.slot())?
        {
            flush.post.note(flush.work, *item, relation)?;
        }
        // Most histories are asked for only here: what is in them is found without making one.
        if !flush.work.has_history(*item, relation) {
            let instance = &flush.work.item(*item).instance;
            match newly_set(instance, relation)? {
                Read::Unset => continue,
                Read::Known(target) => {
                    if relation.post_update() {
                        flush.post.note(flush.work, *item, relation)?;
                    }
                    refer(flush.cx, instance, relation, target.as_ref())?;
                    continue;
                }
                Read::Unknown => {}
            }
        }
        let Some(history) = flush.work.history(*item, relation, ReadOptions::MEMORY)? else { continue };
        let instance = &flush.work.item(*item).instance;
        if relation.post_update() {
            flush.post.note(flush.work, *item, relation)?;
        }
        if history.added.is_empty() && !history.deleted.is_empty() {
            sync::clear(instance, relation)?;
        }
        for target in &history.added {
            refer(flush.cx, instance, relation, target.as_ref())?;
        }
    }
    Ok(())
}

/// Carries the key of what the object refers to.
fn refer(
    cx: FlushSession<'_>,
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
                    class = relation.class(),
                    attribute = relation.name(),
                    object = %target.header().label(),
                    "not in the session: the reference to it isn't written"
                );
            }
            Ok(())
        }
    }
}
