//! Keys carried from row to row: populate, clear, and whether there is anything to carry.

use crate::declare::SlotId;
use crate::state::read::answer::Read;
use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, LinkPair, Relation, far_key_cascades};
use crate::state::change::assign;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::instance::Instance;
use crate::state::memory::slot::AnySlot;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// Copies the key of the object that is referred to, into the foreign key of the one that refers.
pub(super) fn populate(source: &Rc<Instance>, dest: &Rc<Instance>, relation: &Relation) -> Result<()> {
    let is_to_one = relation.direction() == Direction::ManyToOne;
    for pair in relation.slot_pairs() {
        let (from, to) = if is_to_one { (pair.remote, pair.local) } else { (pair.local, pair.remote) };
        if assign::carry(source, from, dest, to)? {
            continue;
        }
        match column::value(source, from, ReadOptions::DATABASE)?.or_null().unwrap_or_default() {
            Value::Null => assign::clear(dest, to)?,
            // Both sides of a relationship carry the key: the second finds it there.
            value if dest.read(|columns| columns.at(to).is_some_and(|slot| slot.is(&value)))? => {}
            value => assign::copy((source, from), (dest, to), &value)?,
        }
    }
    Ok(())
}

/// Empties the foreign key of an object.
///
/// # Errors
/// `blanked-key` where the foreign key is part of the primary key.
pub(super) fn clear(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    let mapper = instance.header().mapper();
    let is_to_one = relation.direction() == Direction::ManyToOne;
    for pair in relation.slot_pairs() {
        let to = if is_to_one { pair.local } else { pair.remote };
        if mapper.key_slots().contains(&to)
            && let Read::Known(value) = column::value(instance, to, ReadOptions::DATABASE)?
            && !value.is_null()
        {
            let attribute = mapper.attribute_in(to);
            return Err(Error::new(
                Code::BlankedKey,
                format!(
                    "{} lost its parent, but the foreign key is part of its primary key",
                    instance.header().label()
                ),
            )
            .about(mapper.class(), attribute)
            .help(help_blanked(relation)));
        }
        assign::clear(instance, to)?;
    }
    Ok(())
}

/// How an object is deleted that loses its key with its parent: by the side that leads to it.
fn help_blanked(relation: &'static Relation) -> String {
    let parents = match relation.direction() {
        Direction::ManyToOne => relation.written_inverse(),
        _ => Some(relation),
    };
    let which = parents.map_or_else(
        || "the relationship".to_owned(),
        |relation| format!("`{}.{}`", relation.class(), relation.name()),
    );
    format!("delete the object, or have {which} do it by `cascade = \"all, delete-orphan\"`")
}

/// Whether a key that others refer to got another value.
pub(super) fn is_source_changed(source: &Rc<Instance>, relation: &'static Relation) -> Result<bool> {
    if relation.direction() == Direction::ManyToOne {
        return Ok(false);
    }
    let mapper = relation.mapper();
    let direct = relation.slot_pairs().iter().map(|pair| pair.local);
    let keys = direct.chain(relation.near_pairs().iter().map(|pair| mapper.slot(pair.column)));
    let old: Vec<(SlotId, Value)> = with_changes(source, |changes| {
        let Some(changes) = changes else { return Vec::new() };
        let was = |place: SlotId| match changes.was(Attr::Column(place)) {
            Some(Was::Value(value)) => Some((place, value.clone())),
            _ => None,
        };
        keys.filter_map(was).collect()
    })?;
    for (place, old) in old {
        if column::value(source, place, ReadOptions::MEMORY)?.or_null() != Some(old) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Which keys of its objects the row of a link has.
#[derive(Clone, Copy)]
pub(super) enum LinkKeys {
    /// Those that they have.
    ToBe,
    /// Those that they had, but for that of the far side where the database has changed it by itself.
    Was,
    /// Those that they had, before the row of either of them is written.
    Committed,
}

/// Adds the row of an association table: the columns of the near side, then those of the far side.
pub(super) fn add_link_row(
    row: &mut Vec<Value>,
    (near, far): (&Rc<Instance>, &Rc<Instance>),
    relation: &'static Relation,
    keys: LinkKeys,
) -> Result<()> {
    row.reserve_exact(relation.near_pairs().len() + relation.far_pairs().len());
    let add_near = match keys {
        LinkKeys::ToBe => add_values,
        LinkKeys::Was | LinkKeys::Committed => add_old_values,
    };
    let add_far = match keys {
        LinkKeys::ToBe => add_values,
        LinkKeys::Was if far_key_cascades(relation) => add_values,
        LinkKeys::Was | LinkKeys::Committed => add_old_values,
    };
    add_near(row, near, relation.near_pairs())?;
    add_far(row, far, relation.far_pairs())
}

fn add_values(row: &mut Vec<Value>, instance: &Rc<Instance>, pairs: &[LinkPair]) -> Result<()> {
    let mapper = instance.header().mapper();
    for pair in pairs {
        let place = mapper.slot(pair.column);
        row.push(match instance.read(|columns| columns.at(place).and_then(AnySlot::integer))? {
            Some(id) => Value::Int(id),
            None => column::value(instance, place, ReadOptions::DATABASE)?.or_null().unwrap_or_default(),
        });
    }
    Ok(())
}

fn add_old_values(row: &mut Vec<Value>, instance: &Rc<Instance>, pairs: &[LinkPair]) -> Result<()> {
    let mapper = instance.header().mapper();
    for pair in pairs {
        let old = column::committed_value(instance, mapper.slot(pair.column), ReadOptions::DATABASE)?;
        row.push(old.or_null().unwrap_or_default());
    }
    Ok(())
}
