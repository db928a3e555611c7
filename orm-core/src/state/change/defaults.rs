//! Values that the declaration gives to columns that were never set.

use std::rc::Rc;

use crate::declare::{Made, Make, SlotId};
use crate::error::Result;
use crate::mapper::Mapper;
use crate::state::memory::access::{not_stored, with_changes, with_changes_mut};
use crate::state::memory::changes::Changes;
use crate::state::memory::instance::Instance;
use crate::state::memory::late::Late;
use crate::state::memory::slot::SlotState;
use crate::state::read::column;

/// What fills in the defaults of a new object; `None` for a class that declares none. The first version of its row comes
/// with the insert, unless that is a statement of the user's, which `is_whole` says.
pub(crate) fn filler(
    mapper: &Mapper,
    is_whole: bool,
) -> Option<impl Fn(&Rc<Instance>) -> Result<()> + Send + Sync + use<>> {
    let made = mapper.version().filter(|version| version.next.is_some() && !is_whole);
    let columns = mapper.columns().iter().filter(|column| made.is_none_or(|made| made.id != column.id()));
    let defaults: Vec<(SlotId, Make)> =
        columns.filter_map(|column| Some((column.slot(), column.default()?))).collect();
    if defaults.is_empty() {
        return None;
    }
    Some(move |instance: &Rc<Instance>| {
        take(instance)?;
        defaults.iter().try_for_each(|(place, default)| fill(instance, *place, *default))
    })
}

/// Takes out the defaults that are expressions: they are written, or were made for a flush that failed.
pub(crate) fn take(instance: &Rc<Instance>) -> Result<Vec<(SlotId, Late)>> {
    match with_changes(instance, |changes| changes.is_some_and(|changes| !changes.defaults().is_empty()))? {
        true => with_changes_mut(instance, Changes::take_defaults),
        false => Ok(Vec::new()),
    }
}

fn fill(instance: &Rc<Instance>, place: SlotId, default: Make) -> Result<()> {
    if !is_unset(instance, place)? || column::is_late(instance, place)? {
        return Ok(());
    }
    // A user's code: nothing is borrowed.
    let value = match default.make().map_err(|error| not_stored(instance, place, &error))? {
        Made::Value(value) => value,
        Made::Expression(tree) => {
            return with_changes_mut(instance, |changes| changes.add_default(place, Late::of(tree)));
        }
    };
    instance
        .write(|columns| columns.at_mut(place).map(|slot| slot.load(value.as_ref())))?
        .transpose()
        .map_err(|error| not_stored(instance, place, &error))?;
    Ok(())
}

/// Whether a column was never set.
pub(crate) fn is_unset(instance: &Rc<Instance>, place: SlotId) -> Result<bool> {
    instance.read(|columns| {
        columns.at(place).is_none_or(|slot| !matches!(slot.state(), SlotState::Set | SlotState::Null))
    })
}
