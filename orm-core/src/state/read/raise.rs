//! `lazy = "raise"`: reading what isn't loaded is an error. Options that an object was loaded by say other strategies.

use std::rc::Rc;

use crate::declare::Lazy;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::memory::instance::Instance;
use crate::state::read::reach::ReadOptions;

/// When a relationship of an object is loaded: as the options say that the object was loaded by, else as it is declared.
#[inline]
pub(crate) fn lazy(instance: &Rc<Instance>, relation: &Relation) -> Lazy {
    match instance.header().rare().and_then(|rare| rare.loaded_by()) {
        None => relation.lazy(),
        Some(by) => by.options().lazy(relation).unwrap_or(relation.lazy()),
    }
}

/// Refuses a load that the relationship forbids. A look into the identity map for the sake of history is none.
pub(crate) fn check(instance: &Rc<Instance>, relation: &Relation, options: ReadOptions) -> Result<()> {
    if !options.ignores_raise()
        && (relation.get_columns().is_none() || options.loads_related())
        && lazy(instance, relation) == Lazy::Raise
    {
        return Err(error(relation, Lazy::Raise));
    }
    Ok(())
}

/// Refuses a statement that the relationship forbids, which is loaded as is said.
pub(crate) fn check_sql(relation: &Relation, lazy: Lazy, options: ReadOptions) -> Result<()> {
    if !options.ignores_raise() && lazy == Lazy::RaiseOnSql {
        return Err(error(relation, Lazy::RaiseOnSql));
    }
    Ok(())
}

#[cold]
fn error(relation: &Relation, lazy: Lazy) -> Error {
    let word = if lazy == Lazy::Raise { "raise" } else { "raise_on_sql" };
    let message = match relation.lazy() == lazy {
        true => format!("it isn't loaded, and says `lazy = \"{word}\"`"),
        false => format!("it isn't loaded, and the query that loaded its object says `{word}`"),
    };
    Error::new(Code::RaiseOnLoad, message)
        .about(relation.class(), Some(relation.name()))
        .help("load it with `refresh_attributes` first")
}

/// The error where somebody needs to know what a large collection holds.
#[cold]
pub(crate) fn never_loaded(relation: &Relation) -> Error {
    Error::new(Code::RaiseOnLoad, "the collection is never loaded as a whole")
        .about(relation.class(), Some(relation.name()))
        .help(match relation.names_its_target() {
            false => "select its items: `.select()` of the collection gives a query",
            true => "select its items: `with_parent`, or `of_parent` by names, is their condition",
        })
}
