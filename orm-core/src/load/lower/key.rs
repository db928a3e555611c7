//! The keys of objects that a statement speaks of.

use crate::declare::ColumnId;
use crate::error::{Code, Error, Result};
use crate::state::memory::handle::Handle;
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::lifecycle::ObjectState;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// A key of an object that a new row of a collection of it gets: as it is now. With `NULL` the row would be in no
/// collection.
pub(super) fn parent_key(object: &Handle, column: ColumnId) -> Result<Value> {
    let value = column_value(object, column)?;
    if value.is_null() {
        let header = object.header();
        let mapper = header.mapper();
        let message = format!("a row of a collection of {} would have no key of it", header.label());
        return Err(Error::new(Code::Query, message)
            .about(mapper.class(), Some(mapper.column(column).attribute()))
            .help("set the attribute and flush first"));
    }
    Ok(value)
}

/// What a column of an object holds: as it is now.
pub(in crate::load) fn column_value(object: &Handle, column: ColumnId) -> Result<Value> {
    let header = object.header();
    let mapped = header.mapper().column(column);
    let is_persistent = ObjectState::of(object) == ObjectState::Persistent;
    let options = match is_persistent {
        true => ReadOptions::DATABASE,
        false => ReadOptions::IDENTITY_MAP.without_default(),
    };
    match column::value(object, mapped.slot(), options)? {
        Read::Known(value) => Ok(value),
        Read::Unset if is_persistent => Ok(Value::Null),
        Read::Unknown if let Some(value) = column::last_known(object, mapped.slot())? => Ok(value),
        _ => Err(Error::new(Code::Unset, format!("the key of {} isn't known", header.label()))
            .about(header.mapper().class(), Some(mapped.attribute()))
            .help("add the object to the session first")),
    }
}

/// Tells that an object is asked for by a column that is `NULL`, which equals nothing.
#[cold]
pub(super) fn warn_of_null(object: &Handle, column: ColumnId) {
    let mapper = object.header().mapper();
    tracing::warn!(
        target: "orm::load",
        class = mapper.class(),
        attribute = mapper.column(column).attribute(),
        "an object is asked for by a column that is NULL, which equals nothing"
    );
}
