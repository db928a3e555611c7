//! Many-to-many: rows of the association table. Where both sides know of a link, the first that comes writes it.

use super::super::context::Flush;
use super::super::emit;
use super::super::plan::ItemId;
use super::super::sync::{self, LinkKeys};
use super::deleted::of_deleted;
use super::{orphans, outside};
use crate::error::Result;
use crate::mapper::Relation;
use crate::mapper::RelationId;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

pub(super) fn presort_deletes(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    let options = of_deleted(flush.cx.rules(), relation);
    for item in items {
        flush.work.history(*item, relation, options)?;
    }
    Ok(())
}

/// What was replaced, or taken out, may be an orphan. Rows that hold a changed key have to be known, unless the
/// database changes them.
pub(super) fn presort_saves(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    outside::look(flush, relation, items)?;
    if !relation.passive_updates() {
        for item in items {
            if sync::is_source_changed(&flush.work.item(*item).instance, relation)? {
                flush.work.history(*item, relation, ReadOptions::DATABASE.with_queued())?;
            }
        }
    }
    orphans::delete(flush, relation, items, ReadOptions::MEMORY)
}

/// The number that both sides of a link share.
fn shared_id(relation: &'static Relation) -> Option<RelationId> {
    relation.written_inverse().map(|reverse| relation.id().min(reverse.id()))
}

struct Links {
    rows: Vec<Vec<Value>>,
    done: Vec<(usize, usize)>,
}

impl Links {
    fn new() -> Self {
        Links { rows: Vec::new(), done: Vec::new() }
    }

    /// Takes the row of a link up, with each of those keys, unless the other side has written it.
    fn take(
        &mut self,
        flush: &Flush<'_>,
        relation: &'static Relation,
        pair: Option<RelationId>,
        (instance, child): (&Handle, &Handle),
        keys: &[LinkKeys],
    ) -> Result<()> {
        if let Some(pair) = pair
            && flush.linked.contains(&(pair, address(instance), address(child)))
        {
            return Ok(());
        }
        if !flush.cx.contains(child) {
            if !child.header().has(Mark::DELETED) {
                tracing::warn!(
                    target: "orm::flush",
                    class = relation.class(),
                    attribute = relation.name(),
                    object = %child.header().label(),
                    "not in the session: the link to it isn't written"
                );
            }
            return Ok(());
        }
        let mut row = Vec::new();
        for keys in keys {
            sync::add_link_row(&mut row, (instance, child), relation, *keys)?;
        }
        self.rows.push(row);
        Ok(())
    }

    /// Notes for the other side that the link is dealt with.
    fn note(&mut self, instance: &Handle, child: &Handle) {
        self.done.push((address(child), address(instance)));
    }
}

fn remember(flush: &mut Flush<'_>, pair: Option<RelationId>, links: &[&Links]) {
    if let Some(pair) = pair {
        for (child, instance) in links.iter().flat_map(|links| &links.done) {
            flush.linked.insert((pair, *child, *instance));
        }
    }
}

pub(super) fn process_deletes(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    let pair = shared_id(relation);
    let mut gone = Links::new();
    let options = of_deleted(flush.cx.rules(), relation);
    // Links go before the rows of both sides are written, so they have the keys of before.
    let keys = if flush.cx.rules().finds_links { LinkKeys::Committed } else { LinkKeys::ToBe };
    for item in items {
        let Some(history) = flush.work.history(*item, relation, options)? else { continue };
        let instance = flush.work.item(*item).instance.clone();
        for child in history.unchanged()?.iter().chain(&history.deleted) {
            gone.take(flush, relation, pair, (&instance, child), &[keys])?;
            gone.note(&instance, child);
        }
    }
    remember(flush, pair, &[&gone]);
    emit::unlink(flush.cx, relation, &gone.rows)
}

pub(super) fn process_saves(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<()> {
    let pair = shared_id(relation);
    let (mut come, mut gone, mut moved) = (Links::new(), Links::new(), Links::new());
    for item in items {
        let options = ReadOptions::MEMORY.with_queued();
        let Some(history) = flush.work.history(*item, relation, options)? else { continue };
        let instance = flush.work.item(*item).instance.clone();
        let is_moved = !relation.passive_updates() && sync::is_source_changed(&instance, relation)?;
        for child in history.added.iter().flatten() {
            come.take(flush, relation, pair, (&instance, child), &[LinkKeys::ToBe])?;
            come.note(&instance, child);
        }
        let keys = if is_moved { LinkKeys::Was } else { LinkKeys::ToBe };
        for child in &history.deleted {
            gone.take(flush, relation, pair, (&instance, child), &[keys])?;
            gone.note(&instance, child);
        }
        if is_moved {
            let mut seen = Addresses::default();
            for child in history.unchanged()?.iter().filter(|child| seen.insert(address(child))) {
                let keys = [LinkKeys::ToBe, LinkKeys::Was];
                moved.take(flush, relation, pair, (&instance, child), &keys)?;
                moved.note(&instance, child);
            }
        }
    }
    remember(flush, pair, &[&come, &gone, &moved]);
    emit::unlink(flush.cx, relation, &gone.rows)?;
    emit::relink(flush.cx, relation, &moved.rows)?;
    emit::link(flush.cx, relation, &come.rows)
}
