//! One-to-many: the children get the parent's key, lose it, or go with the parent.

use std::rc::Rc;

use super::super::context::Flush;
use super::super::plan::ItemId;
use super::super::sync;
use super::super::work::Role;
use super::deleted::of_deleted;
use super::orphans::{self, delete_with_cascade};
use crate::declare::{Cascade, PassiveDeletes};
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::change::to_many::walk;
use crate::state::memory::instance::Instance;
use crate::state::read::history::is_all_new;
use crate::state::read::orphan::{self, Moment, Verdict};
use crate::state::read::parent::Own;
use crate::state::read::reach::ReadOptions;

/// Children of a deleted parent lose their foreign key, unless they are deleted too.
pub(super) fn presort_deletes(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    let options = of_deleted(flush.cx.rules(), relation);
    for item in items {
        let Some(history) = flush.work.history(*item, relation, options)? else { continue };
        for child in &history.deleted {
            match orphan::in_flush(child, relation, Moment::ParentDeleted)? {
                Verdict::Delete => flush.include(relation, child, Role::Deleted)?,
                Verdict::LoseKey if empties_keys(relation) => flush.include(relation, child, Role::Saved)?,
                _ => {}
            }
        }
        if empties_keys(relation) && !relation.cascade().has(Cascade::DELETE) {
            for child in history.unchanged()? {
                flush.include(relation, child, Role::Saved)?;
            }
        }
    }
    Ok(())
}

pub(super) fn presort_saves(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    let mut orphans = Vec::new();
    if items.iter().any(|item| flush.work.item(*item).instance.header().has_key()) {
        orphans = orphans::all(flush, relation, items, ReadOptions::MEMORY.with_queued())?;
    }
    for item in items {
        if is_all_new(&flush.work.item(*item).instance, relation)? {
            flush.note_adding(relation, *item);
            for child in walk(&flush.work.item(*item).instance, relation) {
                flush.include_added(*item, relation, &child?)?;
            }
            continue;
        }
        let options = ReadOptions::MEMORY.with_queued();
        let Some(history) = flush.work.history(*item, relation, options)? else { continue };
        if !history.added.is_empty() {
            flush.note_adding(relation, *item);
        }
        for child in history.added.iter().flatten() {
            flush.include_added(*item, relation, child)?;
        }
        for child in &history.deleted {
            match orphan::in_flush(child, relation, Moment::ParentSaved)? {
                Verdict::Delete => delete_with_cascade(flush, relation, child, &orphans)?,
                Verdict::HasParent => {}
                _ if !empties_keys(relation) => {}
                _ => flush.include(relation, child, Role::Saved)?,
            }
        }
        if sync::is_source_changed(&flush.work.item(*item).instance, relation)? {
            for child in history.unchanged()? {
                flush.include(relation, child, Role::Listed)?;
            }
        }
    }
    Ok(())
}

pub(super) fn process_deletes(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    if !empties_keys(relation) {
        return Ok(());
    }
    let options = of_deleted(flush.cx.rules(), relation);
    for item in items {
        let Some(history) = flush.work.history(*item, relation, options)? else { continue };
        for child in &history.deleted {
            let verdict = orphan::in_flush(child, relation, Moment::ParentDeleted)?;
            if matches!(verdict, Verdict::Delete | Verdict::LoseKey) {
                take_key(flush, relation, child)?;
            }
        }
        if !relation.cascade().has(Cascade::DELETE) {
            let asks = flush.cx.rules().asks_children;
            let own = asks.then(|| Own::of(&flush.work.item(*item).instance, relation)).transpose()?;
            for child in history.unchanged()? {
                let is_others = own.as_ref().map_or(Ok(false), |own| own.excludes(child))?;
                if !is_others && !flush.was_added(relation, child)? {
                    take_key(flush, relation, child)?;
                }
            }
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
        let instance = &flush.work.item(*item).instance;
        if is_all_new(instance, relation)? {
            for child in walk(instance, relation) {
                give_key(flush, instance, relation, &child?)?;
            }
            continue;
        }
        let Some(history) = flush.work.history(*item, relation, ReadOptions::MEMORY)? else { continue };
        let instance = &flush.work.item(*item).instance;
        for child in history.added.iter().flatten() {
            give_key(flush, instance, relation, child)?;
        }
        for child in &history.deleted {
            let verdict = orphan::in_flush(child, relation, Moment::ParentSaved)?;
            if verdict == Verdict::LoseKey && empties_keys(relation) {
                take_key(flush, relation, child)?;
            }
        }
        if sync::is_source_changed(instance, relation)? {
            for child in history.unchanged()? {
                give_key(flush, instance, relation, child)?;
            }
        }
    }
    Ok(())
}

/// Whether the foreign key of a child that lost its parent becomes `NULL`, unless the child goes too.
fn empties_keys(relation: &Relation) -> bool {
    relation.passive_deletes() != PassiveDeletes::All
}

/// Gives a child the key of its parent. One that is deleted needs none.
#[inline]
fn give_key(
    flush: &Flush<'_>,
    parent: &Rc<Instance>,
    relation: &'static Relation,
    child: &Rc<Instance>,
) -> Result<()> {
    if flush.work.is_deleted(child) { Ok(()) } else { sync::populate(parent, child, relation) }
}

/// Takes the key of its parent from a child. One that is deleted keeps it.
#[inline]
fn take_key(flush: &Flush<'_>, relation: &'static Relation, child: &Rc<Instance>) -> Result<()> {
    if flush.work.is_deleted(child) { Ok(()) } else { sync::clear(child, relation) }
}
