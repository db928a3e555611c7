//! `Dialect`: how one database writes SQL.

use super::SqlType;

/// How one database writes SQL: capability flags and rendering hooks.
pub trait Dialect: Send + Sync {
    /// The name, such as `sqlite`.
    fn name(&self) -> &'static str;

    /// The spelling of a type in DDL.
    fn type_name(&self, ty: SqlType) -> &'static str;
}
