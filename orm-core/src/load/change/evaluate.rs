//! Conditions tested on objects, without the database: for what three-valued logic can say of what is loaded.

use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::sql::{Known, Tree, all};
use crate::state::memory::handle::Handle;
use crate::value::Value;

/// What a condition is for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    /// It compares with `NULL`, so that the row isn't meant.
    Null,
    /// It needs a column that isn't loaded.
    Unloaded,
}

/// Whether an object meets all conditions.
///
/// # Errors
/// `query` where only the database can test one.
pub(super) fn meets(object: &Handle, conditions: &[Tree]) -> Result<Truth> {
    match all(conditions, &mut |end| column(object, end))?.truth() {
        Known::Value(Value::Bool(true)) => Ok(Truth::True),
        Known::Value(Value::Bool(false)) => Ok(Truth::False),
        Known::Value(Value::Null) => Ok(Truth::Null),
        Known::Unloaded => Ok(Truth::Unloaded),
        Known::Value(_) | Known::Beyond => Err(beyond(object.header().mapper())),
    }
}

/// A column of the object, as far as it is loaded.
fn column(object: &Handle, tree: &Tree) -> Result<Known> {
    let mapper = object.header().mapper();
    match tree {
        Tree::Column(column) if column.table == mapper.table_ref() => {
            let Some(column) = mapper.column_named(&column.name) else { return Ok(Known::Beyond) };
            Ok(object.column_value(column.slot())?.map_or(Known::Unloaded, Known::Value))
        }
        _ => Ok(Known::Beyond),
    }
}

#[cold]
fn beyond(mapper: &Mapper) -> Error {
    Error::new(
        Code::Query,
        "only the database can test the condition of a statement whose objects follow by `Evaluate`",
    )
    .about(mapper.class(), None)
    .help("take `Sync::Auto`, or compare columns of the class with values")
}
