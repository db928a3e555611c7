//! One-to-many: the children get the parent's key, lose it, or go with the parent.

use std::rc::Rc;

use super::super::context::Flush;
use super::super::plan::ItemId;
use super::super::post::Post;
use super::super::sync;
use super::super::work::{Role, Work};
use super::deleted::of_deleted;
use super::orphans::{self, delete_with_cascade};
use super::rekeyed;
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
        // Where the database changes the rows that refer, only children that are known are told of another key: most
        // objects have none, and their keys aren't looked at.
        let loads = !relation.passive_updates()
            && sync::is_source_changed(&flush.work.item(*item).instance, relation)?;
        let reach = if loads { ReadOptions::DATABASE } else { ReadOptions::MEMORY };
        let Some(history) = flush.work.history(*item, relation, reach.with_queued())? else { continue };
        let is_rekeyed = loads
            || relation.passive_updates()
                && sync::is_source_changed(&flush.work.item(*item).instance, relation)?;
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
        if is_rekeyed {
            for child in history.unchanged()? {
                if relation.passive_updates() {
                    flush.include(relation, child, Role::Listed)?;
                } else {
                    flush.include(relation, child, Role::Saved)?;
                    // SQLAlchemy does so when the parent is written, so that what refers to the child doesn't follow.
                    if flush.cx.rules().follows_rows {
                        rekeyed::give(flush, *item, relation, child)?;
                    }
                }
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
    if !empties_keys(relation) && !relation.post_update() {
        return Ok(());
    }
    let options = of_deleted(flush.cx.rules(), relation);
    for item in items {
        let Some(history) = flush.work.history(*item, relation, options)? else { continue };
        for child in &history.deleted {
            let verdict = orphan::in_flush(child, relation, Moment::ParentDeleted)?;
            if matches!(verdict, Verdict::Delete | Verdict::LoseKey) {
                take_key((flush.work, &mut flush.post), relation, child)?;
            }
        }
        // Rows whose foreign keys are written by updates of their own may be deleted in any order.
        if relation.post_update() || !relation.cascade().has(Cascade::DELETE) {
            let asks = flush.cx.rules().asks_children;
            let own = asks.then(|| Own::of(&flush.work.item(*item).instance, relation)).transpose()?;
            for child in history.unchanged()? {
                let is_others = own.as_ref().map_or(Ok(false), |own| own.excludes(child))?;
                if !is_others && !flush.was_added(relation, child)? {
                    take_key((flush.work, &mut flush.post), relation, child)?;
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
    let Flush { work, post, cx, .. } = flush;
    for item in items {
        let parent = &work.item(*item).instance;
        if is_all_new(parent, relation)? {
            for child in walk(parent, relation) {
                give_key((work, post), parent, relation, &child?)?;
            }
            continue;
        }
        let Some(history) = work.history(*item, relation, ReadOptions::MEMORY)? else { continue };
        let parent = &work.item(*item).instance;
        for child in history.added.iter().flatten() {
            give_key((work, post), parent, relation, child)?;
        }
        for child in &history.deleted {
            let verdict = orphan::in_flush(child, relation, Moment::ParentSaved)?;
            if verdict == Verdict::LoseKey && empties_keys(relation) {
                take_key((work, post), relation, child)?;
            }
        }
        if sync::is_source_changed(parent, relation)? {
            for child in history.unchanged()? {
                give_key((work, post), parent, relation, child)?;
            }
            // Where all rows follow, they are told when the parent is written.
            if !cx.rules().follows_rows {
                rekeyed::moves(work, *item, relation, history.unchanged()?)?;
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
    (work, post): (&Work, &mut Post),
    parent: &Rc<Instance>,
    relation: &'static Relation,
    child: &Rc<Instance>,
) -> Result<()> {
    if work.is_deleted(child) || !posts((work, post), relation, child)? {
        return Ok(());
    }
    sync::populate(parent, child, relation)
}

/// Takes the key of its parent from a child. One that is deleted keeps it, unless its update comes before.
#[inline]
fn take_key(
    (work, post): (&Work, &mut Post),
    relation: &'static Relation,
    child: &Rc<Instance>,
) -> Result<()> {
    if (work.is_deleted(child) && !relation.post_update()) || !posts((work, post), relation, child)? {
        return Ok(());
    }
    sync::clear(child, relation)
}

/// Notes a child whose foreign key is to be written by an update of its own. Says whether its key may be changed: one
/// that takes no part in the flush has no update.
#[inline]
fn posts(
    (work, post): (&Work, &mut Post),
    relation: &'static Relation,
    child: &Rc<Instance>,
) -> Result<bool> {
    if !relation.post_update() {
        return Ok(true);
    }
    let Some(item) = work.find(child) else { return Ok(false) };
    post.note(work, item, relation).map(|()| true)
}
