//! Associations that are queries: the table whose columns such a query has.

use super::{RelationSource, resolve};
use crate::declare::{ColumnDecl, ColumnName, ForeignKeyDecl, LinkItem, LinkQuery, OtherRows, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{Alias, Name, SelectStmt, TableRef, Tree, full_name, label, own_name};

/// The rows of a query between a class and its target.
///
/// # Errors
/// `bad-option` where it selects a table twice, and what the query says.
pub(super) fn of_query(
    tables: &[&'static TableDecl],
    query: fn() -> Box<dyn LinkQuery>,
    ends: [&'static TableDecl; 2],
) -> Result<RelationSource> {
    let rows = query();
    if let Some(name) = rows.alias() {
        return Ok(of_alias(resolve::table(tables, name)?, ends));
    }
    let query_name = rows.name();
    let mut brought = Brought { query: query_name.clone(), ..Brought::default() };
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
            LinkItem::Named(name, is) => brought.add_named(tables, &name, is)?,
        }
    }
    let (table, origins) = brought.table(ends)?;
    Ok(RelationSource::of_query(table, origins, query, query_name))
}

/// The rows of an alias. Where its table is that of the class or of the target, it has another name.
fn of_alias(table: &'static TableDecl, ends: [&'static TableDecl; 2]) -> RelationSource {
    if !ends.iter().any(|end| end.name == table.name) {
        return RelationSource::Alias(table, table.name);
    }
    let named =
        TableDecl { name: leaked(full_name(None, &format!("{}_links", own_name(table.name)))), ..*table };
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
        let mut tree = origin.column_ref().into();
        tell_apart(&mut tree, tables);
        crate::sql::SelectItem { tree, label }
    });
    Ok(RelationSource::of_statement(table, origins.clone(), joined.items(items)))
}

/// The name by which the last of joined tables goes: with a number where one before it is called alike in another schema, since
/// the database can't tell their columns apart then.
pub(super) fn name_beside(before: &[&'static TableDecl], table: &TableDecl) -> TableRef {
    let name = TableRef::new(table.name);
    let own = own_name(table.name);
    let is_alike = before.iter().any(|other| own_name(other.name).eq_ignore_ascii_case(&own));
    let number = u32::try_from(before.len() + 1).ok().filter(|_| is_alike);
    number.map_or(name.clone(), |number| name.aliased(Alias::Number(number)))
}

/// Names the columns of joined tables as these go.
pub(super) fn tell_apart(tree: &mut Tree, tables: &[&'static TableDecl]) {
    tree.walk_mut(&mut |tree| {
        if let Tree::Column(column) = tree
            && OtherRows::of(column).is_none()
            && let Some(at) = tables.iter().position(|table| *table.name == *column.table.name)
            && let (before, [table, ..]) = tables.split_at(at)
        {
            column.table = name_beside(before, table);
        }
    });
}

/// Columns of the tables that an association brings together, as columns of it. Those of the class and of the target stay.
pub(super) fn rename(tree: &mut Tree, links: &RelationSource, ends: [&'static TableDecl; 2]) {
    let name = TableRef::new(links.table().name);
    tree.walk_mut(&mut |tree| {
        if let Tree::Column(column) = tree
            && OtherRows::of(column).is_none()
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
    /// The name of the query, if it has one.
    query: Option<Name>,
    tables: Vec<&'static TableDecl>,
    columns: Vec<(ColumnName, ColumnDecl)>,
    /// Which of them have labels.
    labels: Vec<&'static str>,
}

impl Brought {
    fn add(&mut self, table: &'static TableDecl, column: &ColumnDecl) -> Result<()> {
        let name = ColumnName::new(table.name, column.name);
        let known = self.columns.iter_mut().find(|(known, _)| *known == name);
        if let Some((origin, labelled)) = known.filter(|(_, column)| self.labels.contains(&column.name)) {
            // What has a label is called by that where another one is the column itself.
            *origin =
                ColumnName::new(leaked(self.query.as_deref().unwrap_or_default().to_owned()), labelled.name);
        } else if self.columns.iter().any(|(known, _)| *known == name) {
            let message = format!("the query of `secondary` selects `{}.{}` twice", name.table, name.name);
            let help = match self.query {
                Some(_) => "select it once, or give it a label",
                None => "select it once",
            };
            return Err(Error::new(Code::BadOption, message).help(help));
        }
        if !self.tables.iter().any(|known| known.name == table.name) {
            self.tables.push(table);
        }
        self.columns.push((name, *column));
        Ok(())
    }

    /// Adds an expression with a label. It is the column that it is, too, unless that is selected already.
    fn add_named(
        &mut self,
        tables: &[&'static TableDecl],
        name: &Name,
        is: Option<ColumnName>,
    ) -> Result<()> {
        let name = leaked(name.to_string());
        if self.labels.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let message = format!("two columns of the query of `secondary` are called `{name}`");
            return Err(Error::new(Code::BadOption, message).help("give one of them another label"));
        }
        self.labels.push(name);
        let origin = is.filter(|column| !self.columns.iter().any(|(known, _)| known == column));
        if let Some(column) = origin {
            let table = resolve::table(tables, column.table)?;
            let decl = table.columns.iter().find(|decl| decl.name == column.name);
            let decl = *decl.ok_or_else(|| no_column(column))?;
            if !self.tables.iter().any(|known| known.name == table.name) {
                self.tables.push(table);
            }
            self.columns.push((column, ColumnDecl { attribute: name, name, ..decl }));
            return Ok(());
        }
        let query = self.query.as_deref().unwrap_or_default();
        let origin = ColumnName::new(leaked(query.to_owned()), name);
        // Only the database ever sees a value of it, so that nobody asks for its type.
        self.columns.push((origin, ColumnDecl::of::<i64>(name, name)));
        Ok(())
    }

    /// The names of the columns. Those of a query with a name are called as they are in it, with a number where another one
    /// is called so; else those of several tables have the names of these before their own.
    fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::with_capacity(self.columns.len());
        for (origin, column) in &self.columns {
            let name = match (&self.query, self.tables.as_slice()) {
                (None, [_, _, ..]) => leaked(format!("{}_{}", label(origin.table), column.name)),
                (None, _) => column.name,
                (Some(_), _) if self.labels.contains(&column.name) => column.name,
                (Some(_), _) => free(column.name, &[names.as_slice(), self.labels.as_slice()]),
            };
            names.push(name);
        }
        names
    }

    /// The table that the rows are of, and of which columns its columns are.
    fn table(self, ends: [&'static TableDecl; 2]) -> Result<(&'static TableDecl, Vec<ColumnName>)> {
        if self.columns.is_empty() {
            return Err(Error::new(Code::BadOption, "the query of `secondary` selects no columns")
                .help("select the classes whose columns the conditions compare"));
        }
        let all = self.names();
        let mut names = Vec::with_capacity(self.columns.len());
        let mut columns = Vec::with_capacity(self.columns.len());
        let mut origins = Vec::with_capacity(self.columns.len());
        for ((origin, column), name) in self.columns.into_iter().zip(all) {
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
        let mut name = match &self.query {
            Some(name) => name.to_string(),
            None => full_name(
                None,
                &self.tables.iter().map(|table| label(table.name)).collect::<Vec<_>>().join("_"),
            ),
        };
        while ends.iter().any(|end| end.name == name) {
            name = full_name(None, &format!("{}_links", own_name(&name)));
        }
        let table = TableDecl {
            columns: columns.leak(),
            foreign_keys: keys.leak(),
            ..TableDecl::named(leaked(name))
        };
        Ok((Box::leak(Box::new(table)), origins))
    }
}

/// The wanted name, or one with a number where another column has it; databases don't tell names apart by case.
fn free(wanted: &'static str, taken: &[&[&'static str]]) -> &'static str {
    let is_taken = |name: &str| taken.iter().copied().flatten().any(|known| known.eq_ignore_ascii_case(name));
    if !is_taken(wanted) {
        return wanted;
    }
    let mut number = 1_u32;
    loop {
        let name = format!("{wanted}_{number}");
        if !is_taken(&name) {
            return leaked(name);
        }
        number += 1;
    }
}

/// What lives as long as the mapping, the life of the program.
fn leaked(text: String) -> &'static str {
    text.leak()
}
