//! Values that the declaration gives to columns that were never set.

use std::rc::Rc;

use crate::declare::{DefaultValue, SlotId};
use crate::error::Result;
use crate::mapper::Mapper;
use crate::state::memory::access::not_stored;
use crate::state::memory::instance::Instance;
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
    let defaults: Vec<(SlotId, DefaultValue)> =
        columns.filter_map(|column| Some((column.slot(), column.default()?))).collect();
    if defaults.is_empty() {
        return None;
    }
    Some(move |instance: &Rc<Instance>| {
        defaults.iter().try_for_each(|(place, default)| fill(instance, *place, *default))
    })
}

fn fill(instance: &Rc<Instance>, place: SlotId, default: DefaultValue) -> Result<()> {
    if !is_unset(instance, place)? || column::is_late(instance, place)? {
        return Ok(());
    }
    // A user's code: nothing is borrowed.
    let value = default().map_err(|error| not_stored(instance, place, &error))?;
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
