//! Presort: every relationship looks at the objects of its class, and at those that this brings in, until nothing
//! new comes. After it the flush knows all its objects, and which relationships have something to write.

use smallvec::SmallVec;

use super::context::Flush;
use super::dependency;
use super::plan::{ClassPlace, ItemId, RelationPlace, Verb};
use crate::declare::Cascade;
use crate::error::Result;
use crate::mapper::{Direction, Mapper, Relation};
use crate::state::change::to_many;
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::read::history::is_all_new;
use crate::state::read::orphan::deletes_orphans;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;

/// How far a relationship has looked.
#[derive(Default)]
struct Progress {
    /// How many objects of its class it has seen.
    seen: usize,
    /// Those that were only listed then: they may be given another role.
    listed: Vec<ItemId>,
}

pub(super) fn run(flush: &mut Flush<'_>) -> Result<()> {
    let mut progress: SmallVec<[Progress; 8]> = SmallVec::new();
    let mut searched: SmallVec<[Progress; 4]> = SmallVec::new();
    loop {
        let mut came = false;
        let mut at = 0;
        while at < flush.work.relations().len() {
            if at == progress.len() {
                progress.push(Progress::default());
            }
            came |= look(flush, RelationPlace::at(at), &mut progress[at])?;
            at += 1;
        }
        came |= search(flush, &mut searched)?;
        came |= look_again(flush, &mut progress, &mut searched);
        if !came {
            return Ok(());
        }
    }
}

/// Looks for what refers to objects whose keys are changed. Says whether there were any.
fn search(flush: &mut Flush<'_>, searched: &mut SmallVec<[Progress; 4]>) -> Result<bool> {
    let mut came = false;
    let mut at = 0;
    while at < flush.work.classes().len() {
        if at == searched.len() {
            searched.push(Progress::default());
        }
        let (class, progress) = (flush.work.class(ClassPlace::at(at)), &mut searched[at]);
        at += 1;
        let Some(class) = class.filter(|class| is_searched(class.mapper)) else { continue };
        let mapper = class.mapper;
        let mut fresh = std::mem::take(&mut progress.listed);
        fresh.extend_from_slice(&class.items[progress.seen..]);
        progress.seen = class.items.len();
        let mut saved = Vec::new();
        for id in fresh {
            match flush.work.item(id).verb() {
                None => progress.listed.push(id),
                Some(Verb::Save) => saved.push(id),
                Some(Verb::Delete) => {}
            }
        }
        came |= dependency::search(flush, mapper, &saved)?;
    }
    Ok(came)
}

fn is_searched(mapper: &Mapper) -> bool {
    mapper.referrers().is_some_and(|referrers| !referrers.searched().is_empty())
}

/// Has relationships look again at objects whose keys were changed meanwhile, with those of objects that they refer to.
/// Says whether there were any.
fn look_again(flush: &mut Flush<'_>, progress: &mut [Progress], searched: &mut [Progress]) -> bool {
    let rekeyed = std::mem::take(&mut flush.rekeyed);
    for item in &rekeyed {
        let mapper = flush.work.item(*item).instance.header().mapper();
        if let Some(progress) = flush.work.place_of(mapper).and_then(|class| searched.get_mut(class.index()))
        {
            progress.listed.push(*item);
        }
        for (at, progress) in progress.iter_mut().enumerate() {
            let relation = flush.work.relation(RelationPlace::at(at));
            let is_asked = relation.mapper().id() == mapper.id() && !relation.passive_updates();
            if is_asked && relation.direction() != Direction::ManyToOne {
                flush.work.forget_history(*item, relation);
                progress.listed.push(*item);
            }
        }
    }
    !rekeyed.is_empty()
}

/// Lets a relationship look at what it hasn't seen. Says whether there was anything.
fn look(flush: &mut Flush<'_>, at: RelationPlace, progress: &mut Progress) -> Result<bool> {
    let relation = flush.work.relation(at);
    let Some(class) = flush.work.place_of(relation.mapper()).and_then(|class| flush.work.class(class)) else {
        return Ok(false);
    };
    let mut fresh = std::mem::take(&mut progress.listed);
    fresh.extend_from_slice(&class.items[progress.seen..]);
    progress.seen = class.items.len();
    let (mut saved, mut deleted, mut lone) = (Vec::new(), Vec::new(), false);
    for id in fresh {
        let item = flush.work.item(id);
        match item.verb() {
            None => progress.listed.push(id),
            Some(_) if item.is_lone => lone = true,
            // What it leads to is to be deleted too, and has nothing more to tell.
            Some(Verb::Delete) if related::is_read_by_keys(&item.instance, relation)? => lone = true,
            Some(Verb::Delete) => deleted.push(id),
            Some(Verb::Save) => saved.push(id),
        }
    }
    if saved.is_empty() && deleted.is_empty() && !lone {
        return Ok(false);
    }
    fetch(flush, relation, &deleted)?;
    dependency::presort(flush, relation, Verb::Delete, &deleted)?;
    dependency::presort(flush, relation, Verb::Save, &saved)?;
    let is_active = flush.work.relations()[at.index()].active;
    if !is_active
        // First what was changed: for a deletion that loads what it has to know.
        && (has_changes(flush, relation, Verb::Delete, &deleted)?
            || has_changes(flush, relation, Verb::Save, &saved)?
            || keeps_order(flush, relation))
    {
        flush.work.activate(at);
    }
    Ok(true)
}

/// Loads for all deleted objects at once what is asked of each of them.
fn fetch(flush: &Flush<'_>, relation: &'static Relation, deleted: &[ItemId]) -> Result<()> {
    let is_asked = relation.direction() != Direction::ManyToOne
        || relation.cascade().has(Cascade::DELETE)
        || deletes_orphans(relation);
    if deleted.len() < 2 || !is_asked || !dependency::of_deleted(flush.cx.rules(), relation).asks_session() {
        return Ok(());
    }
    let unknown = deleted.iter().filter(|id| !flush.work.has_history(**id, relation));
    let objects: Vec<Handle> = unknown.map(|id| flush.work.item(*id).instance.clone()).collect();
    flush.cx.fetch(relation, &objects, ReadOptions::DATABASE.committed().ignoring_raise())
}

/// Whether objects of both its classes are written, so that one goes before the other.
fn keeps_order(flush: &Flush<'_>, relation: &Relation) -> bool {
    !relation.is_self_referential() && flush.work.place_of(relation.target()).is_some()
}

/// Whether a relationship has anything to write for these objects.
fn has_changes(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    verb: Verb,
    items: &[ItemId],
) -> Result<bool> {
    let options = match (verb, relation.direction()) {
        (Verb::Save, _) => ReadOptions::MEMORY.with_queued(),
        (Verb::Delete, Direction::ManyToOne) => ReadOptions::OWN_ROW,
        (Verb::Delete, _) => dependency::of_deleted(flush.cx.rules(), relation).with_queued(),
    };
    for item in items {
        let instance = &flush.work.item(*item).instance;
        if is_all_new(instance, relation)? && to_many::walk(instance, relation).next().is_some() {
            return Ok(true);
        }
        if flush.work.history(*item, relation, options)?.is_some_and(|history| !history.is_empty()) {
            return Ok(true);
        }
        // A to-one that is known to lead to nothing counts, as it does in SQLAlchemy.
        if !relation.is_many() && access::is_loaded(&flush.work.item(*item).instance, relation.slot())? {
            return Ok(true);
        }
    }
    Ok(false)
}
