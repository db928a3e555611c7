//! Tables that no struct was written for: how their objects are made, and their columns read from a database.

use std::any::TypeId;

use crate::declare::{ColumnDecl, ColumnName, ForeignKeyDecl, IndexDecl, Kind, TargetDecl, UniqueDecl};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::mapper::{
    NewColumn, NewRelationship, NewTable, ReadColumn, ReadKey, ReadTable, RegistryCell, inspect, kept,
    nearest,
};
use crate::sql::{Tree, own_name};
use crate::state::typed::mapped::Factory;
use crate::state::typed::obj::AnyClass;
use crate::value::SqlType;

impl NewTable {
    /// A table without columns yet. Its class is called like it. `"archive.city"` is the table `city` of the schema `archive`,
    /// and by this name relationships and queries know the class where another one is called `city` too.
    pub fn new(name: &str) -> Self {
        NewTable::with_factory(name, const { &Factory::of_table() }, TypeId::of::<AnyClass>)
    }

    /// A table as a database has it: its columns, its keys, its indexes. A column is of the Rust type that its SQL type
    /// says: `i64`, `f64`, `bool`, `String`, `Vec<u8>`; of [`Value`](crate::Value) where that says nothing.
    ///
    /// ```standalone_crate
    /// use orm::mapper::NewTable;
    /// use orm::prelude::*;
    /// use orm::{AnyObj, Value};
    ///
    /// # fn main() -> orm::Result<()> {
    /// let engine = orm::sqlite::Engine::in_memory()?;
    /// # let connection = engine.connect()?;
    /// # let sql = "CREATE TABLE song (id INTEGER PRIMARY KEY, title TEXT NOT NULL, seconds INTEGER)";
    /// # orm::engine::Connection::execute_batch(&connection, sql)?;
    /// # drop(connection);
    /// DefaultRegistry::map_table(NewTable::read("song", &engine)?)?;
    /// let song = DefaultRegistry::mapper("song")?;
    /// let session = Session::new(&engine);
    /// let new = AnyObj::create(song)?;
    /// new.set("title", &Value::Text("Kerala".into()))?;
    /// session.add(&new)?;
    /// session.commit()?;
    /// assert_eq!(session.scalars(select(song.entity()).filter(song.attr("seconds")?.is_null()))?.one()?, new);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `bad-table` where there is no such table, and what the database says.
    pub fn read(name: &str, engine: &Engine) -> Result<Self> {
        NewTable::new(name).autoload(engine)
    }

    /// Adds the columns, keys and indexes that the table has in a database and that aren't declared yet.
    ///
    /// # Errors
    /// `bad-table` where there is no such table, it lacks a column that is declared, or has it of another type; and what the
    /// database says.
    pub fn autoload(mut self, engine: &Engine) -> Result<Self> {
        let read = inspect(engine, |inspector| inspector.table(self.name()))
            .map_err(|error| error.about(self.name(), None))?;
        self.complete(read)?;
        Ok(self)
    }

    fn complete(&mut self, read: ReadTable) -> Result<()> {
        let declared: Vec<&ColumnDecl> = self.columns.iter().map(NewColumn::decl).collect();
        compare(self.name(), self.name(), &declared, &read)?;
        let is_new = |column: &&ReadColumn| {
            !declared.iter().any(|known| known.name.eq_ignore_ascii_case(&column.name))
        };
        let new: Vec<NewColumn> = read.columns.iter().filter(is_new).map(column).collect();
        self.columns.extend(new);
        let has_key = |key: &ReadKey| {
            let single =
                |column: &NewColumn| key.columns.iter().eq([column.decl().name]) && column.has_foreign_key();
            self.columns.iter().any(single)
                || self.foreign_keys.iter().any(|known| known.columns.iter().eq(&key.columns))
        };
        let keys: Vec<ForeignKeyDecl> =
            read.foreign_keys.iter().filter(|key| !has_key(key)).map(foreign_key).collect();
        self.foreign_keys.extend(keys);
        for index in &read.indexes {
            let columns = kept_all(&index.columns);
            let known = self
                .uniques
                .iter()
                .map(|unique| unique.columns)
                .chain(self.indexes.iter().map(|index| index.columns));
            if known.into_iter().any(|known| known == columns) {
                continue;
            }
            if index.is_constraint {
                self.uniques.push(UniqueDecl { name: None, columns });
            } else {
                let name = Some(kept(&index.name));
                self.indexes.push(IndexDecl::new(name, columns, index.unique));
            }
        }
        Ok(())
    }
}

/// Compares columns that are declared with those that a database has.
///
/// # Errors
/// `bad-table` where one is missing, or of another type.
fn compare(class: &str, table: &str, declared: &[&ColumnDecl], read: &ReadTable) -> Result<()> {
    for column in declared {
        let found = read.columns.iter().find(|read| read.name.eq_ignore_ascii_case(column.name));
        let Some(found) = found else {
            let message = format!("the table `{table}` has no column `{}` in the database", column.name);
            let error = Error::new(Code::BadTable, message).about(class, Some(column.attribute));
            let near = nearest(column.name, read.columns.iter().map(|read| read.name.as_str()));
            return Err(match near {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("add it to the database, or take it out of the class"),
            });
        };
        let same = found.ty.is_none_or(|ty| column.type_name == "Value" || kind(ty) == kind(column.ty));
        if !same {
            let message = format!(
                "`{table}.{}` is of the type `{}` in the database, which is no `{}`",
                column.name, found.declared, column.type_name
            );
            return Err(Error::new(Code::BadTable, message)
                .about(class, Some(column.attribute))
                .help("give it the type of the database's column"));
        }
    }
    Ok(())
}

/// Which kind of values a type has; truth values are stored as integers.
fn kind(ty: SqlType) -> u8 {
    match ty {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Boolean => 0,
        SqlType::Real | SqlType::Double => 1,
        SqlType::Text => 2,
        SqlType::Blob => 3,
    }
}

/// A column as a database has it.
fn column(read: &ReadColumn) -> NewColumn {
    let mut column = NewColumn::as_read(&read.name, read.ty, read.nullable);
    if read.primary_key {
        column = column.primary_key();
    }
    if let Some(default) = &read.default {
        column = column.server_default(default);
    }
    column
}

fn foreign_key(read: &ReadKey) -> ForeignKeyDecl {
    ForeignKeyDecl {
        columns: kept_all(&read.columns),
        table: kept(&read.table),
        references: kept_all(&read.references),
        on_delete: read.on_delete,
        on_update: read.on_update,
        from_database: true,
        ..ForeignKeyDecl::PLAIN
    }
}

fn kept_all(names: &[String]) -> &'static [&'static str] {
    names.iter().map(|name| kept(name)).collect::<Vec<_>>().leak()
}

impl RegistryCell {
    /// Gives a class the columns that its table has in a database and that it doesn't declare.
    ///
    /// # Errors
    /// `configured` where the registry is; `bad-table` where there is no such table, it lacks a column that is declared, or
    /// has it of another type; `unknown-name`, `ambiguous-name`, and what the database says.
    pub fn autoload(&'static self, class: &str, engine: &Engine) -> Result<()> {
        let (table, class, added) = self.table_of(class)?;
        let read = inspect(engine, |inspector| inspector.table(table.name))
            .map_err(|error| error.about(class, None))?;
        let declared: Vec<&ColumnDecl> =
            table.columns.iter().chain(added.iter().map(|column| column.column)).collect();
        compare(class, table.name, &declared, &read)?;
        let is_new = |column: &&ReadColumn| {
            !declared.iter().any(|known| known.name.eq_ignore_ascii_case(&column.name))
        };
        let new: Vec<&ReadColumn> = read.columns.iter().filter(is_new).collect();
        if let Some(key) = new.iter().find(|column| column.primary_key) {
            let message =
                format!("`{}.{}` is part of the primary key, and isn't declared", table.name, key.name);
            return Err(Error::new(Code::BadTable, message).about(class, None).help("declare it"));
        }
        let mut columns: Vec<NewColumn> = new.iter().map(|read| column(read)).collect();
        for key in &read.foreign_keys {
            // A key comes with the last of its columns that is new; those of declared columns are declared with them.
            let is_in = |column: &&mut NewColumn| key.columns.iter().any(|name| name == column.decl().name);
            if let Some(column) = columns.iter_mut().rev().find(is_in) {
                column.bring_key(foreign_key(key));
            }
        }
        self.add_columns_of(table, class, columns)
    }

    /// Maps every table of a database that has no class yet, with relationships along its foreign keys. A table that has two
    /// of them, and no other column, is no class: it links those that it references.
    ///
    /// # Errors
    /// `configured` where the registry is; what the database says.
    pub fn map_database(&'static self, engine: &Engine) -> Result<()> {
        self.map_tables_of(engine, None)
    }

    /// As [`map_database`](Self::map_database), for the tables of a schema.
    ///
    /// # Errors
    /// `configured` where the registry is; what the database says, also where it has no such schema.
    pub fn map_schema(&'static self, schema: &str, engine: &Engine) -> Result<()> {
        self.map_tables_of(engine, Some(schema))
    }

    fn map_tables_of(&'static self, engine: &Engine, schema: Option<&str>) -> Result<()> {
        let known = self.known_tables();
        let is_known = |name: &str| known.iter().any(|(table, _)| table.name.eq_ignore_ascii_case(name));
        let mut tables = inspect(engine, |inspector| {
            let names = inspector.tables(schema)?.into_iter().filter(|name| !is_known(name));
            names.map(|name| Ok((NewTable::new(&name), inspector.table(&name)?))).collect::<Result<Vec<_>>>()
        })?;
        let has_key = |read: &ReadTable| read.columns.iter().any(|column| column.primary_key);
        let new: Vec<&'static str> =
            tables.iter().filter(|(_, read)| has_key(read)).map(|(table, _)| table.name()).collect();
        let classes: Vec<&'static str> =
            known.iter().filter(|(_, class)| class.is_some()).map(|(table, _)| table.name).collect();
        let mut taken: Vec<(&'static str, String)> = Vec::new();
        for (table, read) in &tables {
            taken.extend(read.columns.iter().map(|column| (table.name(), column.name.clone())));
        }
        let mut mapped = Vec::with_capacity(tables.len());
        let mut links = Vec::new();
        for (mut table, read) in tables.drain(..) {
            if let Some(ends) = ends_of(&read, &new, &classes, table.name()) {
                links.push((table, read, ends));
                continue;
            }
            let with_class = has_key(&read);
            for key in read.foreign_keys.iter().filter(|_| with_class) {
                let find = |names: &[&'static str]| {
                    names.iter().copied().find(|name| name.eq_ignore_ascii_case(&key.table))
                };
                if let Some(target) = find(&new) {
                    table = relate(table, &read, key, (target, true), &mut taken);
                } else if let Some(target) = find(&classes) {
                    table = relate(table, &read, key, (target, false), &mut taken);
                }
            }
            table.complete(read)?;
            mapped.push((table, with_class));
        }
        for (mut table, read, ends) in links {
            link(&mut table, &read, ends, &mut taken);
            table.complete(read)?;
            mapped.push((table, false));
        }
        self.map_tables(mapped)
    }
}

/// A table that a link leads to, and whether it gets a relationship along the link: its class is made, too.
type End = (&'static str, bool);

/// The two tables that a table links, where it is nothing but the keys of both.
fn ends_of(
    read: &ReadTable,
    new: &[&'static str],
    classes: &[&'static str],
    name: &'static str,
) -> Option<[End; 2]> {
    let [one, other] = read.foreign_keys.as_slice() else { return None };
    let is_of_key =
        |column: &ReadColumn| one.columns.contains(&column.name) || other.columns.contains(&column.name);
    if !read.columns.iter().all(is_of_key) {
        return None;
    }
    let end = |key: &ReadKey| {
        let find = |names: &[&'static str]| {
            names.iter().copied().find(|end| end.eq_ignore_ascii_case(&key.table) && *end != name)
        };
        find(new).map(|end| (end, true)).or_else(|| find(classes).map(|end| (end, false)))
    };
    Some([end(one)?, end(other)?]).filter(|ends| ends.iter().any(|(_, is_made)| *is_made))
}

/// Gives the tables that a table links a relationship to each other.
fn link(table: &mut NewTable, read: &ReadTable, ends: [End; 2], taken: &mut Vec<(&'static str, String)>) {
    let [one, other] = read.foreign_keys.as_slice() else { return };
    let [(left, left_is_made), (right, right_is_made)] = ends;
    let links = table.name();
    let mut name = |of: &'static str, to: &str, key: &ReadKey| {
        let to = own_name(to);
        let by = format!("{to}_collection_by_{}_{}", own_name(links), key.columns.join("_"));
        free(taken, of, [format!("{to}_collection"), by], left != right)
    };
    let forth = left_is_made.then(|| name(left, right, other));
    let back = right_is_made.then(|| name(right, left, one));
    let condition = |end: &'static str, key: &ReadKey| {
        let pairs = key.columns.iter().zip(&key.references).map(|(column, reference)| {
            let reference = ColumnName::new(end, kept(reference)).column_ref();
            Tree::Column(reference).equals(Tree::Column(ColumnName::new(links, kept(column)).column_ref()))
        });
        Tree::all(pairs)
    };
    let conditions = || (condition(left, one), condition(right, other));
    let back_populates = |relation: NewRelationship, name: &Option<String>| match name {
        Some(name) => relation.back_populates(name),
        None => relation,
    };
    if let Some(name) = &forth {
        let (near, far) = conditions();
        let relation = back_populates(NewRelationship::through(name, right, links, [near, far]), &back);
        table.reverse.push((TargetDecl::OfTable(left), relation));
    }
    if let Some(name) = &back {
        let (far, near) = conditions();
        let relation = back_populates(NewRelationship::through(name, left, links, [near, far]), &forth);
        table.reverse.push((TargetDecl::OfTable(right), relation));
    }
}

/// A name for a relationship of a table that nothing else there has: the first, where a short one tells enough, or the second.
fn free(
    taken: &mut Vec<(&'static str, String)>,
    table: &'static str,
    [first, second]: [String; 2],
    short: bool,
) -> String {
    let is_free = |name: &String| !taken.iter().any(|(of, known)| *of == table && known == name);
    let mut found = if short && is_free(&first) { first } else { second };
    while !is_free(&found) {
        found.push('_');
    }
    taken.push((table, found.clone()));
    found
}

/// Gives a table a relationship along a foreign key, and the other one its reverse side.
fn relate(
    mut table: NewTable,
    read: &ReadTable,
    key: &ReadKey,
    (target, both_ways): (&'static str, bool),
    taken: &mut Vec<(&'static str, String)>,
) -> NewTable {
    let name = table.name();
    // Of several keys to one table each relationship tells its key.
    let is_only = read.foreign_keys.iter().filter(|other| other.table == key.table).count() == 1;
    let columns = key.columns.join("_");
    let stem = match key.columns.as_slice() {
        [only] => only.strip_suffix("_id").filter(|stem| !stem.is_empty()),
        _ => None,
    };
    let (own, target_own) = (own_name(name), own_name(target));
    let forth = [stem.unwrap_or(&target_own).to_owned(), format!("{target_own}_by_{columns}")];
    let forth = free(taken, name, forth, is_only || stem.is_some());
    let names = |table: &'static str, columns: &[String]| -> &'static [ColumnName] {
        columns.iter().map(|column| ColumnName::new(table, kept(column))).collect::<Vec<_>>().leak()
    };
    let (foreign, referenced) = (names(name, &key.columns), names(target, &key.references));
    let is_self = name == target;
    let of_key = |column: &&ReadColumn| key.columns.contains(&column.name);
    let nullable = read.columns.iter().filter(of_key).any(|column| column.nullable);
    let kind = if nullable { Kind::OptionalOne } else { Kind::One };
    let remote = if is_self { referenced } else { &[] };
    let mut one = NewRelationship::by_key(&forth, kind, target, foreign, remote);
    if both_ways {
        let is_key = read
            .columns
            .iter()
            .filter(|column| column.primary_key)
            .map(|column| &column.name)
            .eq(&key.columns);
        let is_unique = read.indexes.iter().any(|index| index.unique && index.columns == key.columns);
        let (kind, back) = match is_key || is_unique {
            true => (Kind::OptionalOne, [own.to_string(), format!("{own}_by_{columns}")]),
            false => (Kind::List, [format!("{own}_collection"), format!("{own}_collection_by_{columns}")]),
        };
        let back = free(taken, target, back, is_only);
        let remote = if is_self { foreign } else { &[] };
        let many = NewRelationship::by_key(&back, kind, name, foreign, remote).back_populates(&forth);
        table.reverse.push((TargetDecl::OfTable(target), many));
        one = one.back_populates(&back);
    }
    table.relationship(one)
}
