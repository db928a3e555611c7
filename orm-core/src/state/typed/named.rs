//! `Named`: the relationships that are named along paths, and how they are loaded.

use std::rc::Rc;

use crate::declare::{LinkSlotId, RelationAt};
use crate::error::{Code, Error, Result};
use crate::state::change::to_many;
use crate::state::memory::access;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::read::port;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;

/// Relationships that are named, with those that are named of what they lead to.
#[derive(Debug, Default)]
pub struct Named(Vec<(RelationAt, Named)>);

impl Named {
    pub(super) fn add(&mut self, path: &[RelationAt]) {
        let mut at = self;
        for slot in path {
            let known = at.0.iter().position(|(known, _)| known == slot);
            let place = known.unwrap_or(at.0.len());
            if known.is_none() {
                at.0.push((*slot, Named::default()));
            }
            let Some((_, next)) = at.0.get_mut(place) else { return };
            at = next;
        }
    }

    /// What is named of the objects that a relationship leads to; none where it isn't named itself.
    pub(crate) fn beyond(&self, slot: LinkSlotId) -> Option<&Named> {
        self.0.iter().find(|(known, _)| *known == RelationAt::Slot(slot)).map(|(_, named)| named)
    }

    /// Loads what is named and isn't loaded, for all objects at once that a path leads to.
    ///
    /// # Errors
    /// As reading a relationship.
    pub(crate) fn load(&self, object: &Handle) -> Result<()> {
        let mut left: Vec<(&Named, Vec<Handle>)> = vec![(self, vec![object.clone()])];
        while let Some((named, objects)) = left.pop() {
            for (slot, beyond) in &named.0 {
                let found = load(&objects, *slot)?;
                if !beyond.0.is_empty() && !found.is_empty() {
                    left.push((beyond, found));
                }
            }
        }
        Ok(())
    }
}

/// A plain value is the struct, and has no field for what is added to the class.
#[cold]
fn no_field(object: &Handle, name: &str) -> Error {
    Error::new(Code::Value, "the plain value has no field for it, since it is added to the class")
        .about(object.header().mapper().class(), Some(name))
        .help("declare it in the struct; instead of `backref` both sides say `back_populates`")
}

/// Loads a relationship of objects, and gives what it leads to, each once.
fn load(objects: &[Handle], at: RelationAt) -> Result<Vec<Handle>> {
    let options = ReadOptions::DATABASE.ignoring_raise();
    let Some(first) = objects.first() else { return Ok(Vec::new()) };
    let relation = match at {
        RelationAt::Slot(slot) => access::relation(first, slot)?,
        RelationAt::Named(name) => return Err(no_field(first, name)),
    };
    let mut waiting = Vec::new();
    for object in objects {
        if related::is_open(object, relation)? {
            waiting.push(object.clone());
        }
    }
    if let Some(session) = waiting.first().and_then(|one| port::of(one)) {
        session.load_named(relation, &waiting, options)?;
    }
    let (mut found, mut seen) = (Vec::new(), Addresses::default());
    let mut add = |one: Handle| {
        if seen.insert(address(&one)) {
            found.push(one);
        }
    };
    for object in objects {
        let object: &Rc<_> = object;
        // What a statement for all has left out is read as it is of one object; one without a session says so.
        let options = if port::of(object).is_some() { options } else { ReadOptions::DATABASE };
        if relation.is_many() {
            related::many(object, relation, options)?;
            to_many::in_slot(object, relation)?.into_iter().for_each(&mut add);
        } else if let Some(one) = related::one(object, relation, options)?.object() {
            add(one);
        }
    }
    Ok(found)
}
