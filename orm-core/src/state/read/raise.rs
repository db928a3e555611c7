//! `lazy = "raise"`: reading what isn't loaded is an error.

use crate::declare::Lazy;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::read::reach::ReadOptions;

/// Refuses a load that the relationship forbids. A look into the identity map for the sake of history is none.
pub(crate) fn check(relation: &Relation, options: ReadOptions) -> Result<()> {
    if relation.lazy() == Lazy::Raise
        && !options.ignores_raise()
        && (relation.get_columns().is_none() || options.loads_related())
    {
        return Err(error(relation));
    }
    Ok(())
}

/// Refuses a statement that the relationship forbids.
pub(crate) fn check_sql(relation: &Relation, options: ReadOptions) -> Result<()> {
    if relation.lazy() == Lazy::RaiseOnSql && !options.ignores_raise() {
        return Err(error(relation));
    }
    Ok(())
}

fn error(relation: &Relation) -> Error {
    let word = if relation.lazy() == Lazy::Raise { "raise" } else { "raise_on_sql" };
    Error::new(Code::RaiseOnLoad, format!("it isn't loaded, and says `lazy = \"{word}\"`"))
        .about(relation.class(), Some(relation.name()))
        .help("load it with `refresh_attributes` first")
}
