//! The texts of the statements that a flush runs for each row, made without building them as data.
//!
//! Placeholders stand in the order of the columns: those that are set, then those of the key.

use super::Dialect;

/// `INSERT` of one row; without columns, of one that has only defaults.
///
/// ```
/// use orm_core::sql::{AnsiDialect, text};
/// assert_eq!(
///     text::insert("user", &["name", "age"], &AnsiDialect),
///     r#"INSERT INTO "user" ("name", "age") VALUES (?, ?)"#,
/// );
/// assert_eq!(text::insert("user", &[], &AnsiDialect), r#"INSERT INTO "user" DEFAULT VALUES"#);
/// ```
pub fn insert(table: &str, columns: &[&str], dialect: &dyn Dialect) -> String {
    let mut sql = String::from("INSERT INTO ");
    dialect.write_name(table, &mut sql);
    if columns.is_empty() {
        sql.push_str(" DEFAULT VALUES");
        return sql;
    }
    for (i, column) in columns.iter().enumerate() {
        sql.push_str(if i == 0 { " (" } else { ", " });
        dialect.write_name(column, &mut sql);
    }
    for i in 0..columns.len() {
        sql.push_str(if i == 0 { ") VALUES (" } else { ", " });
        dialect.write_placeholder(i, &mut sql);
    }
    sql.push(')');
    sql
}

/// `UPDATE` of the row with a key. Both have a column at least, else the database refuses it.
///
/// ```
/// use orm_core::sql::{AnsiDialect, text};
/// assert_eq!(
///     text::update("user", &["name", "age"], &["id"], &AnsiDialect),
///     r#"UPDATE "user" SET "name" = ?, "age" = ? WHERE "id" = ?"#,
/// );
/// ```
pub fn update(table: &str, set: &[&str], key: &[&str], dialect: &dyn Dialect) -> String {
    let mut sql = String::from("UPDATE ");
    dialect.write_name(table, &mut sql);
    sql.push_str(" SET ");
    assignments(set, 0, ", ", dialect, &mut sql);
    sql.push_str(" WHERE ");
    assignments(key, set.len(), " AND ", dialect, &mut sql);
    sql
}

/// `DELETE` of the row with a key, which has a column at least, else the database refuses it.
///
/// ```
/// use orm_core::sql::{AnsiDialect, text};
/// assert_eq!(
///     text::delete("user_keyword", &["user_id", "keyword_id"], &AnsiDialect),
///     r#"DELETE FROM "user_keyword" WHERE "user_id" = ? AND "keyword_id" = ?"#,
/// );
/// ```
pub fn delete(table: &str, key: &[&str], dialect: &dyn Dialect) -> String {
    let mut sql = String::from("DELETE FROM ");
    dialect.write_name(table, &mut sql);
    sql.push_str(" WHERE ");
    assignments(key, 0, " AND ", dialect, &mut sql);
    sql
}

/// `SELECT` of columns of the row with a key, which has a column at least, else the database refuses it.
///
/// ```
/// use orm_core::sql::{AnsiDialect, text};
/// assert_eq!(
///     text::select("user", &["name", "age"], &["id"], &AnsiDialect),
///     r#"SELECT "name", "age" FROM "user" WHERE "id" = ?"#,
/// );
/// ```
pub fn select(table: &str, columns: &[&str], key: &[&str], dialect: &dyn Dialect) -> String {
    let mut sql = String::from("SELECT ");
    for (i, column) in columns.iter().enumerate() {
        sql.push_str(if i == 0 { "" } else { ", " });
        dialect.write_name(column, &mut sql);
    }
    if columns.is_empty() {
        sql.push('1');
    }
    sql.push_str(" FROM ");
    dialect.write_name(table, &mut sql);
    sql.push_str(" WHERE ");
    assignments(key, 0, " AND ", dialect, &mut sql);
    sql
}

fn assignments(columns: &[&str], first: usize, between: &str, dialect: &dyn Dialect, sql: &mut String) {
    for (i, column) in columns.iter().enumerate() {
        sql.push_str(if i == 0 { "" } else { between });
        dialect.write_name(column, sql);
        sql.push_str(" = ");
        dialect.write_placeholder(first + i, sql);
    }
}
