//! `NewTable`: a table that no struct was written for.

use std::any::TypeId;

use super::column_check;
use super::info::{AddedRelation, ClassInfo};
use super::new::{Maker, NewColumn, NewRelationship};
use super::options::kept;
use crate::declare::{
    CheckDecl, ColumnDecl, ForeignKeyDecl, IndexDecl, ModelDecl, TableDecl, TableKind, TargetDecl, UniqueDecl,
};
use crate::error::{Code, Error, Result};
use crate::sql::parts;

/// A table that no struct was written for, to be mapped by `Models::map_table`: declared in code, or
/// [read from a database](Self::read). Its objects are handled by names, as [`AnyObj`](crate::AnyObj), and take part in all
/// that objects of a struct do.
///
/// ```standalone_crate
/// use orm::mapper::{NewColumn, NewRelationship, NewTable};
/// use orm::prelude::*;
/// use orm::{AnyObj, Value};
///
/// # fn main() -> orm::Result<()> {
/// DefaultRegistry::map_table(
///     NewTable::new("country")
///         .column(NewColumn::of::<i64>("id").primary_key())
///         .column(NewColumn::of::<String>("name").unique())
///         .relationship(NewRelationship::many("cities", "city").back_populates("country")),
/// )?;
/// DefaultRegistry::map_table(
///     NewTable::new("city")
///         .column(NewColumn::of::<i64>("id").primary_key())
///         .column(NewColumn::of::<String>("name"))
///         .column(NewColumn::of::<i64>("country_id").foreign_key("country.id"))
///         .relationship(NewRelationship::one("country", "country").back_populates("cities")),
/// )?;
/// let engine = orm::sqlite::Engine::in_memory()?;
/// DefaultRegistry::create_all(&engine)?;
/// let session = Session::new(&engine);
///
/// let (country, city) = (DefaultRegistry::mapper("country")?, DefaultRegistry::mapper("city")?);
/// let (italy, rome) = (AnyObj::create(country)?, AnyObj::create(city)?);
/// italy.set("name", &Value::Text("Italy".into()))?;
/// rome.set("name", &Value::Text("Rome".into()))?;
/// italy.collection("cities")?.append(&rome)?;
/// session.add(&italy)?;
/// session.commit()?;
///
/// let in_italy = city.relationship("country")?.has(country.attr("name")?.eq("Italy"));
/// let found = session.scalars(select(city.entity()).filter(in_italy))?.one()?;
/// assert_eq!(found, rome);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct NewTable {
    name: &'static str,
    class: &'static str,
    /// Its schema, which is what the module is for other classes.
    schema: &'static str,
    pub(crate) columns: Vec<NewColumn>,
    pub(crate) foreign_keys: Vec<ForeignKeyDecl>,
    pub(crate) uniques: Vec<UniqueDecl>,
    pub(crate) indexes: Vec<IndexDecl>,
    checks: Vec<CheckDecl>,
    kind: TableKind,
    comment: Option<&'static str>,
    relations: Vec<NewRelationship>,
    /// What is added to other classes along with it.
    pub(crate) reverse: Vec<(TargetDecl, NewRelationship)>,
    factory: Maker,
    type_id: fn() -> TypeId,
}

/// A table that is ready to be registered.
pub(super) struct MadeTable {
    pub(super) class: Option<&'static ClassInfo>,
    pub(super) table: &'static TableDecl,
    pub(super) relations: Vec<AddedRelation>,
}

impl NewTable {
    /// A table whose objects are made by `factory`, and count as of the type of that id.
    pub(crate) fn with_factory(name: &str, factory: Maker, type_id: fn() -> TypeId) -> Self {
        let (schema, own) = parts(name);
        NewTable {
            name: kept(name),
            class: kept(&own),
            schema: schema.map_or("", |schema| kept(&schema)),
            columns: Vec::new(),
            foreign_keys: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            kind: TableKind::PLAIN,
            comment: None,
            relations: Vec::new(),
            reverse: Vec::new(),
            factory,
            type_id,
        }
    }

    /// The name by which relationships and queries know the class, where that isn't the table's.
    #[must_use]
    pub fn class(mut self, name: &str) -> Self {
        self.class = kept(name);
        self
    }

    /// A column.
    #[must_use]
    pub fn column(mut self, column: NewColumn) -> Self {
        self.columns.push(column);
        self
    }

    /// A foreign key of several columns.
    #[must_use]
    pub fn foreign_key(mut self, columns: &[&str], table: &str, references: &[&str]) -> Self {
        self.foreign_keys.push(ForeignKeyDecl {
            columns: kept_all(columns),
            table: kept(table),
            references: kept_all(references),
            ..ForeignKeyDecl::PLAIN
        });
        self
    }

    /// No two rows have the same values in these columns.
    #[must_use]
    pub fn unique(mut self, columns: &[&str]) -> Self {
        self.uniques.push(UniqueDecl { name: None, columns: kept_all(columns) });
        self
    }

    /// An index over several columns.
    #[must_use]
    pub fn index(mut self, columns: &[&str]) -> Self {
        self.indexes.push(IndexDecl::new(None, kept_all(columns), false));
        self
    }

    /// A condition that the database holds every row to, as SQL.
    #[must_use]
    pub fn check(mut self, condition: &str) -> Self {
        self.checks.push(CheckDecl::new(None, kept(condition)));
        self
    }

    /// The database holds values to the types of their columns (`STRICT`).
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.kind.strict = true;
        self
    }

    /// Rows are kept in the order of their primary key, and have no number of their own (`WITHOUT ROWID`).
    #[must_use]
    pub fn without_rowid(mut self) -> Self {
        self.kind.without_rowid = true;
        self
    }

    /// What is said of it for people; databases without comments have none of it.
    #[must_use]
    pub fn comment(mut self, comment: &str) -> Self {
        self.comment = Some(kept(comment));
        self
    }

    /// A relationship.
    #[must_use]
    pub fn relationship(mut self, relationship: NewRelationship) -> Self {
        self.relations.push(relationship);
        self
    }

    /// Its name in the database.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its columns, by the names of their attributes.
    pub fn attributes(&self) -> Vec<&'static str> {
        self.columns.iter().map(NewColumn::attribute).collect()
    }

    /// # Errors
    /// `bad-table` where a column is wrong, or names a key that isn't there.
    pub(super) fn made(self, with_class: bool) -> Result<MadeTable> {
        let about = |error: Error, attribute| error.about(self.class, attribute);
        let is_key = |column: &&NewColumn| column.decl.primary_key;
        let single = self.columns.iter().filter(is_key).count() == 1;
        let in_key = |name: &str| self.foreign_keys.iter().any(|key| key.columns.contains(&name));
        let (mut columns, mut slots) = (Vec::new(), Vec::new());
        let mut table = TableDecl::named(self.name);
        let (mut foreign_keys, mut uniques, mut indexes) = (Vec::new(), self.uniques, self.indexes);
        for column in self.columns {
            if let Some(wrong) = column.wrong {
                return Err(about(*wrong, Some(column.decl.attribute)));
            }
            foreign_keys.extend(column.keys());
            uniques.extend(column.uniques());
            indexes.extend(column.indexes());
            if column.is_given && !column.decl.primary_key {
                let error = Error::new(Code::BadTable, "`not_generated` is about primary keys");
                return Err(about(error.help("drop it"), Some(column.decl.attribute)));
            }
            let is_foreign = column.has_foreign_key() || in_key(column.decl.name);
            if let Some(error) = column_check::mistake(&column.decl, is_foreign) {
                return Err(about(error, Some(column.decl.attribute)));
            }
            let mut decl = column_check::completed(&column.decl);
            let is_made = single && decl.is_integer && column.foreign_key.is_none() && !in_key(decl.name);
            if decl.primary_key && is_made && decl.server_default.is_none() && !column.is_given {
                decl = decl.primary_key(true);
            }
            if columns
                .iter()
                .any(|known: &ColumnDecl| known.attribute == decl.attribute || known.name == decl.name)
            {
                let error = Error::new(Code::BadTable, "the table has a column of that name already");
                return Err(about(error, Some(decl.attribute)).help("give each column a name of its own"));
            }
            columns.push(decl);
            slots.push(column.slot);
        }
        if let Some((second, error)) = column_check::second_version(columns.iter()) {
            return Err(error.about(self.class, Some(second)));
        }
        foreign_keys.extend(self.foreign_keys);
        let named = foreign_keys.iter().flat_map(|key| key.columns);
        let named = named.chain(uniques.iter().flat_map(|unique| unique.columns));
        let named = named.chain(indexes.iter().flat_map(|index| index.columns));
        for name in named {
            if !columns.iter().any(|column| column.name == *name) {
                let message = format!("a key names the column `{name}`, which the table doesn't have");
                return Err(about(Error::new(Code::BadTable, message), None)
                    .help("name its columns as the database does"));
            }
        }
        (table.columns, table.foreign_keys) = (columns.leak(), foreign_keys.leak());
        (table.uniques, table.indexes) = (uniques.leak(), indexes.leak());
        (table.checks, table.kind, table.comment) = (self.checks.leak(), self.kind, self.comment);
        let decl: &'static ModelDecl = Box::leak(Box::new(ModelDecl {
            class: self.class,
            module: self.schema,
            table,
            relations: &[],
            listen: None,
            confirm_deleted_rows: true,
            synonyms: &[],
            composites: &[],
        }));
        let class = with_class.then(|| -> &'static ClassInfo {
            Box::leak(Box::new(ClassInfo {
                decl,
                type_id: self.type_id,
                factory: self.factory,
                extended: self.factory,
                slots: slots.leak(),
            }))
        });
        let own = self.relations.into_iter().map(|relation| relation.added(TargetDecl::OfTable(self.name)));
        let reverse = self.reverse.into_iter().map(|(class, relation)| relation.added(class));
        let relations = own.filter(|_| with_class).chain(reverse).collect();
        Ok(MadeTable { class, table: &decl.table, relations })
    }
}

fn kept_all(names: &[&str]) -> &'static [&'static str] {
    names.iter().map(|name| kept(name)).collect::<Vec<_>>().leak()
}
