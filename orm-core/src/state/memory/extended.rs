//! `Extended`: the columns of an object whose class has more of them than it declares.

use std::any::Any;

use crate::mapper::Mapper;
use crate::state::memory::slot::{AnySlot, Columns, OfRow, Slot, load_row};
use crate::value::{Typed, ValueRef};

/// Makes the slot of a column that is added to a class.
pub struct AddedSlot(fn() -> Box<dyn AnySlot>);

impl AddedSlot {
    /// Makes slots of the type `V`. For generated code.
    pub const fn of<V: Typed>() -> Self {
        AddedSlot(|| Box::new(Slot::<V>::Unset))
    }

    /// Whether its slots hold values of the type `V`.
    pub(crate) fn holds<V: Typed>(&self) -> bool {
        (self.0)().as_any_mut().is::<Slot<V>>()
    }
}

/// The columns of a class that declares none itself.
pub(crate) struct NoColumns;

impl Columns for NoColumns {
    fn slot(&self, _: usize) -> Option<&dyn AnySlot> {
        None
    }

    fn slot_mut(&mut self, _: usize) -> Option<&mut dyn AnySlot> {
        None
    }
}

/// The columns that a class declares, and behind them those that are added to it.
pub(crate) struct Extended {
    own: Box<dyn Columns>,
    /// How many columns the class declares.
    declared: usize,
    added: Box<[Box<dyn AnySlot>]>,
}

impl Extended {
    /// The columns of an object: its own as they are, the others unset.
    pub(crate) fn new(mapper: &Mapper, own: Box<dyn Columns>) -> Self {
        let makers = mapper.added_slots();
        let added = makers.iter().filter_map(|maker| maker.downcast_ref::<AddedSlot>());
        Extended {
            own,
            declared: mapper.columns().len() - makers.len(),
            added: added.map(|maker| (maker.0)()).collect(),
        }
    }

    /// The columns of a row.
    ///
    /// # Errors
    /// The first column whose value doesn't fit its type.
    pub(crate) fn of_row(mapper: &Mapper, own: Box<dyn Columns>, values: &[ValueRef<'_>]) -> OfRow<Self> {
        let mut columns = Extended::new(mapper, own);
        load_row(&mut columns, values)?;
        Ok(columns)
    }
}

impl Columns for Extended {
    fn slot(&self, index: usize) -> Option<&dyn AnySlot> {
        match index.checked_sub(self.declared) {
            None => self.own.slot(index),
            Some(added) => self.added.get(added).map(|slot| &**slot),
        }
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn AnySlot> {
        match index.checked_sub(self.declared) {
            None => self.own.slot_mut(index),
            Some(added) => self.added.get_mut(added).map(|slot| &mut **slot),
        }
    }
}

/// The columns that a class declares, as the type that they are.
pub(crate) fn declared<C: 'static>(columns: &dyn Columns) -> Option<&C> {
    let columns: &dyn Any = columns;
    columns.downcast_ref().or_else(|| {
        let extended: &Extended = columns.downcast_ref()?;
        (&*extended.own as &dyn Any).downcast_ref()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::memory::slot::{RowValues, SlotState};
    use crate::value::Value;

    /// The columns of a class, made by hand: a row is read slot by slot.
    #[derive(Default)]
    struct Own(Slot<i64>);

    impl Columns for Own {
        fn slot(&self, index: usize) -> Option<&dyn AnySlot> {
            (index == 0).then_some(&self.0)
        }

        fn slot_mut(&mut self, index: usize) -> Option<&mut dyn AnySlot> {
            (index == 0).then_some(&mut self.0)
        }
    }

    fn extended() -> Extended {
        let slots = [AddedSlot::of::<Option<i64>>(), AddedSlot::of::<String>()];
        let added = slots.iter().map(|slot| (slot.0)()).collect();
        Extended { own: Box::new(Own(Slot::Set(7))), declared: 1, added }
    }

    #[test]
    fn slots_that_are_added_stand_behind_the_declared_ones() {
        let mut columns = extended();
        let states = |columns: &Extended| [0, 1, 2].map(|at| columns.slot(at).map(AnySlot::state));
        assert_eq!(states(&columns), [SlotState::Set, SlotState::Unset, SlotState::Unset].map(Some));
        assert!(columns.slot(3).is_none() && columns.slot_mut(3).is_none());
        load_row(&mut columns, &[ValueRef::Int(1), ValueRef::Null, ValueRef::Text("x")]).unwrap();
        let values = [0, 1, 2].map(|at| columns.slot(at).and_then(AnySlot::value));
        assert_eq!(values, [Value::Int(1), Value::Null, Value::Text("x".into())].map(Some));
        let error = load_row(&mut columns, &[ValueRef::Int(1), ValueRef::Text("y")]).unwrap_err();
        assert_eq!(error.place, 1);
    }

    #[test]
    fn what_a_class_declares_is_found_in_both() {
        let own = RowValues::make(&[ValueRef::Int(3)], Own::of_row).unwrap_or_default();
        assert_eq!(declared::<Own>(&own).and_then(|own| own.0.known()), Some(&3));
        assert_eq!(declared::<Own>(&extended()).and_then(|own| own.0.known()), Some(&7));
        assert!(declared::<String>(&extended()).is_none());
    }
}
