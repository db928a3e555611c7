//! SQLite's result codes as portable kinds, with table and columns read off the messages.

use orm_core::{Constraint, DriverError, Error, Fault};
use rusqlite::ffi;
use rusqlite::ffi::ErrorCode;

/// An error of rusqlite as one of ours, with the statement that caused it.
#[cold]
pub(crate) fn refusal(error: rusqlite::Error, sql: Option<&str>) -> Error {
    let extended = code(&error).map(|code| code.extended_code);
    let fault = kind(&error);
    let message = message(&error);
    let (table, columns) = place(fault, &message);
    let schema = missing_schema(&message).map(|(schema, is_attached)| (schema.to_owned(), is_attached));
    let mut ours = DriverError::new(fault, message).at(table, columns).caused_by(error);
    if let Some(sql) = sql {
        ours = ours.with_sql(sql);
    }
    let ours = Error::from(ours);
    match (extended, fault) {
        (Some(ffi::SQLITE_BUSY_SNAPSHOT), _) => ours.help(
            "another connection has written since this transaction first read: roll back and repeat it",
        ),
        (_, Fault::Busy) => ours.help("another connection holds the lock: roll back, and try again later"),
        (_, Fault::Statement) => match schema {
            Some((schema, is_attached)) => {
                let attach = format!("`Engine::options().attach(\"{schema}\", path)`");
                ours.help(match is_attached {
                    false => format!("the engine attaches the database of a schema: {attach}"),
                    true => format!(
                        "create it in the schema `{schema}`, whose database the engine attaches: {attach}"
                    ),
                })
            }
            None => ours,
        },
        _ => ours,
    }
}

/// SQLite's result code; rusqlite keeps those of refused texts elsewhere.
fn code(error: &rusqlite::Error) -> Option<&ffi::Error> {
    match error {
        rusqlite::Error::SqlInputError { error, .. } => Some(error),
        _ => error.sqlite_error(),
    }
}

/// The portable kind.
fn kind(error: &rusqlite::Error) -> Fault {
    let Some(error) = code(error) else {
        return match error {
            rusqlite::Error::NulError(_) | rusqlite::Error::InvalidPath(_) => Fault::Connection,
            rusqlite::Error::ToSqlConversionFailure(_) | rusqlite::Error::Utf8Error(..) => Fault::Value,
            rusqlite::Error::ExecuteReturnedResults
            | rusqlite::Error::MultipleStatement
            | rusqlite::Error::InvalidColumnIndex(_)
            | rusqlite::Error::InvalidParameterName(_)
            | rusqlite::Error::InvalidParameterCount(..)
            | rusqlite::Error::InvalidQuery => Fault::Statement,
            _ => Fault::Other,
        };
    };
    match error.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE => return Fault::Constraint(Constraint::Unique),
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            return Fault::Constraint(Constraint::PrimaryKey);
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return Fault::Constraint(Constraint::ForeignKey),
        ffi::SQLITE_CONSTRAINT_NOTNULL => return Fault::Constraint(Constraint::NotNull),
        ffi::SQLITE_CONSTRAINT_CHECK => return Fault::Constraint(Constraint::Check),
        ffi::SQLITE_IOERR_CORRUPTFS | ffi::SQLITE_IOERR_DATA => return Fault::Corrupt,
        _ => {}
    }
    match error.code {
        ErrorCode::ConstraintViolation => Fault::Constraint(Constraint::Other),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            Fault::Busy
        }
        ErrorCode::ReadOnly => Fault::ReadOnly,
        ErrorCode::DiskFull => Fault::Full,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Fault::Corrupt,
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => Fault::Connection,
        ErrorCode::TooBig | ErrorCode::TypeMismatch => Fault::Value,
        ErrorCode::Unknown
        | ErrorCode::SchemaChanged
        | ErrorCode::ApiMisuse
        | ErrorCode::AuthorizationForStatementDenied
        | ErrorCode::ParameterOutOfRange => Fault::Statement,
        _ => Fault::Other,
    }
}

/// What SQLite said, without rusqlite's framing.
fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, offset, .. } => format!("{msg} (at byte {offset})"),
        rusqlite::Error::ExecuteReturnedResults => "the statement gives rows, which nobody reads".to_owned(),
        rusqlite::Error::MultipleStatement => "several statements where one is expected".to_owned(),
        other => other.to_string(),
    }
}

/// The schema that a message is about, and whether it may be there, and only lack a table.
fn missing_schema(message: &str) -> Option<(&str, bool)> {
    let message = message.split_once(" (at byte ").map_or(message, |(message, _)| message);
    match message.strip_prefix("no such table: ") {
        Some(table) => table.split_once('.').map(|(schema, table)| (schema, table != "sqlite_master")),
        None => message.strip_prefix("unknown database ").map(|schema| (schema.trim_matches('\''), false)),
    }
}

/// The table and the columns, where the message of a broken constraint names them beyond doubt.
fn place(fault: Fault, message: &str) -> (Option<String>, Vec<String>) {
    let listed = match fault {
        Fault::Constraint(Constraint::Unique | Constraint::PrimaryKey) => {
            message.strip_prefix("UNIQUE constraint failed: ")
        }
        Fault::Constraint(Constraint::NotNull) => message.strip_prefix("NOT NULL constraint failed: "),
        // "cannot store TEXT value in INTEGER column item.price", of a strict table.
        Fault::Constraint(Constraint::Other) => message
            .strip_prefix("cannot store ")
            .and_then(|rest| rest.split_once(" column "))
            .map(|(_, column)| column),
        _ => None,
    };
    // An index over expressions is named instead: "index 'name'".
    listed.filter(|list| !list.starts_with("index '")).and_then(columns).unwrap_or_default()
}

/// Reads `table.a, table.b`. SQLite doesn't quote, so names with dots or commas in them are left alone.
fn columns(list: &str) -> Option<(Option<String>, Vec<String>)> {
    let mut table = None;
    let mut columns = Vec::new();
    for item in list.split(", ") {
        let (of, column) = item.split_once('.')?;
        if column.contains('.') || table.is_some_and(|table| table != of) {
            return None;
        }
        table = Some(of);
        columns.push(column.to_owned());
    }
    table.map(|table| (Some(table.to_owned()), columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(constraint: Constraint, message: &str) -> (Option<String>, Vec<String>) {
        place(Fault::Constraint(constraint), message)
    }

    #[test]
    fn columns_are_read_where_they_are_beyond_doubt() {
        let found = |table: &str, columns: &[&str]| {
            (Some(table.to_owned()), columns.iter().map(|&c| c.to_owned()).collect::<Vec<_>>())
        };
        let nothing = (None, Vec::new());
        assert_eq!(read(Constraint::Unique, "UNIQUE constraint failed: t.a, t.b"), found("t", &["a", "b"]));
        assert_eq!(
            read(Constraint::NotNull, "NOT NULL constraint failed: my table.x"),
            found("my table", &["x"])
        );
        assert_eq!(read(Constraint::Other, "cannot store TEXT value in INT column t.n"), found("t", &["n"]));
        assert_eq!(read(Constraint::Unique, "UNIQUE constraint failed: index 'ix'"), nothing);
        assert_eq!(read(Constraint::Unique, "UNIQUE constraint failed: a.b.c"), nothing);
        assert_eq!(read(Constraint::Unique, "UNIQUE constraint failed: t.a, b"), nothing);
        assert_eq!(read(Constraint::Unique, "UNIQUE constraint failed: t.a, u.b"), nothing);
        assert_eq!(read(Constraint::Check, "CHECK constraint failed: t.a"), nothing);
        assert_eq!(read(Constraint::Other, "no bananas"), nothing);
    }
}
