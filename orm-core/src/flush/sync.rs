//! Keys carried from row to row: populate, clear, and whether there is anything to carry.

use crate::state::read::column::Known;
use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};
use crate::state::change::assign;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::{Attr, Old};
use crate::state::memory::instance::Instance;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// Copies the values of the first columns of the pairs to the second ones.
pub(super) fn populate(source: &Rc<Instance>, dest: &Rc<Instance>, pairs: &[(usize, usize)]) -> Result<()> {
    for (from, to) in pairs {
        if assign::carry(source, *from, dest, *to)? {
            continue;
        }
        match column::value(source, *from, ReadOptions::DATABASE)?.or_null().unwrap_or_default() {
            Value::Null => assign::clear(dest, *to)?,
            // Both sides of a relationship carry the key: the second finds it there.
            value if dest.read(|columns| columns.slot(*to).is_some_and(|slot| slot.is(&value)))? => {}
            value => assign::set_value(dest, *to, &value)?,
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
    for (_, to) in relation.pairs() {
        if mapper.primary_key().contains(to)
            && let Known::Value(value) = column::value(instance, *to, ReadOptions::DATABASE)?
            && !value.is_null()
        {
            let attribute = mapper.columns().get(*to).map(|column| column.attribute);
            return Err(Error::new(
                Code::BlankedKey,
                format!(
                    "{} lost its parent, but the foreign key is part of its primary key",
                    instance.header().label()
                ),
            )
            .about(mapper.class(), attribute)
            .help(
                "delete the object, or have the relationship do it by `cascade = \"all, delete-orphan\"`",
            ));
        }
        assign::clear(instance, *to)?;
    }
    Ok(())
}

/// Whether a key that others refer to got another value.
pub(super) fn is_source_changed(source: &Rc<Instance>, relation: &'static Relation) -> Result<bool> {
    if !source.header().has_key() || relation.direction() == Direction::ManyToOne {
        return Ok(false);
    }
    let old = with_changes(source, |changes| {
        changes.map(|changes| {
            relation
                .pairs()
                .iter()
                .filter_map(|(from, _)| match changes.old(Attr::column(*from)) {
                    Some(Old::Value(value)) => Some((*from, value.clone())),
                    _ => None,
                })
                .collect::<Vec<_>>()
        })
    })?;
    for (from, old) in old.unwrap_or_default() {
        if column::value(source, from, ReadOptions::MEMORY)?.or_null() != Some(old) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The row of a table between: the columns of the near side, then those of the far side.
pub(super) fn link_row(
    near: &Rc<Instance>,
    far: &Rc<Instance>,
    relation: &'static Relation,
) -> Result<Vec<Value>> {
    let side = |instance: &Rc<Instance>, pairs: &[(usize, usize)]| -> Result<Vec<Value>> {
        pairs
            .iter()
            .map(|(from, _)| {
                Ok(column::value(instance, *from, ReadOptions::DATABASE)?.or_null().unwrap_or_default())
            })
            .collect()
    };
    let mut row = side(near, relation.pairs())?;
    row.extend(side(far, relation.secondary_pairs())?);
    Ok(row)
}
