//! Keys carried from row to row: populate, clear, and whether there is anything to carry.

use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};
use crate::state::attr::column::{self, Known};
use crate::state::attr::with_track;
use crate::state::{Attr, Node, Old, Passive};
use crate::value::Value;

/// Copies the values of the first columns of the pairs to the second ones.
pub(super) fn populate(source: &Rc<Node>, dest: &Rc<Node>, pairs: &[(usize, usize)]) -> Result<()> {
    for (from, to) in pairs {
        if column::carry(source, *from, dest, *to)? {
            continue;
        }
        match column::value(source, *from, Passive::OFF)?.or_null().unwrap_or_default() {
            Value::Null => column::clear(dest, *to)?,
            // Both sides of a relationship carry the key: the second finds it there.
            value if dest.read(|columns| columns.slot(*to).is_some_and(|slot| slot.is(&value)))? => {}
            value => column::set_value(dest, *to, &value)?,
        }
    }
    Ok(())
}

/// Empties the foreign key of an object.
///
/// # Errors
/// `blanked-key` where the foreign key is part of the primary key.
pub(super) fn clear(node: &Rc<Node>, relation: &'static Relation) -> Result<()> {
    let mapper = node.core().mapper();
    for (_, to) in relation.pairs() {
        if mapper.primary_key().contains(to)
            && let Known::Value(value) = column::value(node, *to, Passive::OFF)?
            && !value.is_null()
        {
            let attribute = mapper.columns().get(*to).map(|column| column.attribute);
            return Err(Error::new(
                Code::BlankedKey,
                format!(
                    "{} lost its parent, but the foreign key is part of its primary key",
                    node.core().label()
                ),
            )
            .of(mapper.class(), attribute)
            .help(
                "delete the object, or have the relationship do it by `cascade = \"all, delete-orphan\"`",
            ));
        }
        column::clear(node, *to)?;
    }
    Ok(())
}

/// Whether a key that others refer to got another value.
pub(super) fn is_source_changed(source: &Rc<Node>, relation: &'static Relation) -> Result<bool> {
    if !source.core().has_key() || relation.direction() == Direction::ManyToOne {
        return Ok(false);
    }
    let old = with_track(source, |track| {
        track.map(|track| {
            relation
                .pairs()
                .iter()
                .filter_map(|(from, _)| match track.old(Attr::column(*from)) {
                    Some(Old::Value(value)) => Some((*from, value.clone())),
                    _ => None,
                })
                .collect::<Vec<_>>()
        })
    })?;
    for (from, old) in old.unwrap_or_default() {
        if column::value(source, from, Passive::NO_INITIALIZE)?.or_null() != Some(old) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The row of a table between: the columns of the near side, then those of the far side.
pub(super) fn link_row(near: &Rc<Node>, far: &Rc<Node>, relation: &'static Relation) -> Result<Vec<Value>> {
    let side = |node: &Rc<Node>, pairs: &[(usize, usize)]| -> Result<Vec<Value>> {
        pairs
            .iter()
            .map(|(from, _)| Ok(column::value(node, *from, Passive::OFF)?.or_null().unwrap_or_default()))
            .collect()
    };
    let mut row = side(near, relation.pairs())?;
    row.extend(side(far, relation.secondary_pairs())?);
    Ok(row)
}
