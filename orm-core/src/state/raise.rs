//! `lazy = "raise"`: reading what isn't loaded is an error.

use super::passive::Passive;
use crate::declare::Lazy;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;

/// Refuses a load that the relationship forbids. A look into the identity map for the sake of history is none.
pub(crate) fn check(relation: &Relation, passive: Passive) -> Result<()> {
    if relation.lazy() == Lazy::Raise
        && !passive.may(Passive::NO_RAISE)
        && (relation.get_columns().is_none() || passive.may(Passive::RELATED))
    {
        return Err(error(relation));
    }
    Ok(())
}

/// Refuses a statement that the relationship forbids.
pub(crate) fn check_sql(relation: &Relation, passive: Passive) -> Result<()> {
    if relation.lazy() == Lazy::RaiseOnSql && !passive.may(Passive::NO_RAISE) {
        return Err(error(relation));
    }
    Ok(())
}

fn error(relation: &Relation) -> Error {
    let word = if relation.lazy() == Lazy::Raise { "raise" } else { "raise_on_sql" };
    Error::new(Code::RaiseOnLoad, format!("it isn't loaded, and says `lazy = \"{word}\"`"))
        .of(relation.class(), Some(relation.name()))
        .help("load it with the query that loads the object")
}
