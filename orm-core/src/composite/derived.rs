//! What generated code calls: reading and setting composites of objects.

use super::descriptor::Composite;
use super::given::CompositeGiven;
use super::parts::Parts;
use super::value::CompositeValue;
use crate::error::{Code, Error, Result};
use crate::state::memory::handle::Handle;
use crate::state::{Draft, Live};
use crate::value::ValueError;

/// Reads a composite of an object.
///
/// # Errors
/// As reading its columns, and `value` where they make up no value.
#[track_caller]
pub fn get_composite<E, V: CompositeValue>(object: &Handle, composite: Composite<E, V>) -> Result<V> {
    let parts = V::Parts::get(object, composite.columns())?;
    V::from_parts(parts).map_err(|error| wrong(object, composite.name(), &error))
}

#[cold]
fn wrong(object: &Handle, name: &'static str, error: &ValueError) -> Error {
    Error::new(Code::Value, error.to_string())
        .about(object.header().mapper().class(), Some(name))
        .help("set it, or the columns that make it up")
        .caused_by(error.clone())
}

/// Sets the columns of a composite.
///
/// # Errors
/// As setting its columns: those before the one that is refused are set.
pub fn set_composite<E, V: CompositeValue>(
    object: &Handle,
    composite: Composite<E, V>,
    value: impl CompositeGiven<V>,
) -> Result<()> {
    value.given().into_parts().set(object, composite.columns())
}

/// Gives an object that is being built the columns of a composite.
pub fn give_composite<E: Live, V: CompositeValue>(
    draft: Draft,
    composite: Composite<E, V>,
    value: impl CompositeGiven<V>,
) -> Draft {
    value.given().into_parts().give(draft, composite.columns())
}
