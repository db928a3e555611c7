//! `Extended`: the columns of an object whose class has more of them than it declares.

use std::any::Any;

use crate::mapper::Mapper;
use crate::state::memory::slot::{AnySlot, Columns, OfRow, RowValues, Slot, load_row};
use crate::value::Typed;

/// Makes the slot of a column that is added to a class.
pub struct AddedSlot(fn() -> Box<dyn AnySlot>);

impl AddedSlot {
    /// Makes slots of the type `V`. For generated code.
    pub const fn of<V: Typed>() -> Self {
        AddedSlot(|| Box::new(Slot::<V>::Unset))
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
    pub(crate) fn of_row(mapper: &Mapper, own: Box<dyn Columns>, values: RowValues<'_>) -> OfRow<Self> {
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
