//! `Scopes`: which source a class, a table or a query with a name means where an expression stands. Scopes nest: `EXISTS`
//! opens one, and what isn't found in it is looked for around it.

use std::rc::Rc;

use crate::declare::{AliasId, ColumnName, TableDecl};
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Mapping, Relation, class_of_table};
use crate::query::leaf::Output;
use crate::sql::{Alias, Name, TableRef, Tree, own_name};

/// A source of rows in a statement.
#[derive(Clone)]
pub(super) struct Place {
    /// The table that columns are declared on; none for a query with a name.
    table: Option<&'static str>,
    /// Which alias, or which query with a name.
    alias: AliasId,
    /// The class of its rows; none for an association table.
    mapper: Option<&'static Mapper>,
    /// The name that it goes by.
    name: TableRef,
    /// Which alias of its class the query selects as such; none for the class by its own name.
    of: AliasId,
    /// The columns of a query; none for a table, whose columns have their own names.
    outputs: Option<Rc<[OutputColumn]>>,
    /// Which of the items of its `FROM` it belongs to.
    group: usize,
}

/// A column of a query with a name.
pub(super) struct OutputColumn {
    /// The column of a class that it is.
    pub(super) is: Option<(ColumnName, AliasId)>,
    /// Its name.
    pub(super) name: Name,
    /// The classes that the query speaks of.
    pub(super) mapping: Option<&'static Mapping>,
}

impl OutputColumn {
    /// The name of the attribute whose column it is.
    fn attribute(&self) -> Option<&'static str> {
        let (column, _) = self.is?;
        Some(class_of_table(column.table, self.mapping)?.column_named(column.name)?.attribute())
    }
}

impl Place {
    /// The rows of a table.
    pub(super) fn table(table: &'static str, alias: AliasId, name: TableRef) -> Self {
        Place { table: Some(table), alias, mapper: None, name, of: AliasId::NONE, outputs: None, group: 0 }
    }

    /// The rows of a class.
    pub(super) fn class(mapper: &'static Mapper, alias: AliasId, name: TableRef) -> Self {
        Place { mapper: Some(mapper), ..Place::table(mapper.table().name, alias, name) }
    }

    /// The rows of a query with a name. It has columns of every name where they aren't known.
    pub(super) fn query(id: AliasId, name: TableRef, outputs: Option<Rc<[OutputColumn]>>) -> Self {
        Place { table: None, alias: id, mapper: None, name, of: AliasId::NONE, outputs, group: 0 }
    }

    /// The rows of a query with a name, as those of a class.
    pub(super) fn entity(&self, mapper: &'static Mapper, alias: AliasId, of: AliasId) -> Self {
        Place { table: Some(mapper.table().name), alias, mapper: Some(mapper), of, ..self.clone() }
    }

    /// The same by another alias.
    pub(super) fn with_alias(&self, other: impl FnOnce(AliasId) -> AliasId) -> Self {
        Place { alias: other(self.alias), ..self.clone() }
    }

    /// As a part of that item of `FROM`.
    pub(super) fn in_group(self, group: usize) -> Self {
        Place { group, ..self }
    }

    pub(super) fn group(&self) -> usize {
        self.group
    }

    pub(super) fn name(&self) -> &TableRef {
        &self.name
    }

    /// The class of its rows, where that is known.
    pub(super) fn mapper(&self) -> Option<&'static Mapper> {
        self.mapper
    }

    /// Whether its rows are those of a query, which has the columns of its class by names of its own.
    pub(super) fn is_query(&self) -> bool {
        self.outputs.is_some()
    }

    /// The same rows by the name of their class.
    pub(super) fn by_itself(self) -> Self {
        Place { alias: AliasId::NONE, ..self }
    }

    /// The table and the alias; none for a query with a name.
    pub(super) fn source(&self) -> Option<(&'static str, AliasId)> {
        self.table.map(|table| (table, self.alias))
    }

    /// Whether it is that of a table, or of that alias of it.
    pub(super) fn is(&self, table: &str, alias: AliasId) -> bool {
        self.table == Some(table) && self.alias == alias
    }

    /// The declaration of its table in a mapping; none for a query with a name.
    pub(super) fn declared(&self, mapping: Option<&Mapping>) -> Option<&'static TableDecl> {
        match self.mapper {
            Some(mapper) => Some(mapper.table()),
            None => mapping?.table(self.table?),
        }
    }

    /// A column of its class or table, by the name in the database.
    ///
    /// # Errors
    /// `query` where a query lacks it.
    pub(super) fn column(&self, name: &'static str) -> Result<Tree> {
        let Some(outputs) = &self.outputs else { return Ok(Tree::Column(self.name.column(name))) };
        let of = |output: &&OutputColumn| {
            output.is.filter(|(column, _)| column.name == name && Some(column.table) == self.table)
        };
        let exactly = |output: &&OutputColumn| of(output).is_some_and(|(_, alias)| alias == self.of);
        // A class is also what the query selects by the name of an alias, if it doesn't select it by its own.
        let any = |output: &&OutputColumn| !self.of.is_some() && of(output).is_some();
        match outputs.iter().find(exactly).or_else(|| outputs.iter().find(any)) {
            Some(output) => Ok(Tree::Column(self.name.column(output.name.clone()))),
            None => Err(self.lacks(name)),
        }
    }

    /// A column of a query with a name.
    fn output(&self, output: &Output) -> Result<Tree> {
        let column = |name: &Name| Tree::Column(self.name.column(name.clone()));
        let Some(outputs) = &self.outputs else {
            return Ok(match output {
                Output::Named(name) => column(name),
                Output::Column(of, _) => column(&Name::new(of.name)),
            });
        };
        let (found, name) = match output {
            Output::Named(name) => {
                let by_name = outputs.iter().find(|output| output.name == *name);
                let is_attribute = |output: &&OutputColumn| output.attribute() == Some(name.as_str());
                (by_name.or_else(|| outputs.iter().find(is_attribute)), name.as_str())
            }
            Output::Column(of, alias) => {
                // One with a label may be another column in the rows that a query makes of its own.
                let by_name =
                    |output: &&OutputColumn| output.is == Some((*of, *alias)) && *output.name == *of.name;
                let exactly = |output: &&OutputColumn| output.is == Some((*of, *alias));
                let any = |output: &&OutputColumn| output.is.is_some_and(|(column, _)| column == *of);
                let find = |is: &dyn Fn(&&OutputColumn) -> bool| outputs.iter().find(is);
                (find(&by_name).or_else(|| find(&exactly)).or_else(|| find(&any)), of.name)
            }
        };
        found.map(|output| column(&output.name)).ok_or_else(|| self.lacks(name))
    }

    #[cold]
    fn lacks(&self, name: &str) -> Error {
        let has: Vec<&str> =
            self.outputs.iter().flat_map(|outputs| outputs.iter()).map(|output| &*output.name).collect();
        Error::new(Code::Query, format!("the query `{}` has no column `{name}`", self.name.name))
            .help(format!("select it there; it has `{}`", has.join("`, `")))
    }
}

/// The sources around an expression, the innermost scope last.
#[derive(Default)]
pub(super) struct Scopes {
    scopes: Vec<Vec<Place>>,
    /// The names that the statement has given so far.
    named: Vec<Name>,
    /// How many numbered names there are.
    numbered: u32,
    /// Whether each name has a number.
    is_added: bool,
}

/// Where names of sources begin to be counted within a condition that is added to a statement.
const ADDED: u32 = 1_000;

impl Scopes {
    /// Those of a condition that is added to a statement: each name in it has a number that no statement gives.
    pub(super) fn apart_from_all() -> Self {
        Scopes { numbered: ADDED, is_added: true, ..Scopes::default() }
    }

    /// Opens a scope within the others.
    pub(super) fn open(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// Closes the innermost scope.
    pub(super) fn close(&mut self) {
        self.scopes.pop();
    }

    /// Whether a scope is around the innermost one.
    pub(super) fn is_nested(&self) -> bool {
        self.scopes.len() > 1
    }

    /// Runs `f` where no scope is open, as for a query that sees nothing of what is around it.
    pub(super) fn apart(&mut self) -> Vec<Vec<Place>> {
        std::mem::take(&mut self.scopes)
    }

    /// The scopes that were open before [`apart`](Self::apart).
    pub(super) fn back(&mut self, scopes: Vec<Vec<Place>>) {
        self.scopes = scopes;
    }

    /// Takes the innermost scope away, as for a query that stands beside its own.
    pub(super) fn beside(&mut self) -> Vec<Place> {
        self.scopes.pop().unwrap_or_default()
    }

    /// The scope that was innermost before [`beside`](Self::beside).
    pub(super) fn again(&mut self, scope: Vec<Place>) {
        self.scopes.push(scope);
    }

    /// A name for a table: its own, or one with a number where the statement has named it before.
    pub(super) fn name(&mut self, table: impl Into<Name>) -> TableRef {
        let name = TableRef::new(table);
        let own = own_name(&name.name);
        // Tables of two schemas may have one name, by which the database can't tell them apart.
        if self.is_added || self.named.iter().any(|known| own_name(known).eq_ignore_ascii_case(&own)) {
            self.numbered += 1;
            return name.aliased(Alias::Number(self.numbered));
        }
        self.named.push(name.name.clone());
        name
    }

    /// A name for a query that has one: with a number also where its own could be that of a table with a number.
    pub(super) fn name_of_query(&mut self, name: impl Into<Name>) -> TableRef {
        let name = TableRef::new(name);
        let end = name.name.rsplit_once('_').map(|(_, end)| end);
        if end.is_some_and(|end| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit())) {
            self.numbered += 1;
            return name.aliased(Alias::Number(self.numbered));
        }
        self.name(name.name)
    }

    /// The classes that the sources around speak of, those of the innermost scope first.
    pub(super) fn mapping(&self) -> Option<&'static Mapping> {
        let mut places = self.scopes.iter().rev().flatten();
        places.find_map(|place| place.mapper).and_then(Mapper::mapping)
    }

    /// The class of a table, among those that the sources around speak of.
    pub(super) fn class_of_table(&self, table: &str) -> Option<&'static Mapper> {
        class_of_table(table, self.mapping())
    }

    /// Puts a source into the innermost scope.
    pub(super) fn add(&mut self, place: Place) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(place);
        }
    }

    /// The source of a table or of an alias of it, in the innermost scope.
    pub(super) fn own(&self, table: &str, alias: AliasId) -> Option<&Place> {
        self.scopes.last()?.iter().find(|place| place.table == Some(table) && place.alias == alias)
    }

    /// The source of a query with a name, in the innermost scope.
    pub(super) fn own_query(&self, id: AliasId) -> Option<&Place> {
        self.scopes.last()?.iter().find(|place| place.table.is_none() && place.alias == id)
    }

    /// The sources of the innermost scope.
    pub(super) fn own_places(&self) -> &[Place] {
        self.scopes.last().map_or(&[], Vec::as_slice)
    }

    /// Whether a table, or an alias of it, is a source around the innermost scope.
    pub(super) fn is_around(&self, table: &str, alias: AliasId) -> bool {
        let around = self.scopes.split_last().map_or(&[][..], |(_, around)| around);
        around.iter().flatten().any(|place| place.table == Some(table) && place.alias == alias)
    }

    /// The source of a table or of an alias of it, from the innermost scope outward.
    pub(super) fn find(&self, table: &str, alias: AliasId) -> Option<&Place> {
        let mut places = self.scopes.iter().rev().flatten();
        places.find(|place| place.table == Some(table) && place.alias == alias)
    }

    /// The source of the class that a relationship stands on.
    ///
    /// # Errors
    /// `query` where the class isn't part of the query.
    pub(super) fn source_of(&self, relation: &Relation, alias: AliasId) -> Result<&Place> {
        let table = relation.mapper().table().name;
        self.find(table, alias)
            .ok_or_else(|| self.missing(table, alias).about(relation.class(), Some(relation.name())))
    }

    /// A column, of the innermost source that has its table.
    ///
    /// # Errors
    /// `query` where no source has it.
    pub(super) fn column(&self, column: ColumnName, alias: AliasId) -> Result<Tree> {
        match self.find(column.table, alias) {
            Some(place) => place.column(column.name),
            None => Err(self.missing(column.table, alias)),
        }
    }

    /// A column of a query with a name.
    ///
    /// # Errors
    /// `query` where the query isn't a source, or lacks it.
    pub(super) fn output(&self, id: AliasId, name: &Name, output: &Output) -> Result<Tree> {
        let mut places = self.scopes.iter().rev().flatten();
        match places.find(|place| place.table.is_none() && place.alias == id) {
            Some(place) => place.output(output),
            None => Err(Error::new(Code::Query, format!("the query `{name}` isn't part of the query"))
                .help(format!("add `.join({name}.on(...))` or `.from(&{name})`"))),
        }
    }

    /// The error of a table that isn't part of the query, with the join that would bring it.
    #[cold]
    pub(super) fn missing(&self, table: &str, alias: AliasId) -> Error {
        let what =
            self.class_of_table(table).map_or_else(|| table.to_owned(), |mapper| mapper.class().to_owned());
        if alias == AliasId::NEW_ROW {
            return Error::new(Code::Query, format!("no new row of `{what}` is at hand"))
                .help("`excluded` stands in what an insert does after `.on_conflict(...)`");
        }
        if alias.is_some() {
            return Error::new(Code::Query, format!("an alias of `{what}` isn't part of the query"))
                .help(format!("join it, as in `.join(relationship.to(alias))`, or name it in `.from(alias)`; a column of `{what}` itself is written without `of`"));
        }
        let joins = self.joins_to(table);
        let error = Error::new(Code::Query, format!("`{what}` isn't part of the query"));
        match joins.as_slice() {
            [] => error.help("compare only columns of classes that are selected or joined"),
            joins => error.help(format!("add {}", joins.join(" or "))),
        }
    }

    /// The joins from classes in the query that would bring a table, as they are written.
    pub(super) fn joins_to(&self, table: &str) -> Vec<String> {
        let places = self.scopes.iter().rev().flatten();
        let mappers = places.filter_map(|place| place.mapper.or_else(|| self.class_of_table(place.table?)));
        let brings = |relation: &&Relation| {
            relation.target().table().name == table
                || relation.secondary().is_some_and(|secondary| secondary.name == table)
        };
        let mut joins: Vec<String> = Vec::new();
        for relation in mappers.flat_map(|mapper| mapper.relations()).filter(brings) {
            let join = format!("`.join({}::{})`", relation.class(), relation.name());
            if !joins.contains(&join) {
                joins.push(join);
            }
        }
        joins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(scopes: &Scopes, table: &'static str) -> Option<String> {
        match scopes.column(ColumnName::new(table, "id"), AliasId::NONE) {
            Ok(Tree::Column(column)) => Some(format!("{:?}", column.table)),
            _ => None,
        }
    }

    /// Opens a scope with these tables, and says the names that they got.
    fn open(scopes: &mut Scopes, tables: &[&'static str]) -> Vec<TableRef> {
        scopes.open();
        let names: Vec<TableRef> = tables.iter().map(|table| scopes.name(*table)).collect();
        for (table, name) in tables.iter().zip(&names) {
            scopes.add(Place::table(table, AliasId::NONE, name.clone()));
        }
        names
    }

    #[test]
    fn a_column_is_that_of_the_innermost_source() {
        let mut scopes = Scopes::default();
        let outer = open(&mut scopes, &["user", "sale"]);
        let inner = open(&mut scopes, &["user", "email"]);
        let said = |name: &TableRef| Some(format!("{name:?}"));
        assert_eq!(outer, [TableRef::new("user"), TableRef::new("sale")]);
        assert_eq!(inner, [TableRef::new("user").aliased(Alias::Number(1)), TableRef::new("email")]);
        assert_eq!(column(&scopes, "user"), said(&inner[0]));
        assert_eq!(column(&scopes, "sale"), said(&outer[1]));
        scopes.close();
        assert_eq!(column(&scopes, "user"), said(&outer[0]));
        assert_eq!(column(&scopes, "email"), None, "its scope is closed");
    }

    #[test]
    fn an_alias_is_not_the_table() {
        let mut scopes = Scopes::default();
        let (alias, other) = (AliasId::next(), AliasId::next());
        scopes.open();
        let name = scopes.name("user");
        scopes.add(Place::table("user", alias, name.clone()));
        assert_eq!(column(&scopes, "user"), None);
        let id = ColumnName::new("user", "id");
        assert_eq!(scopes.column(id, alias).ok(), Some(Tree::Column(name.column("id"))));
        assert_eq!(scopes.column(id, other).map_err(|error| error.code()), Err(Code::Query));
    }

    #[test]
    fn a_name_is_given_once_in_a_statement() {
        let mut scopes = Scopes::default();
        let first = open(&mut scopes, &["user"]);
        scopes.close();
        let second = open(&mut scopes, &["user", "user"]);
        assert_eq!(first, [TableRef::new("user")]);
        assert_eq!(second, [1, 2].map(|n| TableRef::new("user").aliased(Alias::Number(n))));
    }

    #[test]
    fn a_table_that_no_source_has_is_an_error() {
        let mut scopes = Scopes::default();
        open(&mut scopes, &["user"]);
        let column = ColumnName::new("email", "id");
        let error = scopes.column(column, AliasId::NONE).map_err(|error| error.code());
        assert_eq!(error, Err(Code::Query));
    }
}
