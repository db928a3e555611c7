//! Keys that are changed, and the rows that hold them: where the flush changes these, and where the database has.

use std::rc::Rc;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use rustc_hash::FxBuildHasher;

use super::super::context::Flush;
use super::super::emit::key_in_database;
use super::super::plan::{ItemId, Verb};
use super::super::sync;
use super::super::work::{Role, Work};
use crate::declare::{ColumnId, ForeignKeyDecl};
use crate::error::Result;
use crate::mapper::{Mapper, Relation, RelationId, cascades, ends, key};
use crate::state::key::Key;
use crate::state::memory::access::{is_loaded, with_slot};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// Finds the objects of the session that refer to those of a class whose keys are changed, by relationships with
/// `passive_updates = false` of which the other side doesn't know: their rows are changed too. Says whether a key was
/// changed. Only then does it look at the session's objects.
pub(in crate::flush) fn search(
    flush: &mut Flush<'_>,
    mapper: &'static Mapper,
    items: &[ItemId],
) -> Result<bool> {
    let mut found = false;
    for relation in mapper.referrers().into_iter().flat_map(|referrers| referrers.searched()).copied() {
        let parents = rekeyed(flush.work, relation, items)?;
        if parents.is_empty() {
            continue;
        }
        found = true;
        let by_address: HashMap<usize, ItemId, FxBuildHasher> =
            parents.values().map(|item| (address(&flush.work.item(*item).instance), *item)).collect();
        let class = relation.mapper();
        for child in flush.cx.identity().all() {
            if child.header().mapper().id() != class.id() || flush.work.is_deleted(&child) {
                continue;
            }
            let parent = if is_loaded(&child, relation.slot())? {
                with_slot(&child, relation.slot(), |slot| {
                    slot.one().and_then(|one| by_address.get(&address(one))).copied()
                })?
            } else if flush.cx.was_deleted(&child)? {
                None
            } else {
                let options = ReadOptions::DATABASE.without_autoflush();
                values(&child, key(relation).map(|(_, from)| from), options)?
                    .and_then(|held| parents.get(&held).copied())
            };
            let Some(parent) = parent.filter(|_| flush.cx.contains(&child)) else { continue };
            flush.work.include(child.clone(), Role::Saved)?;
            give(flush, parent, relation, &child)?;
        }
    }
    Ok(found)
}

/// Those of the objects whose keys are changed which a relationship leads to, by the keys that they had.
fn rekeyed(
    work: &Work,
    relation: &'static Relation,
    items: &[ItemId],
) -> Result<HashMap<Key, ItemId, FxBuildHasher>> {
    let mut parents = HashMap::default();
    for item in items {
        let parent = &work.item(*item).instance;
        let columns = || key(relation).map(|(to, _)| to);
        let Some(old) = values(parent, columns(), ReadOptions::MEMORY.committed())? else { continue };
        if parent.header().has_key() && Some(&old) != values(parent, columns(), ReadOptions::MEMORY)?.as_ref()
        {
            parents.insert(old, *item);
        }
    }
    Ok(parents)
}

/// Gives an object the changed key of one that it refers to. If others refer to its own key by what it got, their rows
/// are changed too.
pub(super) fn give(
    flush: &mut Flush<'_>,
    parent: ItemId,
    relation: &'static Relation,
    child: &Rc<Instance>,
) -> Result<()> {
    if !flush.cx.contains(child) || flush.work.is_deleted(child) {
        return Ok(());
    }
    let parent = flush.work.item(parent).instance.clone();
    sync::populate(&parent, child, relation)?;
    let from: Vec<ColumnId> = key(relation).map(|(_, from)| from).collect();
    if child.header().mapper().referrers().is_some_and(|referrers| referrers.concern(&from))
        && let Some(item) = flush.work.find(child)
    {
        flush.rekeyed.push(item);
    }
    Ok(())
}

/// The database changes the rows of these children with the key of their parent, also where that is part of their own:
/// by that they are found from then on. As SQLAlchemy tells it, by the objects that a relationship leads to.
pub(super) fn moves(
    work: &mut Work,
    parent: ItemId,
    relation: &'static Relation,
    children: &[Handle],
) -> Result<()> {
    if !relation.passive_updates() || !holds_key(relation) || !is_declared(relation) {
        return Ok(());
    }
    for child in children {
        if let Some(item) = work.find(child).filter(|item| work.item(*item).verb() == Some(Verb::Save)) {
            move_row(work, relation, parent, item)?;
        }
    }
    Ok(())
}

/// Whether a column by which a relationship refers is part of a primary key.
pub(in crate::flush) fn holds_key(relation: &'static Relation) -> bool {
    let (child, _) = ends(relation);
    key(relation).any(|(_, from)| child.primary_key().contains(&from))
}

/// Whether a foreign key declares a reference of primary keys by which a relationship refers.
fn is_declared(relation: &'static Relation) -> bool {
    let (child, parent) = ends(relation);
    key(relation).any(|(to, from)| {
        let (to, from) = (parent.column(to).name(), child.column(from).name());
        let has = |declared: &ForeignKeyDecl| {
            declared.table == parent.table().name
                && declared.columns.iter().zip(declared.references).any(|pair| pair == (&from, &to))
        };
        child.table().foreign_keys.iter().any(has)
    })
}

/// The database has changed the rows of the flush's objects that held the old keys of these, whose rows are written.
pub(in crate::flush) fn move_rows(work: &mut Work, items: &[ItemId]) -> Result<()> {
    let mut children: HashMap<RelationId, Children, FxBuildHasher> = HashMap::default();
    let mut waiting: Vec<ItemId> = items.to_vec();
    while let Some(item) = waiting.pop() {
        let mapper = work.item(item).instance.header().mapper();
        for relation in mapper.referrers().into_iter().flat_map(|referrers| referrers.relations()).copied() {
            if !holds_key(relation) || !cascades(relation) {
                continue;
            }
            let columns = key(relation).map(|(to, _)| to);
            let old = values(&work.item(item).instance, columns, ReadOptions::MEMORY.committed())?;
            let children = match children.entry(relation.id()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(by_held_key(work, relation)?),
            };
            for child in old.and_then(|old| children.get(&old)).into_iter().flatten() {
                if move_row(work, relation, item, *child)? {
                    waiting.push(*child);
                }
            }
        }
    }
    Ok(())
}

/// Objects by the key that their rows held of what a relationship leads to.
type Children = HashMap<Key, Vec<ItemId>, FxBuildHasher>;

/// The flush's objects whose rows hold the key of what a relationship leads to, by that key.
fn by_held_key(work: &Work, relation: &'static Relation) -> Result<Children> {
    let mut children = Children::default();
    let (class, _) = ends(relation);
    let Some(class) = work.place_of(class).and_then(|place| work.class(place)) else { return Ok(children) };
    for child in &class.items {
        let item = work.item(*child);
        if item.verb().is_none() || !item.instance.header().has_key() {
            continue;
        }
        let columns = key(relation).map(|(_, from)| from);
        if let Some(held) = values(&item.instance, columns, ReadOptions::MEMORY.committed())? {
            children.entry(held).or_default().push(*child);
        }
    }
    Ok(children)
}

/// Notes which key the row of an object has now that the one it refers to has another. Says whether that is new.
fn move_row(work: &mut Work, relation: &'static Relation, parent: ItemId, child: ItemId) -> Result<bool> {
    let (of_child, of_parent) = (&work.item(child).instance, &work.item(parent).instance);
    let (mapper, parent_mapper) = (of_child.header().mapper(), of_parent.header().mapper());
    let was = match work.moved(child) {
        Some(key) => key.clone(),
        None => key_in_database(of_child)?,
    };
    let moved_parent = work.moved(parent);
    let mut values: Vec<Value> = Vec::with_capacity(mapper.primary_key().len());
    for (at, id) in mapper.primary_key().iter().enumerate() {
        let to = key(relation).find(|(_, from)| from == id).map(|(to, _)| to);
        let Some(to) = to else {
            values.push(was.get(at).to_value());
            continue;
        };
        let in_key = parent_mapper.primary_key().iter().position(|key| *key == to);
        let now = match moved_parent.zip(in_key) {
            Some((key, at)) => Some(key.get(at).to_value()),
            None => column::value(of_parent, parent_mapper.slot(to), ReadOptions::MEMORY)?.or_null(),
        };
        values.push(now.unwrap_or_else(|| was.get(at).to_value()));
    }
    let now = Key::new(values);
    let is_new = now != was;
    if is_new {
        work.note_moved(child, now);
    }
    Ok(is_new)
}

/// The values of columns as a key, where all are known and none is `NULL`.
pub(in crate::flush) fn values(
    instance: &Rc<Instance>,
    columns: impl Iterator<Item = ColumnId>,
    options: ReadOptions,
) -> Result<Option<Key>> {
    let mapper = instance.header().mapper();
    let mut values: Vec<Value> = Vec::new();
    for id in columns {
        let place = mapper.slot(id);
        let value = if options.is_committed() {
            column::committed_value(instance, place, options)?
        } else {
            column::value(instance, place, options)?
        };
        match value.or_null() {
            Some(value) if !value.is_null() => values.push(value),
            _ => return Ok(None),
        }
    }
    Ok((!values.is_empty()).then(|| Key::new(values)))
}
