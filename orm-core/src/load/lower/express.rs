//! Columns that stand for expressions: each is built anew for the source whose row it is read with.

use std::rc::Rc;

use super::super::given::Numbers;
use super::super::scope::{Place, Scopes};
use super::base::Lower;
use super::change::is_missing;
use crate::declare::{AliasId, ColumnName, MakeExpression};
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Mapper};
use crate::query::Leaf;
use crate::sql::{SelectStmt, TableRef, Tree};

/// A statement with the columns of a class whose rows go by that name in it, in their order.
///
/// # Errors
/// `query` where the expression of one can't be built.
pub(in crate::load) fn with_columns_of(
    mapper: &'static Mapper,
    stmt: SelectStmt,
    table: &TableRef,
    numbers: Option<&Rc<Numbers>>,
) -> Result<SelectStmt> {
    let columns = mapper.columns().iter();
    if mapper.expressions().is_empty() {
        return Ok(stmt.items(columns.map(|column| table.column(column.name()))));
    }
    let trees = columns.map(|column| column_of(mapper, column, table, numbers));
    Ok(stmt.items(trees.collect::<Result<Vec<Tree>>>()?))
}

/// A column of a class whose rows go by that name in a statement that is there already.
///
/// # Errors
/// `query` where its expression can't be built.
pub(in crate::load) fn column_of(
    mapper: &'static Mapper,
    column: &MappedColumn,
    table: &TableRef,
    numbers: Option<&Rc<Numbers>>,
) -> Result<Tree> {
    if !column.is_expression() {
        return Ok(Tree::Column(table.column(column.name())));
    }
    column_at(mapper, column, &Place::class(mapper, AliasId::NONE, table.clone()), numbers)
}

/// A column of a class whose rows come from that source of a statement that is there already. Sources within an expression
/// get names that no statement has otherwise.
///
/// # Errors
/// `query` where a query lacks it, or its expression can't be built.
pub(in crate::load) fn column_at(
    mapper: &'static Mapper,
    column: &MappedColumn,
    place: &Place,
    numbers: Option<&Rc<Numbers>>,
) -> Result<Tree> {
    let Some(make) = column.column_name().expression().filter(|_| !place.is_query()) else {
        return place.column(column.name());
    };
    let mut lower = Lower { scopes: Scopes::apart_from_all(), given: numbers.cloned(), ..Lower::default() };
    let tree = lower.expressed(column.column_name(), make, place.clone())?;
    if !lower.with.is_empty() {
        return Err(Error::new(Code::Query, "an attribute stands for an expression with a common table")
            .about(mapper.class(), Some(column.attribute()))
            .help("take a subquery: `.subquery(\"name\")`"));
    }
    Ok(tree)
}

impl Lower {
    /// A column, of the innermost source that has its table.
    ///
    /// # Errors
    /// `query` where no source has it, or its expression can't be built.
    pub(super) fn column(&mut self, column: ColumnName, alias: AliasId) -> Result<Tree> {
        let place = self.scopes.find(column.table, alias).filter(|place| !place.is_query());
        match column.expression().zip(place) {
            Some((make, place)) => {
                let place = place.clone();
                self.expressed(column, make, place)
            }
            None => self.scopes.column(column, alias),
        }
    }

    /// An expression of a class, of an alias of its table.
    pub(super) fn of_alias(&mut self, tree: &Tree<Leaf>, table: &str, alias: AliasId) -> Result<Tree> {
        let place = self.scopes.find(table, alias).cloned();
        self.of_row(tree, place.ok_or_else(|| self.scopes.missing(table, alias))?)
    }

    /// The expression that a column stands for in the rows of a source, which is all that it sees.
    fn expressed(&mut self, column: ColumnName, make: MakeExpression, place: Place) -> Result<Tree> {
        let is_it = |(table, of, _): &&(TableRef, ColumnName, Tree)| table == place.name() && *of == column;
        if let Some((.., tree)) = self.expressed.iter().find(is_it) {
            return Ok(tree.clone());
        }
        if self.expressing.contains(&column) {
            return Err(about(circle(), column, place.mapper()));
        }
        let made = make();
        let Some(tree) = made.downcast_ref::<Tree<Leaf>>() else {
            return Err(Error::new(Code::Internal, "an attribute stands for no expression"));
        };
        let (table, mapper) = (place.name().clone(), place.mapper());
        self.expressing.push(column);
        let tree = self.of_row(tree, place);
        self.expressing.pop();
        let tree = tree.map_err(|error| about(error, column, mapper))?;
        self.expressed.push((table, column, tree.clone()));
        Ok(tree)
    }

    /// An expression of the row of a source, which is all that it sees.
    fn of_row(&mut self, tree: &Tree<Leaf>, place: Place) -> Result<Tree> {
        let around = self.scopes.apart();
        self.scopes.open();
        self.scopes.add(place.by_itself());
        let tree = self.tree(tree);
        self.scopes.back(around);
        tree.map_err(|error| {
            if !is_missing(&error) {
                return error;
            }
            Error::new(Code::Query, error.message().to_owned())
                .help("an expression reads columns of its own row: ask for others by a query's `.scalar()`")
        })
    }
}

/// What is wrong with an expression, with the attribute that stands for it.
#[cold]
fn about(error: Error, column: ColumnName, mapper: Option<&'static Mapper>) -> Error {
    let Some(mapper) = mapper.filter(|_| error.class().is_none()) else { return error };
    error.about(mapper.class(), mapper.column_named(column.name).map(MappedColumn::attribute))
}

#[cold]
fn circle() -> Error {
    Error::new(Code::Query, "its expression needs itself").help("make it of other columns")
}
