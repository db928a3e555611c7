//! What options say of columns.

use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::query::option::{ColumnsOption, Unloaded};

/// What is said of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OfColumn {
    /// It is loaded.
    Loaded,
    /// It isn't.
    Deferred(Unloaded),
}

/// Refuses a group that no column of a class has.
pub(super) fn check_group(option: &ColumnsOption, mapper: &'static Mapper) -> Result<()> {
    let ColumnsOption::UndeferGroup(name) = option else { return Ok(()) };
    let mut groups: Vec<&str> = Vec::new();
    for group in mapper.columns().iter().filter_map(|column| column.deferred()?.group) {
        if group == name {
            return Ok(());
        }
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let message = format!("no column of `{}` is in a group `{name}`", mapper.class());
    let error = Error::new(Code::Query, message).about(mapper.class(), None);
    Err(match groups.as_slice() {
        [] => error.help(format!("say `#[column(deferred_group = \"{name}\")]` of columns")),
        groups => error.help(format!("it has `{}`", groups.join("`, `"))),
    })
}
