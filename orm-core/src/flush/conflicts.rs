//! Values that only one row may have, and that pass from a row to be deleted to one that is written.

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;

use super::emit::key_of;
use super::plan::{ClassPlace, Conflict, ItemId, Items, Verb};
use super::work::Work;
use crate::declare::ColumnId;
use crate::error::Result;
use crate::mapper::{Direction, Mapper, Relation};
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::history::{came, newly_set};
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// Values of foreign keys that this flush is to carry to objects; `None` where they aren't known yet.
type Coming = HashMap<(ItemId, ColumnId), Option<Value>, FxBuildHasher>;

/// The deletions that are in the way of what is saved. Most flushes don't save and delete objects of one class.
pub(super) fn find(work: &Work, items: &Items) -> Result<Vec<Conflict>> {
    let mut conflicts = Vec::new();
    for (at, class) in work.classes().enumerate() {
        let place = ClassPlace::at(at);
        let (saved, deleted) = (items.of(Verb::Save, place), items.of(Verb::Delete, place));
        if !saved.is_empty() && !deleted.is_empty() {
            of_class(work, class.mapper, (place, saved, deleted), &mut conflicts)?;
        }
    }
    Ok(conflicts)
}

fn of_class(
    work: &Work,
    mapper: &'static Mapper,
    (class, saved, deleted): (ClassPlace, &[ItemId], &[ItemId]),
    conflicts: &mut Vec<Conflict>,
) -> Result<()> {
    let unique = unique_columns(mapper);
    if unique.is_empty() {
        return Ok(());
    }
    let coming = coming(work, mapper, saved, &unique)?;
    let taken_over = keys(work, saved)?;
    for columns in &unique {
        let mut rows: HashMap<Vec<Value>, ItemId, FxBuildHasher> = HashMap::default();
        for item in deleted {
            let instance = &work.item(*item).instance;
            // A row that a new object takes over isn't deleted.
            if instance.header().key().is_some_and(|key| taken_over.contains(&key)) {
                continue;
            }
            let value = |id: &ColumnId| {
                // What is expired has to be loaded for the deletion all the same.
                column::committed_value(instance, mapper.slot(*id), ReadOptions::DATABASE.without_autoflush())
                    .map(|value| value.or_null())
            };
            if let Some(row) = all_known(columns, value)? {
                rows.insert(row, *item);
            }
        }
        if rows.is_empty() {
            continue;
        }
        for item in saved {
            let instance = &work.item(*item).instance;
            if !is_written(instance, mapper, *item, columns, &coming)? {
                continue;
            }
            let value = |id: &ColumnId| match coming.get(&(*item, *id)) {
                Some(value) => Ok(value.clone()),
                None => column::value(instance, mapper.slot(*id), ReadOptions::MEMORY)
                    .map(|value| value.or_null()),
            };
            if let Some(row) = all_known(columns, value)?
                && let Some(deleted) = rows.get(&row)
            {
                conflicts.push(Conflict { class, deleted: *deleted, saved: *item });
            }
        }
    }
    Ok(())
}

/// The sets of columns whose values only one row may have, beside the primary key.
fn unique_columns(mapper: &'static Mapper) -> Vec<Vec<ColumnId>> {
    let table = mapper.table();
    // Of the rows that an index leaves out none is in another one's way; to delete first does them no harm.
    let indexes = table.indexes.iter().filter(|index| index.unique && index.terms.is_none());
    let indexes = indexes.map(|index| index.columns);
    let sets = table.uniques.iter().map(|unique| unique.columns).chain(indexes);
    let ids = |names: &[&str]| -> Option<Vec<ColumnId>> {
        names.iter().map(|name| mapper.column_named(name).map(|column| column.id())).collect()
    };
    sets.filter_map(ids).collect()
}

/// The keys of new objects, which are those of rows that they may take over.
fn keys(work: &Work, saved: &[ItemId]) -> Result<HashSet<crate::state::key::Key, FxBuildHasher>> {
    let mut keys = HashSet::default();
    for item in saved {
        let instance = &work.item(*item).instance;
        if !instance.header().has_key() {
            keys.extend(key_of(instance)?);
        }
    }
    Ok(keys)
}

/// The values of columns, if all are known and none is `NULL`.
fn all_known(
    columns: &[ColumnId],
    value: impl Fn(&ColumnId) -> Result<Option<Value>>,
) -> Result<Option<Vec<Value>>> {
    let mut all = Vec::with_capacity(columns.len());
    for column in columns {
        match value(column)? {
            Some(value) if !value.is_null() => all.push(value),
            _ => return Ok(None),
        }
    }
    Ok(Some(all))
}

/// Whether one of these columns is written for an object.
fn is_written(
    instance: &Handle,
    mapper: &'static Mapper,
    item: ItemId,
    columns: &[ColumnId],
    coming: &Coming,
) -> Result<bool> {
    if !instance.header().has_key() || columns.iter().any(|id| coming.contains_key(&(item, *id))) {
        return Ok(true);
    }
    with_changes(instance, |changes| {
        let was = |id: &ColumnId| {
            changes.is_some_and(|changes| changes.was(Attr::Column(mapper.slot(*id))).is_some())
        };
        columns.iter().any(was)
    })
}

/// What relationships are to carry to these columns of objects that are saved.
fn coming(
    work: &Work,
    mapper: &'static Mapper,
    saved: &[ItemId],
    unique: &[Vec<ColumnId>],
) -> Result<Coming> {
    let mut coming = Coming::default();
    let is_unique = |id: ColumnId| unique.iter().any(|columns| columns.contains(&id));
    for relation in work.relations().iter().map(|of| of.relation) {
        match relation.direction() {
            Direction::ManyToOne if relation.mapper().id() == mapper.id() => {
                for pair in relation.pairs().iter().filter(|pair| is_unique(pair.local)) {
                    for item in saved {
                        if let Read::Known(target) = newly_set(&work.item(*item).instance, relation)? {
                            let value = match target {
                                Some(target) => value_of(&target, relation.target(), pair.remote)?,
                                None => Some(Value::Null),
                            };
                            coming.insert((*item, pair.local), value);
                        }
                    }
                }
            }
            Direction::OneToMany
                if relation.target().id() == mapper.id()
                    && relation.pairs().iter().any(|pair| is_unique(pair.remote)) =>
            {
                by_parents(work, relation, &mut coming)?;
            }
            _ => {}
        }
    }
    Ok(coming)
}

/// What parents are to carry to the children that came to them.
fn by_parents(work: &Work, relation: &'static Relation, coming: &mut Coming) -> Result<()> {
    let Some(class) = work.place_of(relation.mapper()).and_then(|place| work.class(place)) else {
        return Ok(());
    };
    for parent in
        class.items.iter().map(|item| work.item(*item)).filter(|item| item.verb() == Some(Verb::Save))
    {
        for child in came(&parent.instance, relation, |_| true)? {
            let Some(item) = work.find(&child) else { continue };
            for pair in relation.pairs() {
                let value = value_of(&parent.instance, relation.mapper(), pair.local)?;
                coming.insert((item, pair.remote), value);
            }
        }
    }
    Ok(())
}

fn value_of(instance: &Handle, mapper: &'static Mapper, id: ColumnId) -> Result<Option<Value>> {
    column::value(instance, mapper.slot(id), ReadOptions::MEMORY).map(|value| value.or_null())
}
