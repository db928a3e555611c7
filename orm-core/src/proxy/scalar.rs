//! A proxy through a to-one: one value, or none.

use super::attribute::Attribute;
use super::create::{Create, create};
use super::end::ProxyEnd;
use crate::declare::LinkSlotId;
use crate::error::Result;
use crate::state::Mapped;
use crate::state::change::pipeline;
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;

/// What becomes of what leads to the value where none is set.
pub(super) struct OnNone {
    /// It is taken away.
    pub(super) goes: bool,
    /// It is made, where it isn't there.
    pub(super) comes: bool,
}

/// The value, where the relationship leads to something that has it.
#[track_caller]
pub(super) fn get<T, V: ProxyEnd>(
    object: &Handle,
    place: usize,
    end: &'static dyn Attribute<T, V>,
) -> Result<<V::Optional as ProxyEnd>::Item> {
    let relation = access::relation(object, LinkSlotId::at(place))?;
    match related::one(object, relation, ReadOptions::of_user())?.object() {
        Some(target) => end.read(&target).map(V::present),
        None => Ok(V::missing()),
    }
}

/// Sets the value of what the relationship leads to. Where that is nothing, it is made; where none is given, it may go.
#[track_caller]
pub(super) fn set<T: Mapped, V: ProxyEnd>(
    object: &Handle,
    place: usize,
    (end, creator): (&'static dyn Attribute<T, V>, Create<V>),
    value: <V::Optional as ProxyEnd>::Given,
    on_none: OnNone,
) -> Result<()> {
    let relation = access::relation(object, LinkSlotId::at(place))?;
    let is_none = <V::Optional as ProxyEnd>::is_none(&value);
    match related::one(object, relation, ReadOptions::of_user())?.object() {
        None if is_none && !on_none.comes => Ok(()),
        None => match V::required(value) {
            Some(value) => {
                let target = create(end, creator, value)?;
                pipeline::set(object, relation, Some(&*target), None, None)
            }
            None => Ok(()),
        },
        Some(target) => {
            if let Some(value) = V::required(value) {
                end.write(&target, value)?;
            }
            if is_none && on_none.goes { pipeline::set(object, relation, None, None, None) } else { Ok(()) }
        }
    }
}
