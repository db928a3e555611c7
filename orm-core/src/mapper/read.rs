//! What a database tells of a table.

use crate::declare::ReferentialAction;
use crate::engine::{Connection, Engine, Flow};
use crate::error::{Code, Error, Result};
use crate::sql::{SqlType, TableQueries, full_name, parts};
use crate::value::{Value, ValueRef};

/// A table as a database has it.
pub(crate) struct ReadTable {
    pub(crate) columns: Vec<ReadColumn>,
    pub(crate) foreign_keys: Vec<ReadKey>,
    pub(crate) indexes: Vec<ReadIndex>,
}

/// A column as a database has it.
pub(crate) struct ReadColumn {
    pub(crate) name: String,
    /// The type that it was declared with.
    pub(crate) declared: String,
    pub(crate) ty: Option<SqlType>,
    pub(crate) nullable: bool,
    pub(crate) default: Option<String>,
    pub(crate) primary_key: bool,
}

/// A foreign key as a database has it.
pub(crate) struct ReadKey {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) on_update: Option<ReferentialAction>,
    pub(crate) on_delete: Option<ReferentialAction>,
}

/// A unique constraint or an index as a database has it.
pub(crate) struct ReadIndex {
    pub(crate) name: String,
    pub(crate) unique: bool,
    pub(crate) is_constraint: bool,
    pub(crate) columns: Vec<String>,
}

/// The tables of a database, or one of them.
pub(crate) struct Inspector<'c> {
    connection: &'c dyn Connection,
    queries: TableQueries,
}

/// Runs `f` with what a database tells of its tables.
///
/// # Errors
/// `bad-table` where it tells nothing, and what it says.
pub(crate) fn inspect<R>(engine: &Engine, f: impl FnOnce(&Inspector<'_>) -> Result<R>) -> Result<R> {
    let Some(queries) = engine.dialect().table_queries() else {
        let message = format!("tables of {} can't be read", engine.dialect().name());
        return Err(Error::new(Code::BadTable, message).help("declare their columns"));
    };
    let connection = engine.connect()?;
    f(&Inspector { connection: &connection, queries })
}

impl Inspector<'_> {
    fn rows(&self, sql: &str, table: Option<&str>) -> Result<Vec<Vec<Value>>> {
        let mut statement = self.connection.prepare(sql)?;
        if let Some((schema, own)) = table.map(parts) {
            statement.bind(0, ValueRef::Text(&own))?;
            statement.bind(1, schema.as_deref().map_or(ValueRef::Null, ValueRef::Text))?;
        }
        let mut rows = Vec::new();
        statement.query(&mut |row| {
            let mut values = Vec::new();
            while row.name(values.len()).is_some() {
                values.push(row.get(values.len())?.to_value());
            }
            rows.push(values);
            Ok(Flow::Continue(()))
        })?;
        Ok(rows)
    }

    /// The full names of the tables of a schema.
    pub(crate) fn tables(&self, schema: Option<&str>) -> Result<Vec<String>> {
        let rows = self.rows(&(self.queries.tables)(schema), None)?;
        Ok(rows.iter().filter_map(|row| text(row, 0)).map(|name| full_name(schema, &name)).collect())
    }

    /// A table.
    ///
    /// # Errors
    /// `bad-table` where there is none of that name.
    pub(crate) fn table(&self, name: &str) -> Result<ReadTable> {
        let columns = self.columns(name)?;
        if columns.is_empty() {
            let tables = self.tables(parts(name).0.as_deref())?;
            let near = super::resolve::nearest(name, tables.iter().map(String::as_str));
            let error = Error::new(Code::BadTable, format!("the database has no table `{name}`"));
            return Err(match near {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("create it, or declare its columns"),
            });
        }
        Ok(ReadTable { columns, foreign_keys: self.foreign_keys(name)?, indexes: self.indexes(name)? })
    }

    fn columns(&self, name: &str) -> Result<Vec<ReadColumn>> {
        let rows = self.rows(self.queries.columns, Some(name))?;
        let column = |row: &Vec<Value>| {
            let declared = text(row, 1).unwrap_or_default();
            let primary_key = number(row, 4) > 0;
            Some(ReadColumn {
                name: text(row, 0)?,
                ty: (self.queries.type_of)(&declared),
                declared,
                nullable: number(row, 2) == 0 && !primary_key,
                default: text(row, 3),
                primary_key,
            })
        };
        Ok(rows.iter().filter_map(column).collect())
    }

    fn foreign_keys(&self, name: &str) -> Result<Vec<ReadKey>> {
        let mut keys: Vec<(i64, ReadKey)> = Vec::new();
        for row in self.rows(self.queries.foreign_keys, Some(name))? {
            let (number, column, reference) = (number(&row, 0), text(&row, 2), text(&row, 3));
            if keys.last().is_none_or(|(last, _)| *last != number) {
                let action = |at| text(&row, at).and_then(|word| action(&word));
                let key = ReadKey {
                    table: full_name(parts(name).0.as_deref(), &text(&row, 1).unwrap_or_default()),
                    columns: Vec::new(),
                    references: Vec::new(),
                    on_update: action(4),
                    on_delete: action(5),
                };
                keys.push((number, key));
            }
            if let Some((_, key)) = keys.last_mut() {
                key.columns.extend(column);
                key.references.extend(reference);
            }
        }
        let mut keys: Vec<ReadKey> = keys.into_iter().map(|(_, key)| key).collect();
        for key in keys.iter_mut().filter(|key| key.references.len() < key.columns.len()) {
            // Without columns a key references the primary key.
            let columns = self.columns(&key.table)?.into_iter().filter(|column| column.primary_key);
            key.references = columns.map(|column| column.name).collect();
        }
        keys.retain(|key| key.references.len() == key.columns.len());
        Ok(keys)
    }

    fn indexes(&self, name: &str) -> Result<Vec<ReadIndex>> {
        let mut indexes: Vec<ReadIndex> = Vec::new();
        let mut by_expression: Vec<String> = Vec::new();
        for row in self.rows(self.queries.indexes, Some(name))? {
            let name = text(&row, 0).unwrap_or_default();
            if indexes.last().is_none_or(|last| last.name != name) {
                let (unique, is_constraint) = (number(&row, 1) != 0, number(&row, 2) != 0);
                indexes.push(ReadIndex { name: name.clone(), unique, is_constraint, columns: Vec::new() });
            }
            match (text(&row, 3), indexes.last_mut()) {
                (Some(column), Some(index)) => index.columns.push(column),
                _ => by_expression.push(name),
            }
        }
        indexes.retain(|index| !by_expression.contains(&index.name));
        Ok(indexes)
    }
}

fn text(row: &[Value], at: usize) -> Option<String> {
    match row.get(at) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

fn number(row: &[Value], at: usize) -> i64 {
    match row.get(at) {
        Some(Value::Int(number)) => *number,
        _ => 0,
    }
}

fn action(word: &str) -> Option<ReferentialAction> {
    match word.to_ascii_uppercase().as_str() {
        "CASCADE" => Some(ReferentialAction::Cascade),
        "SET NULL" => Some(ReferentialAction::SetNull),
        "SET DEFAULT" => Some(ReferentialAction::SetDefault),
        "RESTRICT" => Some(ReferentialAction::Restrict),
        _ => None,
    }
}
