//! `SqliteDialect`: how SQLite writes SQL.

use orm_core::sql::{BinaryOp, CompareOp, Dialect, Op, Place, SqlType, TableQueries, Tree, func};
use orm_core::{Value, ValueRef};
use std::borrow::Cow;
use std::fmt::Write;

/// Texts up to this length are looked for by `LIKE`: a pattern, in which each byte may be escaped, has at most 50,000.
const LIKE_BYTES: usize = 20_000;

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

    fn write_key_list(&self, _: usize, values: &[ValueRef<'_>], out: &mut String) -> Option<Value> {
        let list = json_list(values)?;
        // `+` has the values take the affinity of what they are compared with, as a bound value does.
        out.push_str("(SELECT +value FROM json_each(?))");
        Some(Value::Text(list))
    }

    /// `LIKE` reads a text up to its first NUL. What stands before that is all that a beginning without NUL needs, for
    /// which an index may help; the rest is asked of functions that read texts to their ends, and ignore case as it does.
    fn has_text(&self, of: Tree, place: Place, text: &str) -> Tree {
        let lower = |tree: Tree| func::call("lower", [tree]);
        let text_value = Tree::Value(Value::Text(text.to_owned()));
        let number = |number| Tree::Value(Value::Int(number));
        let found = |of: Tree, text: Tree| func::call("instr", [lower(of), lower(text)]);
        match place {
            Place::Start if !text.contains('\0') && text.len() <= LIKE_BYTES => of.has_by_like(place, text),
            Place::Start => found(of, text_value).compare(CompareOp::Eq, number(1)),
            Place::Within => found(of, text_value).compare(CompareOp::Gt, number(0)),
            Place::End if text.is_empty() => of.has_by_like(place, text),
            // Bytes are counted from the end, since those of a character are never the last ones of another one. There is
            // no end of no bytes, so one that the other text doesn't begin with stands before them.
            Place::End => {
                let before =
                    Tree::Value(Value::Text(if text.starts_with('-') { "+" } else { "-" }.to_owned()));
                let of = before.binary(BinaryOp::Concat, of);
                let bytes = |text: Tree| Tree::node(Op::Cast(SqlType::Blob), vec![lower(text)]);
                let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
                func::call("substr", [bytes(of), number(-length)]).compare(CompareOp::Eq, bytes(text_value))
            }
        }
    }

    fn supports_returning(&self) -> bool {
        true
    }

    fn max_parameters(&self) -> usize {
        32_766
    }

    fn write_generated(&self, ty: SqlType, out: &mut String) {
        // No word is needed: an integer primary key that isn't given is one more than the largest.
        out.push_str(self.type_name(ty));
    }

    fn strict_type_name(&self, ty: SqlType) -> Option<&'static str> {
        Some(match ty {
            SqlType::Boolean => "INTEGER",
            other => self.type_name(other),
        })
    }

    fn supports_without_rowid(&self) -> bool {
        true
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

    fn references_schemas(&self) -> bool {
        false
    }

    fn table_exists(&self, schema: Option<&str>) -> Cow<'static, str> {
        match schema {
            None => "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE"
                .into(),
            Some(schema) => {
                let schema = quoted(schema);
                format!("SELECT 1 FROM {schema}.sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE").into()
            }
        }
    }

    fn table_queries(&self) -> Option<TableQueries> {
        Some(TableQueries {
            tables,
            columns: "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info(?1, ?2) ORDER BY cid",
            foreign_keys: "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?1, ?2) ORDER BY id DESC, seq",
            indexes: "SELECT list.name, list.\"unique\", list.origin = 'u', info.name FROM pragma_index_list(?1, ?2) AS list JOIN pragma_index_info(list.name, ?2) AS info WHERE list.origin <> 'pk' AND list.partial = 0 ORDER BY list.seq DESC, info.seqno",
            type_of: affinity,
        })
    }
}

/// The query for the names of the tables of a schema.
fn tables(schema: Option<&str>) -> Cow<'static, str> {
    const TABLES: &str =
        "sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    let schema = schema.map_or_else(String::new, |schema| quoted(schema) + ".");
    format!("SELECT name FROM {schema}{TABLES}").into()
}

/// A name as SQLite reads it.
pub(crate) fn quoted(name: &str) -> String {
    let mut out = String::new();
    SqliteDialect.write_name(name, &mut out);
    out
}

/// What columns of a declared type hold, by SQLite's rules of affinity; nothing where they hold what they are given.
fn affinity(declared: &str) -> Option<SqlType> {
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if has(&["INT"]) {
        Some(SqlType::BigInt)
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        Some(SqlType::Text)
    } else if has(&["BLOB"]) {
        Some(SqlType::Blob)
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Some(SqlType::Double)
    } else if has(&["BOOL"]) {
        Some(SqlType::Boolean)
    } else {
        None
    }
}

/// Values as a JSON list. `None` where JSON can't tell one of them.
fn json_list(values: &[ValueRef<'_>]) -> Option<String> {
    let mut list = String::with_capacity(values.len().saturating_mul(8).saturating_add(2));
    list.push('[');
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            list.push(',');
        }
        match value {
            ValueRef::Null => list.push_str("null"),
            ValueRef::Bool(value) => list.push(if *value { '1' } else { '0' }),
            ValueRef::Int(value) => _ = write!(list, "{value}"),
            // The shortest text that reads back as the same number.
            ValueRef::Real(value) if value.is_finite() => _ = write!(list, "{value:?}"),
            ValueRef::Text(value) => json_text(value, &mut list),
            ValueRef::Real(_) | ValueRef::Blob(_) => return None,
        }
    }
    list.push(']');
    Some(list)
}

/// A text as JSON writes it (RFC 8259, section 7).
fn json_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\0'..='\x1f' => _ = write!(out, "\\u{:04x}", u32::from(c)),
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;
