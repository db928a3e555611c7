//! One-to-many: the children get the parent's key, lose it, or go with the parent.

use super::super::work::Work;
use super::super::{FlushCx, sync};
use super::delete_with_cascade;
use crate::declare::Cascade;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::attr::collection::walk;
use crate::state::history::is_all_new;
use crate::state::{Passive, parent};

/// Children of a deleted parent lose their foreign key, unless they are deleted too.
pub(super) fn presort_deletes(
    work: &mut Work,
    cx: &dyn FlushCx,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    for item in items {
        let Some(history) = work.history(*item, relation, Passive::OFF)? else { continue };
        for child in &history.deleted {
            if !parent::has(child, relation, false)? {
                work.reach(cx, child, relation.cascade().has(Cascade::DELETE_ORPHAN), false)?;
            }
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
    cx: &dyn FlushCx,
    relation: &'static Relation,
    items: &[u32],
) -> Result<()> {
    for item in items {
        if is_all_new(&work.item(*item).node, relation)? {
            work.note_adding(relation, *item);
            for child in walk(&work.item(*item).node, relation) {
                work.reach(cx, &child?, false, true)?;
            }
            continue;
        }
        let passive = Passive::NO_INITIALIZE.with(Passive::PENDING);
        let Some(history) = work.history(*item, relation, passive)? else { continue };
        if !history.added.is_empty() {
            work.note_adding(relation, *item);
        }
        for child in history.added.iter().flatten() {
            work.reach(cx, child, false, true)?;
        }
        for child in &history.deleted {
            if !relation.cascade().has(Cascade::DELETE_ORPHAN) {
                work.reach(cx, child, false, false)?;
            } else if !parent::has(child, relation, false)? {
                delete_with_cascade(work, cx, child)?;
            }
        }
        if sync::is_source_changed(&work.item(*item).node, relation)? {
            for child in &history.unchanged {
                work.list(cx, child)?;
            }
        }
    }
    Ok(())
}

pub(super) fn process_deletes(work: &mut Work, relation: &'static Relation, items: &[u32]) -> Result<()> {
    for item in items {
        let Some(history) = work.history(*item, relation, Passive::OFF)? else { continue };
        for child in &history.deleted {
            if !parent::has(child, relation, false)? && !work.is_deleted(child) {
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
    let keeps_orphans = !relation.cascade().has(Cascade::DELETE_ORPHAN);
    for item in items {
        let node = &work.item(*item).node;
        if is_all_new(node, relation)? {
            for child in walk(node, relation) {
                let child = child?;
                if !work.is_deleted(&child) {
                    sync::populate(node, &child, relation.pairs())?;
                }
            }
            continue;
        }
        let Some(history) = work.history(*item, relation, Passive::NO_INITIALIZE)? else { continue };
        let node = &work.item(*item).node;
        for child in history.added.iter().flatten() {
            if !work.is_deleted(child) {
                sync::populate(node, child, relation.pairs())?;
            }
        }
        for child in &history.deleted {
            if keeps_orphans && !parent::has(child, relation, false)? && !work.is_deleted(child) {
                sync::clear(child, relation)?;
            }
        }
        if sync::is_source_changed(node, relation)? {
            for child in &history.unchanged {
                if !work.is_deleted(child) {
                    sync::populate(node, child, relation.pairs())?;
                }
            }
        }
    }
    Ok(())
}
