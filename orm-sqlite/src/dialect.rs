//! `SqliteDialect`: how SQLite writes SQL.

use orm_core::sql::{Dialect, SqlType};

/// How SQLite writes SQL.
///
/// Integers of every width are `INTEGER`: SQLite has one integer type, and a single primary key of just that
/// name is the row's own number, which costs no index of its own.
///
/// ```
/// use orm_core::sql::{Dialect, SqlType};
/// use orm_sqlite::SqliteDialect;
/// assert_eq!(SqliteDialect.type_name(SqlType::BigInt), "INTEGER");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SqliteDialect;

impl Dialect for SqliteDialect {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn type_name(&self, ty: SqlType) -> &'static str {
        match ty {
            SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => "INTEGER",
            SqlType::Real | SqlType::Double => "REAL",
            SqlType::Boolean => "BOOLEAN",
            SqlType::Text => "TEXT",
            // Every other type keeps what is stored as it is.
            _ => "BLOB",
        }
    }

    fn write_bool(&self, value: bool, out: &mut String) {
        out.push(if value { '1' } else { '0' });
    }

    fn no_limit(&self) -> Option<&'static str> {
        Some("-1")
    }

    fn rows_in_values(&self) -> bool {
        true
    }

    fn max_parameters(&self) -> usize {
        32_766
    }

    fn write_generated(&self, ty: SqlType, out: &mut String) {
        // No word is needed: an integer primary key that isn't given is one more than the largest.
        out.push_str(self.type_name(ty));
    }

    fn generates_any_column(&self) -> bool {
        false
    }

    fn alters_constraints(&self) -> bool {
        false
    }

    fn names_ignore_case(&self) -> bool {
        true
    }

    fn defer_foreign_keys(&self) -> Option<&'static str> {
        Some("PRAGMA defer_foreign_keys = ON")
    }

    fn table_exists(&self) -> &'static str {
        "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE"
    }
}

#[cfg(test)]
mod tests;
