//! One-to-many: the children get the parent's key, lose it, or go with the parent.

use super::super::work::Work;
use super::super::{FlushPort, sync};
use super::delete_with_cascade;
use crate::declare::Cascade;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::change::to_many::walk;
use crate::state::read::history::is_all_new;
use crate::state::read::orphan::{self, Moment, Verdict};
use crate::state::read::reach::ReadOptions;

/// Children of a deleted parent lose their foreign key, unless they are deleted too.
pub(super) fn presort_deletes(
    work: &mut Work,
    cx: &dyn FlushPort,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    for item in items {
        let Some(history) = work.history(*item, relation, ReadOptions::DATABASE)? else { continue };
        for child in &history.deleted {
            match orphan::in_flush(child, relation, Moment::ParentDeleted)? {
                Verdict::Delete => work.reach(cx, child, true, false)?,
                Verdict::LoseKey => work.reach(cx, child, false, false)?,
                _ => continue,
            };
        }
        if !relation.cascade().has(Cascade::DELETE) {
            for child in &history.unchanged {
                work.reach(cx, child, false, false)?;
            }
        }
    }
    Ok(())
}

pub(super) fn presort_saves(
    work: &mut Work,
    cx: &dyn FlushPort,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    for item in items {
        if is_all_new(&work.item(*item).instance, relation)? {
            work.note_adding(relation, *item);
            for child in walk(&work.item(*item).instance, relation) {
                work.reach(cx, &child?, false, true)?;
            }
            continue;
        }
        let options = ReadOptions::MEMORY.with_queued();
        let Some(history) = work.history(*item, relation, options)? else { continue };
        if !history.added.is_empty() {
            work.note_adding(relation, *item);
        }
        for child in history.added.iter().flatten() {
            work.reach(cx, child, false, true)?;
        }
        for child in &history.deleted {
            match orphan::in_flush(child, relation, Moment::ParentSaved)? {
                Verdict::Delete => delete_with_cascade(work, cx, child)?,
                Verdict::HasParent => {}
                _ => {
                    work.reach(cx, child, false, false)?;
                }
            }
        }
        if sync::is_source_changed(&work.item(*item).instance, relation)? {
            for child in &history.unchanged {
                work.list(cx, child)?;
            }
        }
    }
    Ok(())
}

pub(super) fn process_deletes(work: &mut Work, relation: &'static Relation, items: &[u32]) -> Result<()> {
    for item in items {
        let Some(history) = work.history(*item, relation, ReadOptions::DATABASE)? else { continue };
        for child in &history.deleted {
            let verdict = orphan::in_flush(child, relation, Moment::ParentDeleted)?;
            if matches!(verdict, Verdict::Delete | Verdict::LoseKey) && !work.is_deleted(child) {
                sync::clear(child, relation)?;
            }
        }
        if !relation.cascade().has(Cascade::DELETE) {
            for child in &history.unchanged {
                if !work.was_added(relation, child)? && !work.is_deleted(child) {
                    sync::clear(child, relation)?;
                }
            }
        }
    }
    Ok(())
}

pub(super) fn process_saves(work: &mut Work, relation: &'static Relation, items: &[u32]) -> Result<()> {
    for item in items {
        let instance = &work.item(*item).instance;
        if is_all_new(instance, relation)? {
            for child in walk(instance, relation) {
                let child = child?;
                if !work.is_deleted(&child) {
                    sync::populate(instance, &child, relation)?;
                }
            }
            continue;
        }
        let Some(history) = work.history(*item, relation, ReadOptions::MEMORY)? else { continue };
        let instance = &work.item(*item).instance;
        for child in history.added.iter().flatten() {
            if !work.is_deleted(child) {
                sync::populate(instance, child, relation)?;
            }
        }
        for child in &history.deleted {
            let verdict = orphan::in_flush(child, relation, Moment::ParentSaved)?;
            if verdict == Verdict::LoseKey && !work.is_deleted(child) {
                sync::clear(child, relation)?;
            }
        }
        if sync::is_source_changed(instance, relation)? {
            for child in &history.unchanged {
                if !work.is_deleted(child) {
                    sync::populate(instance, child, relation)?;
                }
            }
        }
    }
    Ok(())
}
