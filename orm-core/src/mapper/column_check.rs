//! What columns that are made while the program runs, or stand beside their class, can't be: of declared ones the compiler
//! says it.

use crate::declare::{ColumnDecl, Make, VersionDecl};
use crate::error::{Code, Error};

/// The mistake in what is said of a column, if there is one.
pub(super) fn mistake(column: &ColumnDecl, is_foreign: bool) -> Option<Error> {
    let (message, mend) = found(column, is_foreign)?;
    Some(Error::new(Code::BadTable, message).help(mend))
}

fn found(column: &ColumnDecl, is_foreign: bool) -> Option<(String, String)> {
    let other = [
        ("default", column.default.is_some()),
        ("server_default", column.server_default.is_some()),
        ("fetched_default", column.made.on_insert),
        ("onupdate", column.onupdate.is_some()),
        ("server_onupdate", column.made.on_update),
        ("version_id", column.version.is_some()),
        ("validate", column.validator.is_some()),
        ("active_history", column.active_history),
    ];
    let key = [("primary_key", column.primary_key), ("foreign_key", is_foreign)];
    let named = |names: &[(&'static str, bool)]| names.iter().find(|(_, is)| *is).map(|(name, _)| *name);
    let drop_one = |name: &str, other: &str| format!("drop `{name}`, or `{other}`");
    if column.made.computed.is_some() {
        return named(&other).or(named(&key)).map(|name| {
            let message = "it is computed, so that nothing else makes its value";
            (message.to_owned(), drop_one(name, "computed"))
        });
    }
    let updates = &other[3..5];
    if let (Some(update), Some(key)) = (named(updates), named(&key)) {
        let message = "a key doesn't change because its row is updated";
        return Some((message.to_owned(), drop_one(update, key)));
    }
    if updates.iter().all(|(_, is)| *is) {
        let message = "an update sets it by `onupdate`, or the database does";
        return Some((message.to_owned(), drop_one("onupdate", "server_onupdate")));
    }
    if let (Some(_), true) = (column.deferred, column.primary_key) {
        let message = "it is part of the primary key, which every object is loaded with";
        return Some((message.to_owned(), "drop `deferred`".to_owned()));
    }
    if column.is_eager && !other[..6].iter().any(|(_, is)| *is) {
        let message =
            "`eager` is about what the database makes of a column, and it makes nothing of this one";
        return Some((message.to_owned(), "drop `eager`".to_owned()));
    }
    of_version(column, named(&key))
}

/// The mistake in what is said of a version.
fn of_version(column: &ColumnDecl, key: Option<&'static str>) -> Option<(String, String)> {
    let version = column.version?;
    if let Some(key) = key {
        let message = format!("it is the version, which changes with its row, and a key by `{key}`");
        return Some((message, "add a column for the version".to_owned()));
    }
    if column.nullable {
        let message = "the version is never NULL: a row without one is never found";
        return Some((message.to_owned(), "give it a type without `Option`".to_owned()));
    }
    if column.deferred.is_some() {
        let message = "it is the version, which every object is loaded with";
        return Some((message.to_owned(), "drop `deferred`".to_owned()));
    }
    let given = match version {
        VersionDecl::Made(_) => {
            [("default", column.default.is_some()), ("onupdate", column.onupdate.is_some())]
        }
        VersionDecl::Server => [("default", column.default.is_some()), ("onupdate", false)],
        VersionDecl::Manual => [("default", false), ("onupdate", false)],
    };
    let (name, _) = given.iter().find(|(_, is)| *is)?;
    let message = format!("who makes the versions of a row is said twice: by `version_id`, and by `{name}`");
    Some((message, format!("drop `{name}`")))
}

/// What else follows from it: the first version is a default, and what the database makes is read.
pub(super) fn completed(column: &ColumnDecl) -> ColumnDecl {
    match column.version {
        Some(VersionDecl::Made(next)) => ColumnDecl { default: Some(Make::First(next)), ..*column },
        Some(VersionDecl::Server) => column.version_by_server(),
        Some(VersionDecl::Manual) | None => *column,
    }
}

/// The version of a row that is one too many.
pub(super) fn second_version<'a>(columns: impl Iterator<Item = &'a ColumnDecl>) -> Option<(&'a str, Error)> {
    let mut versions = columns.filter(|column| column.version.is_some()).map(|column| column.attribute);
    let (first, second) = (versions.next()?, versions.next()?);
    let error = Error::new(Code::BadTable, format!("`{first}` is the version already, and a row has one"));
    Some((second, error.help("drop one of the two")))
}
