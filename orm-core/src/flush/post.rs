//! `Post`: foreign keys that relationships with `post_update` gave to objects, or took from them, after their rows were
//! saved or before they are deleted. They are written by updates of their own.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::emit::key_of;
use super::plan::{ItemId, Verb};
use super::rules::FlushRules;
use super::work::Work;
use crate::declare::{ColumnId, SlotId};
use crate::error::Result;
use crate::mapper::{Direction, Mapper, Relation};
use crate::state::change::assign;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::history::{came, newly_set};
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// Columns of a row.
pub(super) type Columns = SmallVec<[ColumnId; 4]>;

/// What the row of an object has of a column; `None` where that isn't known.
type Held = (SlotId, Option<Value>);

/// What a row has of the columns of a foreign key.
pub(super) type Row = SmallVec<[Held; 2]>;

/// The foreign keys that wait for their update.
pub(super) struct Post {
    rules: FlushRules,
    held: HashMap<ItemId, Row, FxBuildHasher>,
}

impl Post {
    pub(super) fn new(rules: FlushRules) -> Self {
        Post { rules, held: HashMap::default() }
    }

    /// Notes what the row of an object has of the foreign key of a relationship, before that is changed in memory.
    pub(super) fn note(&mut self, work: &Work, item: ItemId, relation: &Relation) -> Result<()> {
        let held = self.held_by_row(work, item, relation)?;
        self.keep(item, held);
        Ok(())
    }

    /// What the row of an object has of the foreign key of a relationship, to be noted by `keep`.
    pub(super) fn held_by_row(&self, work: &Work, item: ItemId, relation: &Relation) -> Result<Row> {
        let is_to_one = relation.direction() == Direction::ManyToOne;
        let item_work = work.item(item);
        let places =
            relation.slot_pairs().iter().map(|pair| if is_to_one { pair.local } else { pair.remote });
        let held = places.map(|place| {
            Ok((place, in_row(self.rules, &item_work.instance, place, item_work.is_deleted())?))
        });
        held.collect()
    }

    /// Notes what the row of an object has. What was noted before stays.
    pub(super) fn keep(&mut self, item: ItemId, row: Row) {
        let held = self.held.entry(item).or_default();
        for (place, value) in row {
            if held.iter().all(|(known, _)| *known != place) {
                held.push((place, value));
            }
        }
    }

    /// The row of an object is saved with all that the object holds.
    pub(super) fn is_saved(&mut self, items: &[ItemId]) {
        if !self.held.is_empty() {
            items.iter().for_each(|item| drop(self.held.remove(item)));
        }
    }

    /// Takes those of the objects out for which something is to be written, with the columns.
    pub(super) fn take(
        &mut self,
        work: &Work,
        verb: Verb,
        items: &[ItemId],
    ) -> Result<Vec<(ItemId, Columns)>> {
        let mut taken = Vec::new();
        for id in items {
            let item = work.item(*id);
            // A row that was taken over meanwhile isn't deleted any more. SQLAlchemy empties its key all the same, after
            // the new object has looked at it.
            let is_due = match verb {
                Verb::Delete if !self.rules.posts_changes => item.is_deleted(),
                _ => item.verb() == Some(verb),
            };
            if !is_due {
                continue;
            }
            let Some(mut held) = self.held.remove(id) else { continue };
            let has_row = item.instance.header().has_key();
            // The end of the flush asks for the key of an expired object. If its row is gone that is known before others
            // are written.
            if has_row && verb == Verb::Save && key_of(&item.instance)?.is_none() {
                column::load(&item.instance, ReadOptions::DATABASE.without_default())?;
            }
            // Of a row that wasn't loaded it may be known by now.
            for (place, held) in held.iter_mut().filter(|(_, held)| held.is_none()) {
                *held = match was(&item.instance, *place)? {
                    Some(was) => was,
                    // Nobody changed it since it was loaded.
                    None if has_row => Some(item.instance.column_value(*place)?.unwrap_or_default()),
                    None => None,
                };
            }
            let mapper = item.instance.header().mapper();
            let mut columns: Columns = item.instance.read(|columns| {
                let differs = |(place, held): &Held| {
                    let Some(slot) = columns.at(*place) else { return false };
                    // Otherwise it was neither given nor taken.
                    let is_known = matches!(slot.state(), SlotState::Set | SlotState::Null);
                    is_known && !held.as_ref().is_some_and(|held| slot.is(held))
                };
                let changed = held.iter().filter(|held| differs(held));
                changed.filter_map(|(place, _)| mapper.column_in(*place)).map(|column| column.id()).collect()
            })?;
            if !columns.is_empty() {
                columns.sort_unstable();
                taken.push((*id, columns));
            }
        }
        Ok(taken)
    }
}

/// What the row of an object has of a column, as far as that is known in memory: what the object holds, since its row
/// was saved; or what it held before it was changed, where the row is to be deleted.
fn in_row(
    rules: FlushRules,
    instance: &Rc<Instance>,
    place: SlotId,
    is_deleted: bool,
) -> Result<Option<Value>> {
    // SQLAlchemy writes what was changed, though the row may have it by now.
    if (is_deleted || !rules.posts_changes)
        && let Some(was) = was(instance, place)?
    {
        return Ok(was);
    }
    let header = instance.header();
    let is_new = !header.has_key();
    let is_unknown = is_new && !rules.posts_changes;
    if is_unknown && !header.has(Mark::WRITTEN) {
        return Ok(None);
    }
    let column = header.mapper().column_in(place);
    let has_default = column.is_some_and(|column| column.has_server_default());
    instance.read(|columns| {
        let slot = columns.at(place)?;
        match slot.state() {
            // An insert has written `NULL`, or left it to the database.
            SlotState::Unset => (is_new && !is_unknown && !has_default).then_some(Value::Null),
            SlotState::Null => Some(Value::Null),
            _ => slot.value(),
        }
    })
}

/// What a column held before it was changed, where it was; `Some(None)` where that isn't known.
fn was(instance: &Rc<Instance>, place: SlotId) -> Result<Option<Option<Value>>> {
    with_changes(instance, |changes| {
        let was = changes.and_then(|changes| changes.was(Attr::Column(place)));
        was.map(|was| if let Was::Value(value) = was { Some(value.clone()) } else { None })
    })
}

/// Empties foreign keys of objects before their rows are inserted, where a flush that was taken back has given them a key
/// whose row isn't there any more. They get it again after that.
pub(super) fn empty(work: &Work, rules: FlushRules, mapper: &'static Mapper, items: &[ItemId]) -> Result<()> {
    if !rules.posts_changes {
        return Ok(());
    }
    for of in work.relations().iter().filter(|of| of.active && of.relation.post_update()) {
        let relation = of.relation;
        match relation.direction() {
            Direction::ManyToOne if relation.mapper().id() == mapper.id() => {
                for item in items {
                    let instance = &work.item(*item).instance;
                    if is_new(instance)
                        && let Read::Known(Some(target)) = newly_set(instance, relation)?
                        && is_new(&target)
                    {
                        empty_one(instance, relation)?;
                    }
                }
            }
            Direction::OneToMany if relation.target().id() == mapper.id() => {
                let Some(class) = work.place_of(relation.mapper()).and_then(|at| work.class(at)) else {
                    continue;
                };
                for parent in class.items.iter().map(|item| &work.item(*item).instance) {
                    if is_new(parent) {
                        came(parent, relation, is_new)?
                            .iter()
                            .try_for_each(|child| empty_one(child, relation))?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_new(instance: &Rc<Instance>) -> bool {
    !instance.header().has_key()
}

fn empty_one(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    let mapper = instance.header().mapper();
    for pair in relation.slot_pairs() {
        let place = if relation.direction() == Direction::ManyToOne { pair.local } else { pair.remote };
        let is_set =
            instance.read(|columns| columns.at(place).is_some_and(|slot| slot.state() == SlotState::Set))?;
        if is_set && !mapper.key_slots().contains(&place) {
            assign::clear(instance, place)?;
        }
    }
    Ok(())
}
