//! Associations that are queries: the table whose columns such a query has.

use super::{RelationSource, resolve};
use crate::declare::{ColumnDecl, ColumnName, ForeignKeyDecl, LinkItem, LinkQuery, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{SelectStmt, TableRef, Tree};

/// The rows of a query between a class and its target.
///
/// # Errors
/// `bad-option` where it selects a table twice, and what the query says.
pub(super) fn of_query(
    tables: &[&'static TableDecl],
    query: fn() -> Box<dyn LinkQuery>,
    ends: [&'static TableDecl; 2],
) -> Result<RelationSource> {
    let mut brought = Brought::default();
    let rows = query();
    if let Some(name) = rows.alias() {
        return Ok(of_alias(resolve::table(tables, name)?, ends));
    }
    for item in rows.items()? {
        match item {
            LinkItem::Table(name) => {
                let table = resolve::table(tables, name)?;
                let columns = table.columns.iter();
                columns.map(|column| brought.add(table, column)).collect::<Result<Vec<_>>>()?;
            }
            LinkItem::Column(column) => {
                let table = resolve::table(tables, column.table)?;
                let decl = table.columns.iter().find(|decl| decl.name == column.name);
                brought.add(table, decl.ok_or_else(|| no_column(column))?)?;
            }
        }
    }
    let (table, origins) = brought.table(ends)?;
    Ok(RelationSource::of_query(table, origins, query))
}

/// The rows of an alias. Where its table is that of the class or of the target, it has another name.
fn of_alias(table: &'static TableDecl, ends: [&'static TableDecl; 2]) -> RelationSource {
    if !ends.iter().any(|end| end.name == table.name) {
        return RelationSource::Alias(table, table.name);
    }
    let named = TableDecl { name: leaked(table.name.to_owned() + "_links"), ..*table };
    RelationSource::Alias(Box::leak(Box::new(named)), table.name)
}

/// The rows of tables that are joined. Given are the tables, and the statement without its items.
///
/// # Errors
/// `bad-option` where a table is joined twice.
pub(super) fn of_tables(
    tables: &[&'static TableDecl],
    joined: SelectStmt,
    ends: [&'static TableDecl; 2],
) -> Result<RelationSource> {
    let mut brought = Brought::default();
    for table in tables {
        table.columns.iter().map(|column| brought.add(table, column)).collect::<Result<Vec<_>>>()?;
    }
    let (table, origins) = brought.table(ends)?;
    let items = origins.iter().zip(table.columns).map(|(origin, column)| {
        let label = (origin.name != column.name).then(|| column.name.into());
        crate::sql::SelectItem { tree: origin.column_ref().into(), label }
    });
    Ok(RelationSource::of_statement(table, origins.clone(), joined.items(items)))
}

/// Columns of the tables that an association brings together, as columns of it. Those of the class and of the target stay.
pub(super) fn rename(tree: &mut Tree, links: &RelationSource, ends: [&'static TableDecl; 2]) {
    let name = TableRef::new(links.table().name);
    tree.walk_mut(&mut |tree| {
        if let Tree::Column(column) = tree
            && !ends.iter().any(|end| end.name == &*column.table.name)
            && let Some(place) = links.place_of(&column.table.name, &column.name)
            && let Some(found) = links.table().columns.get(place)
        {
            *column = name.column(found.name);
        }
    });
}

fn no_column(column: ColumnName) -> Error {
    Error::new(Code::UnknownName, format!("`{}` has no column `{}`", column.table, column.name))
}

/// The columns that a query brings.
#[derive(Default)]
struct Brought {
    tables: Vec<&'static TableDecl>,
    columns: Vec<(ColumnName, ColumnDecl)>,
}

impl Brought {
    fn add(&mut self, table: &'static TableDecl, column: &ColumnDecl) -> Result<()> {
        let name = ColumnName::new(table.name, column.name);
        if self.columns.iter().any(|(known, _)| *known == name) {
            let message = format!("the query of `secondary` selects `{}.{}` twice", name.table, name.name);
            return Err(Error::new(Code::BadOption, message).help("select it once"));
        }
        if !self.tables.iter().any(|known| known.name == table.name) {
            self.tables.push(table);
        }
        self.columns.push((name, *column));
        Ok(())
    }

    /// The table that the rows are of, and of which columns its columns are. Those of several tables have the names of
    /// these before their own.
    fn table(self, ends: [&'static TableDecl; 2]) -> Result<(&'static TableDecl, Vec<ColumnName>)> {
        let [first, others @ ..] = self.tables.as_slice() else {
            return Err(Error::new(Code::BadOption, "the query of `secondary` selects no columns")
                .help("select the classes whose columns the conditions compare"));
        };
        let name_of = |column: ColumnName| match others {
            [] => column.name,
            _ => leaked(format!("{}_{}", column.table, column.name)),
        };
        let mut names = Vec::with_capacity(self.columns.len());
        let mut columns = Vec::with_capacity(self.columns.len());
        let mut origins = Vec::with_capacity(self.columns.len());
        for (origin, column) in self.columns {
            let name = name_of(origin);
            names.push((origin, name));
            // An outer join leaves any column out.
            let plain = ColumnDecl { name, attribute: name, primary_key: false, nullable: true, ..column };
            columns.push(plain);
            origins.push(origin);
        }
        let named = |table: &str, name: &str| {
            let known = names.iter().find(|(origin, _)| origin.table == table && origin.name == name);
            known.map(|(_, name)| *name)
        };
        let mut keys = Vec::new();
        for table in &self.tables {
            for key in table.foreign_keys {
                let columns: Option<Vec<&'static str>> =
                    key.columns.iter().map(|column| named(table.name, column)).collect();
                if let Some(columns) = columns {
                    keys.push(ForeignKeyDecl { columns: columns.leak(), ..*key });
                }
            }
        }
        let mut name = others.iter().fold(first.name.to_owned(), |name, table| name + "_" + table.name);
        while ends.iter().any(|end| end.name == name) {
            name.push_str("_links");
        }
        let table = TableDecl {
            columns: columns.leak(),
            foreign_keys: keys.leak(),
            ..TableDecl::named(leaked(name))
        };
        Ok((Box::leak(Box::new(table)), origins))
    }
}

/// What lives as long as the mapping, the life of the program.
fn leaked(text: String) -> &'static str {
    text.leak()
}
