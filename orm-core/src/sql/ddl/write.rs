//! The text of each statement.

use crate::sql::schema::{Column, ForeignKey, Index, Table};
use crate::sql::{Dialect, full_name, in_one_schema, own_name, parts, render_ddl};

/// `late` says which foreign keys are left out, by their number.
pub(super) fn create_table(
    table: &Table,
    if_not_exists: bool,
    late: &dyn Fn(usize) -> bool,
    dialect: &dyn Dialect,
) -> String {
    let mut sql = String::from(if if_not_exists { "CREATE TABLE IF NOT EXISTS " } else { "CREATE TABLE " });
    full_name::write(&table.name, dialect, &mut sql);
    sql.push_str(" (");
    let key: Vec<&str> = table.primary_key().map(|column| column.name.as_str()).collect();
    let mut lines = Lines { sql, first: true };
    for column in &table.columns {
        column_line(column, table, key.len() == 1, dialect, lines.next());
    }
    if key.len() > 1 {
        let sql = constraint(table.key_name.as_deref(), dialect, lines.next());
        sql.push_str("PRIMARY KEY ");
        names(key, dialect, sql);
    }
    for unique in &table.uniques {
        let sql = constraint(unique.name.as_deref(), dialect, lines.next());
        sql.push_str("UNIQUE ");
        names(unique.columns.iter().map(String::as_str), dialect, sql);
    }
    for check in &table.checks {
        let sql = constraint(check.name.as_deref(), dialect, lines.next());
        sql.push_str("CHECK (");
        sql.push_str(&check.condition);
        sql.push(')');
    }
    let is_written =
        |key: &ForeignKey| dialect.references_schemas() || in_one_schema(&table.name, &key.table);
    let foreign_keys = table.foreign_keys.iter().enumerate().filter(|(number, _)| !late(*number));
    for (_, key) in foreign_keys.filter(|(_, key)| is_written(key)) {
        let sql = constraint(key.name.as_deref(), dialect, lines.next());
        foreign_key(key, dialect, sql);
    }
    lines.sql.push_str("\n)");
    let words = [(table.strict, "STRICT"), (table.without_rowid, "WITHOUT ROWID")];
    let words: Vec<&str> = words.into_iter().filter(|(is_said, _)| *is_said).map(|(_, word)| word).collect();
    if !words.is_empty() {
        lines.sql.push(' ');
        lines.sql.push_str(&words.join(", "));
    }
    lines.sql
}

pub(super) fn create_index(
    table: &Table,
    index: &Index,
    if_not_exists: bool,
    dialect: &dyn Dialect,
) -> String {
    let mut sql = String::from(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    sql.push_str(if if_not_exists { "IF NOT EXISTS " } else { "" });
    let (schema, own) = parts(&table.name);
    let (name, schema) = (index.name_in(&table.name), schema.filter(|_| !dialect.references_schemas()));
    full_name::write(&full_name(schema.as_deref(), &name), dialect, &mut sql);
    sql.push_str(" ON ");
    match schema {
        Some(_) => dialect.write_name(&own, &mut sql),
        None => full_name::write(&table.name, dialect, &mut sql),
    }
    sql.push(' ');
    if index.terms.is_empty() {
        names(index.columns.iter().map(String::as_str), dialect, &mut sql);
    } else {
        let terms: Vec<String> = index.terms.iter().map(|term| render_ddl(term, dialect)).collect();
        sql.push('(');
        sql.push_str(&terms.join(", "));
        sql.push(')');
    }
    if let Some(filter) = &index.filter {
        sql.push_str(" WHERE ");
        sql.push_str(&render_ddl(filter, dialect));
    }
    sql
}

pub(super) fn add_foreign_key(table: &Table, key: &ForeignKey, dialect: &dyn Dialect) -> String {
    let mut sql = String::from("ALTER TABLE ");
    full_name::write(&table.name, dialect, &mut sql);
    sql.push_str(" ADD ");
    // It is given a name, because it can be dropped only by one.
    constraint(Some(&key.name_in(&table.name)), dialect, &mut sql);
    foreign_key(key, dialect, &mut sql);
    sql
}

pub(super) fn drop_foreign_key(
    table: &Table,
    key: &ForeignKey,
    if_exists: bool,
    dialect: &dyn Dialect,
) -> String {
    let if_exists = if if_exists { "IF EXISTS " } else { "" };
    let mut sql = format!("ALTER TABLE {if_exists}");
    full_name::write(&table.name, dialect, &mut sql);
    sql.push_str(" DROP CONSTRAINT ");
    sql.push_str(if_exists);
    dialect.write_name(&key.name_in(&table.name), &mut sql);
    sql
}

pub(super) fn drop_table(table: &Table, if_exists: bool, dialect: &dyn Dialect) -> String {
    let mut sql = String::from(if if_exists { "DROP TABLE IF EXISTS " } else { "DROP TABLE " });
    full_name::write(&table.name, dialect, &mut sql);
    sql
}

fn column_line(column: &Column, table: &Table, single_key: bool, dialect: &dyn Dialect, sql: &mut String) {
    dialect.write_name(&column.name, sql);
    sql.push(' ');
    if column.generated {
        dialect.write_generated(column.ty, sql);
    } else {
        let strict = dialect.strict_type_name(column.ty).filter(|_| table.strict);
        sql.push_str(strict.unwrap_or(dialect.type_name(column.ty)));
    }
    if let Some(default) = &column.server_default {
        // Parentheses let any expression be a default; literals don't mind.
        sql.push_str(" DEFAULT (");
        sql.push_str(default);
        sql.push(')');
    }
    if let Some(computed) = &column.computed {
        sql.push_str(" GENERATED ALWAYS AS (");
        sql.push_str(&computed.sql);
        sql.push_str(if computed.stored { ") STORED" } else { ")" });
    }
    if !column.nullable || column.primary_key {
        sql.push_str(" NOT NULL");
    }
    if column.primary_key && single_key {
        sql.push(' ');
        constraint(table.key_name.as_deref(), dialect, sql).push_str("PRIMARY KEY");
    }
}

fn foreign_key(key: &ForeignKey, dialect: &dyn Dialect, sql: &mut String) {
    sql.push_str("FOREIGN KEY ");
    names(key.columns.iter().map(String::as_str), dialect, sql);
    sql.push_str(" REFERENCES ");
    match dialect.references_schemas() {
        true => full_name::write(&key.table, dialect, sql),
        false => dialect.write_name(&own_name(&key.table), sql),
    }
    sql.push(' ');
    names(key.references.iter().map(String::as_str), dialect, sql);
    for (word, action) in [(" ON DELETE ", key.on_delete), (" ON UPDATE ", key.on_update)] {
        if let Some(action) = action {
            sql.push_str(word);
            sql.push_str(action.as_sql());
        }
    }
    if let Some(deferrable) = key.deferrable.as_sql() {
        sql.push(' ');
        sql.push_str(deferrable);
    }
}

fn constraint<'a>(name: Option<&str>, dialect: &dyn Dialect, sql: &'a mut String) -> &'a mut String {
    if let Some(name) = name {
        sql.push_str("CONSTRAINT ");
        dialect.write_name(name, sql);
        sql.push(' ');
    }
    sql
}

fn names<'a>(names: impl IntoIterator<Item = &'a str>, dialect: &dyn Dialect, sql: &mut String) {
    sql.push('(');
    for (i, name) in names.into_iter().enumerate() {
        sql.push_str(if i == 0 { "" } else { ", " });
        dialect.write_name(name, sql);
    }
    sql.push(')');
}

/// The lines between the parentheses of `CREATE TABLE`.
struct Lines {
    sql: String,
    first: bool,
}

impl Lines {
    /// Begins another line.
    fn next(&mut self) -> &mut String {
        self.sql.push_str(if self.first { "\n    " } else { ",\n    " });
        self.first = false;
        &mut self.sql
    }
}
