//! Tables of a mapping as a schema, and creating and dropping them.

use super::{Mapping, index};
use crate::declare::{ColumnDecl, TableDecl};
use crate::engine::{Access, Connection, Engine, Flow};
use crate::error::{Code, Error, Result};
use crate::sql::ddl::{CreateSchema, DropSchema};
use crate::sql::parts;
use crate::sql::schema::{Check, Column, ForeignKey, Index, Schema, Table, Unique};
use crate::value::ValueRef;

impl Mapping {
    /// The tables as a schema, for DDL: in the order of their names. A foreign key whose columns no key and no index
    /// begins with has an index, unless it says `index = false`.
    pub fn schema(&self) -> Schema {
        let mut decls = self.tables().to_vec();
        decls.sort_by_key(|table| table.name);
        let mut tables: Vec<Table> = decls.iter().copied().map(of).collect();
        index::foreign_keys(&decls, &mut tables);
        tables.iter_mut().for_each(|table| self.naming.apply(table));
        let mut schema = Schema::new();
        for table in tables {
            // Configuration has refused two tables of one name.
            let _ = schema.add(table);
        }
        schema
    }

    /// Creates the tables that aren't there, in the order of their foreign keys.
    ///
    /// # Errors
    /// `bad-table` for what the database can't hold, and what the database says.
    pub fn create_all(&self, engine: &Engine) -> Result<()> {
        self.check_read_keys()?;
        let schema = self.schema();
        schema.check(engine.dialect())?;
        let made = in_transaction(engine, |connection| {
            let mut missing = Vec::new();
            for table in schema.tables() {
                if !exists(connection, engine, table)? {
                    missing.push(table.name.clone());
                }
            }
            CreateSchema::new(&schema)
                .only(|table| missing.contains(&table.name))
                .statements(engine.dialect())?
                .iter()
                .try_for_each(|sql| connection.execute_batch(sql))
        });
        made.map_err(|error| match self.refused_default(engine) {
            Some((class, attribute)) => error
                .about(class, Some(attribute))
                .help("its `server_default` is no SQL that the database takes: a literal, or an expression in brackets"),
            None => error,
        })
    }

    /// That the foreign keys that were read from a database lead to tables that are known. Others do, once a registry is
    /// configured.
    fn check_read_keys(&self) -> Result<()> {
        let mut causes = Vec::new();
        for table in self.tables() {
            let read = table.foreign_keys.iter().filter(|key| key.from_database);
            for key in read.filter(|key| self.table(key.table).is_none()) {
                let owner = self.class_of_table(table.name).map_or(table.name, |mapper| mapper.class());
                let column = key.columns.first().copied();
                let attribute = table.columns.iter().find(|known| Some(known.name) == column);
                let message =
                    format!("in the database it references the table `{}`, which isn't mapped", key.table);
                causes.push(
                    Error::new(Code::BadTable, message)
                        .about(owner, attribute.map(|column| column.attribute))
                        .help(format!(
                            "map that table too: `map_table(NewTable::read(\"{}\", &engine)?)`, or all by `map_database`",
                            key.table
                        )),
                );
            }
        }
        if causes.is_empty() {
            return Ok(());
        }
        Err(Error::several(Code::BadTable, "the tables can't be created", causes))
    }

    /// The class and attribute of a column whose default the database refuses, each tried by itself. Nothing stays of it.
    #[cold]
    fn refused_default(&self, engine: &Engine) -> Option<(&'static str, &'static str)> {
        let columns =
            self.tables().iter().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
        let with_default =
            columns.filter_map(|(table, column)| Some((table, column, column.server_default?)));
        for (table, column, sql) in with_default {
            let probe =
                Table::new("orm_probe").column(Column::new(column.name, column.ty).server_default(sql));
            let mut schema = Schema::new();
            schema.add(probe).ok()?;
            let statements = CreateSchema::new(&schema).statements(engine.dialect()).ok()?;
            let connection = engine.connect().ok()?;
            connection.begin(Access::Write).ok()?;
            let made = statements.iter().try_for_each(|sql| connection.execute_batch(sql));
            connection.rollback().ok()?;
            if made.is_err() {
                let owner = self.mappers().iter().find(|mapper| mapper.decl().table.name == table.name);
                return Some((owner.map_or(table.name, |mapper| mapper.class()), column.attribute));
            }
        }
        None
    }

    /// Drops the tables that are there, dependants first.
    ///
    /// # Errors
    /// What the database says.
    pub fn drop_all(&self, engine: &Engine) -> Result<()> {
        let schema = self.schema();
        in_transaction(engine, |connection| {
            let mut there = Vec::new();
            for table in schema.tables() {
                if exists(connection, engine, table)? {
                    there.push(table.name.clone());
                }
            }
            DropSchema::new(&schema)
                .only(|table| there.contains(&table.name))
                .statements(engine.dialect())
                .iter()
                .try_for_each(|sql| connection.execute_batch(sql))
        })
    }
}

fn in_transaction(engine: &Engine, work: impl FnOnce(&dyn Connection) -> Result<()>) -> Result<()> {
    let connection = engine.connect()?;
    connection.begin(Access::Write)?; // who waits for another one finds the tables that it made

    match work(&connection).and_then(|()| connection.commit()) {
        Ok(()) => Ok(()),
        Err(error) => {
            // What went wrong first is what the caller has to know.
            let _ = connection.rollback();
            Err(error)
        }
    }
}

fn exists(connection: &dyn Connection, engine: &Engine, table: &Table) -> Result<bool> {
    let (schema, own) = parts(&table.name);
    let mut statement = connection.prepare(&engine.dialect().table_exists(schema.as_deref()))?;
    statement.bind(0, ValueRef::Text(&own))?;
    let mut found = false;
    statement.query(&mut |_| {
        found = true;
        Ok(Flow::Break(()))
    })?;
    Ok(found)
}

pub(super) fn of(decl: &'static TableDecl) -> Table {
    let mut table = Table::new(decl.name);
    (table.strict, table.without_rowid) = (decl.kind.strict, decl.kind.without_rowid);
    let mut columns: Vec<&ColumnDecl> =
        decl.columns.iter().filter(|column| column.expression.is_none()).collect();
    columns.sort_by_key(|column| column.sort_order);
    for column in columns {
        let mut made = Column::new(column.name, column.ty);
        if column.nullable {
            made = made.nullable();
        }
        if column.primary_key {
            made = made.key();
        }
        if column.db_generated {
            made = made.generated_key();
        }
        if let Some(sql) = column.server_default {
            made = made.server_default(sql);
        }
        if let Some(computed) = column.made.computed {
            made = made.computed(computed.sql, computed.stored);
        }
        table = table.column(made);
    }
    for key in decl.foreign_keys {
        let mut made =
            ForeignKey::new(key.columns.iter().copied(), key.table, key.references.iter().copied())
                .deferrable(key.deferrable);
        if let Some(name) = key.name {
            made = made.named(name);
        }
        if let Some(action) = key.on_delete {
            made = made.on_delete(action);
        }
        if let Some(action) = key.on_update {
            made = made.on_update(action);
        }
        table = table.foreign_key(made);
    }
    for unique in decl.uniques {
        let made = Unique::new(unique.columns.iter().copied());
        table = table.unique(match unique.name {
            Some(name) => made.named(name),
            None => made,
        });
    }
    for index in decl.indexes {
        // Configuration has refused what can't be made.
        let mut made = match index.terms.map(|terms| terms.terms()) {
            Some(terms) => Index::over(terms.unwrap_or_default()),
            None => Index::new(index.columns.iter().copied()),
        };
        if let Some(filter) = index.filter.and_then(|filter| filter.tree().ok()) {
            made = made.filter(filter);
        }
        if let Some(name) = index.name {
            made = made.named(name);
        }
        table = table.index(if index.unique { made.unique() } else { made });
    }
    for check in decl.checks {
        let made = Check::new(check.condition);
        table = table.check(match check.name {
            Some(name) => made.named(name),
            None => made,
        });
    }
    table
}
