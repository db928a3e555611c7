//! What options say of columns.

use crate::declare::SlotId;
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Mapper};
use crate::query::option::{ColumnsOption, Unloaded};

/// What is said of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OfColumn {
    /// It is loaded.
    Loaded,
    /// It isn't.
    Deferred(Unloaded),
}

impl OfColumn {
    /// What options say of a column: by its name, else by its group, else of all columns.
    pub(super) fn said(options: &[ColumnsOption], column: &MappedColumn) -> Option<Self> {
        if options.is_empty() {
            return None;
        }
        let group = column.deferred().and_then(|deferred| deferred.group);
        let (mut named, mut grouped, mut all) = (None, None, None);
        for option in options {
            let is_named = |slots: &[SlotId]| slots.contains(&column.slot());
            match option {
                ColumnsOption::Only(slots, _) if is_named(slots) => named = Some(OfColumn::Loaded),
                ColumnsOption::Only(_, unloaded) | ColumnsOption::DeferAll(unloaded) => {
                    all = Some(OfColumn::Deferred(*unloaded));
                }
                ColumnsOption::Defer(slots, unloaded) if is_named(slots) => {
                    named = Some(OfColumn::Deferred(*unloaded));
                }
                ColumnsOption::Undefer(slots) if is_named(slots) => named = Some(OfColumn::Loaded),
                ColumnsOption::UndeferGroup(name) if group == Some(name) => grouped = Some(OfColumn::Loaded),
                ColumnsOption::UndeferAll => all = Some(OfColumn::Loaded),
                ColumnsOption::Defer(..) | ColumnsOption::Undefer(_) | ColumnsOption::UndeferGroup(_) => {}
            }
        }
        named.or(grouped).or(all)
    }
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
