//! Merging: the state of an object, wherever it comes from, on the object of the session.

use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::Result;
use crate::flush::key_of;
use crate::mapper::{Relation, RelationId};
use crate::state::attr::object::Expect;
use crate::state::attr::{self, Got, collection, column, object};
use crate::state::{Handle, Key, Live, Node, Obj, Passive, SlotState, address, create};
use crate::value::Value;

#[derive(Default)]
struct Merge {
    /// What each given object became.
    done: HashMap<usize, Handle, FxBuildHasher>,
    /// By which relationship an object was reached, so that the way back isn't gone.
    reached: HashSet<(usize, RelationId), FxBuildHasher>,
    /// Objects by their keys, so that two given ones of the same key become one.
    keyed: HashMap<(usize, Key), Handle, FxBuildHasher>,
}

impl Session {
    /// Copies the state of an object, and of everything that it leads to by `merge`, onto the objects of this
    /// session with the same keys, which are loaded or made; gives the one of the session. The given object
    /// stays as it is.
    ///
    /// # Errors
    /// Whatever loading and setting says.
    pub fn merge<T: Live>(&self, given: &Obj<T>) -> Result<Obj<T>> {
        crate::load::Execute::autoflush(&*self.inner)?;
        let autoflush = self.inner.autoflush.replace(false);
        let merged = self.inner.merge(Obj::handle(given), &mut Merge::default());
        self.inner.autoflush.set(autoflush);
        merged.map(Obj::from_handle)
    }
}

impl Inner {
    fn merge(&self, given: &Handle, merge: &mut Merge) -> Result<Handle> {
        if let Some(done) = merge.done.get(&address(given)) {
            return Ok(done.clone());
        }
        let mapper = given.core().mapper();
        let key = match given.core().key() {
            Some(key) => Some(key),
            None => {
                // What was expired before the object lost its row can't be loaded: that is an error here.
                for index in mapper.primary_key() {
                    column::value(given, *index, Passive::NO_INIT)?;
                }
                key_of(given)?
            }
        };
        let known = match &key {
            Some(key) => match self.identity.get(mapper, key) {
                Some(known) => Some(known),
                None => match merge.keyed.get(&(mapper.uid(), key.clone())) {
                    Some(known) => Some(known.clone()),
                    None => self.get(mapper, key.values())?,
                },
            },
            None => None,
        };
        let merged = match known {
            Some(known) => known,
            None => {
                let made = create(mapper)?;
                self.add_node(&made)?;
                made
            }
        };
        merge.done.insert(address(given), merged.clone());
        if let Some(key) = key {
            merge.keyed.insert((mapper.uid(), key), merged.clone());
        }
        if !Rc::ptr_eq(given, &merged) {
            self.copy(given, &merged, merge)?;
        }
        Ok(merged)
    }

    fn copy(&self, given: &Handle, merged: &Handle, merge: &mut Merge) -> Result<()> {
        // Relationships first: where one can't be copied, the columns stay as they were.
        for relation in given.core().mapper().relations() {
            self.copy_relation(given, merged, relation, merge)?;
        }
        (0..given.core().mapper().columns().len()).try_for_each(|index| copy_column(given, merged, index))
    }

    fn copy_relation(
        &self,
        given: &Handle,
        merged: &Handle,
        relation: &'static Relation,
        merge: &mut Merge,
    ) -> Result<()> {
        if relation.inverse().is_some_and(|inverse| merge.reached.contains(&(address(given), inverse)))
            || !relation.cascade().has(Cascade::MERGE)
            || !attr::is_loaded(given, relation.index())?
        {
            return Ok(());
        }
        let passive = Passive::OFF.with(Passive::NO_RAISE);
        if relation.is_many() {
            // Loaded first, so that what is there is found in the identity map.
            attr::get(merged, relation, passive)?;
            let mut objects = Vec::new();
            for one in collection::held(given, relation)? {
                merge.reached.insert((address(&one), relation.id()));
                objects.push(self.merge(&one, merge)?);
            }
            return collection::replace(merged, relation, &objects, passive);
        }
        let one = match attr::get(given, relation, Passive::NO_INITIALIZE)? {
            Got::One(Some(one)) => {
                merge.reached.insert((address(&one), relation.id()));
                Some(self.merge(&one, merge)?)
            }
            _ => None,
        };
        object::set(merged, relation, one.as_deref(), None, Expect::Anything)
    }
}

/// Copies a column. One that the given object doesn't know is loaded anew where the other has a row.
fn copy_column(given: &Rc<dyn Node>, merged: &Rc<dyn Node>, index: usize) -> Result<()> {
    match given.column_value(index)? {
        Some(Value::Null) => column::clear(merged, index),
        Some(value) => column::set_value(merged, index, &value),
        None => merged.write(|columns| {
            if let Some(slot) = columns.slot_mut(index)
                && slot.state() == SlotState::Unset
                && merged.core().has_key()
            {
                slot.reset(SlotState::Expired);
            }
        }),
    }
}
