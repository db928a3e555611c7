//! The values and the conditions of a statement that changes many rows.

use super::super::scope::Place;
use super::base::Lower;
use crate::declare::AliasId;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::query::change::{ChangeParts, Sync};
use crate::sql::Tree;

/// What is set, by the names of the columns, and on which conditions.
type Resolved = (Option<Vec<(&'static str, Tree)>>, Vec<Tree>);

/// Resolves the names in a statement that changes rows of a class.
///
/// # Errors
/// `query` where it names what isn't there, or sets a key while objects are to follow.
pub(in crate::load) fn change(change: &ChangeParts, mapper: &'static Mapper) -> Result<Resolved> {
    let mut lower = Lower::default();
    lower.scopes.open();
    let name = lower.scopes.name(mapper.table().name);
    lower.scopes.add(Place::class(mapper, AliasId::NONE, name));
    let set = match &change.set {
        None => None,
        Some(set) => {
            let mut resolved = Vec::with_capacity(set.len());
            for (slot, tree) in set {
                let column = mapper.column_in(*slot).ok_or_else(|| {
                    Error::new(Code::Internal, "no such column").about(mapper.class(), None)
                })?;
                if column.is_primary_key() && change.sync == Sync::Auto {
                    let message = "a statement sets a key by which the session knows its objects";
                    return Err(Error::new(Code::Query, message)
                        .about(mapper.class(), Some(column.attribute()))
                        .help("say `.sync(Sync::Off)`, and expire or close the session afterwards"));
                }
                resolved.push((column.name(), lower.tree(tree).map_err(without_joins)?));
            }
            Some(resolved)
        }
    };
    let filters = change.filters.iter().map(|tree| lower.tree(tree).map_err(without_joins));
    let filters = filters.collect::<Result<_>>()?;
    Ok((set, filters))
}

/// A statement that changes rows has no joins to be added.
fn without_joins(error: Error) -> Error {
    if error.code() != Code::Query || !error.message().ends_with("isn't part of the query") {
        return error;
    }
    Error::new(Code::Query, error.message().to_owned())
        .help("a statement that changes rows has no joins: ask by `any` or `has`, or by `in_(select(...))`")
}
