//! What a statement that writes rows is made of, with every name in it resolved.

use std::rc::Rc;

use super::super::scope::Place;
use super::base::{ItemPlan, Lower};
use crate::declare::{AliasId, Made, SlotId};
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Mapper};
use crate::query::Leaf;
use crate::query::change::{ChangeParts, Conflict, Rows, Sync, Verb};
use crate::query::leaf::ClassRef;
use crate::query::parts::{Item, QueryParts};
use crate::sql::{
    CommonTable, ConflictUpdate, NEW_ROW, Name, OnConflict, SelectItem, SelectStmt, TableRef, Tree,
};
use crate::state::change::assign;
use crate::state::memory::handle::Handle;
use crate::state::memory::late::Late;
use crate::state::typed::mapped::create;

/// A column that is written.
pub(in crate::load) type Column = &'static MappedColumn;

/// A statement that writes rows of a class, with every name in it resolved.
pub(in crate::load) struct Change {
    pub(in crate::load) mapper: &'static Mapper,
    pub(in crate::load) verb: Verb,
    pub(in crate::load) sync: Sync,
    /// The common tables that it has.
    pub(in crate::load) with: Vec<CommonTable>,
    /// The columns that are set in each row, and their values.
    pub(in crate::load) set: Vec<(Column, Tree)>,
    /// What an update sets of columns that nothing else sets.
    pub(in crate::load) onupdate: Vec<(Column, Tree)>,
    /// The rows, where they are given.
    pub(in crate::load) rows: Option<NewRows>,
    pub(in crate::load) filters: Vec<Tree>,
    pub(in crate::load) conflicts: Vec<OnConflict>,
    /// The columns that a row gets where it is there already.
    pub(in crate::load) conflict_columns: Vec<Column>,
    /// What each row gives back, and where the items are found in it.
    pub(in crate::load) returning: Vec<SelectItem>,
    pub(in crate::load) items: Rc<[ItemPlan]>,
    /// The same as a query says it, with the options for its objects.
    pub(in crate::load) query: QueryParts,
}

/// The rows that are given.
pub(in crate::load) enum NewRows {
    /// Values or expressions for these columns.
    Columns(Vec<Column>, Vec<Vec<Tree>>),
    /// Those of objects that no session has.
    Objects(Vec<Handle>),
    /// The rows of a query for these columns, and whether the columns of the statement have names of their own.
    Query(Vec<Column>, Box<SelectStmt>),
}

/// Resolves the names in a statement that writes rows of a class.
///
/// # Errors
/// `query` where it names what isn't there, or sets a key while objects are to follow.
pub(in crate::load) fn change(change: ChangeParts, mapper: &'static Mapper) -> Result<Change> {
    let ChangeParts { class, verb, set, rows, filters, conflicts, returning, sync } = change;
    // Where the class is named by a type, the types of values are checked by the compiler.
    let tried = match class {
        ClassRef::Entry(_) => None,
        ClassRef::Mapper(_) => Some(create(mapper)?),
    };
    let lower = Lower { criteria: returning.criteria.clone().into(), ..Lower::default() };
    let mut writing = Writing { lower, mapper, verb, tried };
    let is_insert = verb == Verb::Insert;
    // A new row has no columns to read.
    writing.lower.scopes.open();
    let table = if is_insert { mapper.table_ref() } else { writing.lower.scopes.name(mapper.table().name) };
    if !is_insert {
        writing.lower.scopes.add(Place::class(mapper, AliasId::NONE, table.clone()));
    }
    let set = set.iter().map(|(place, tree)| {
        let column = writing.column(*place)?;
        Ok((column, writing.value_of(column, tree)?))
    });
    let set: Vec<(Column, Tree)> = set.collect::<Result<_>>()?;
    if verb == Verb::Update && sync != Sync::Off && set.iter().any(|(column, _)| column.is_primary_key()) {
        return Err(sets_key(mapper, &set));
    }
    // Rows that are updated by their keys get values of their own.
    let onupdate = if verb == Verb::Update && rows.is_none() { writing.onupdate(&set)? } else { Vec::new() };
    let rows = rows.map(|rows| writing.rows(rows)).transpose()?;
    let mut filters: Vec<Tree> = filters.iter().map(|tree| writing.tree(tree)).collect::<Result<_>>()?;
    if is_insert {
        // No query that follows goes by the table's name.
        let _ = writing.lower.scopes.name(mapper.table().name);
        writing.lower.scopes.add(Place::class(mapper, AliasId::NONE, table));
    } else {
        let criteria = writing.lower.class_criteria(mapper, AliasId::NONE, &table);
        filters.extend(criteria.map_err(|error| writing.without_joins(error))?);
    }
    let (conflicts, conflict_columns) = writing.conflicts(conflicts)?;
    let mut stmt = SelectStmt::new();
    let items = writing.items(&returning, &mut stmt)?;
    let with = writing.lower.with;
    let query = returning;
    let returning = stmt.items;
    Ok(Change {
        mapper,
        verb,
        sync,
        with,
        set,
        onupdate,
        rows,
        filters,
        conflicts,
        conflict_columns,
        returning,
        items: items.into(),
        query,
    })
}

/// The expression that a column of an object's row is set to: of a new row, or of one that is there.
///
/// # Errors
/// `query` where it names what isn't there.
pub(crate) fn expression(mapper: &'static Mapper, late: &Late, is_new: bool) -> Result<Tree> {
    let Some(tree) = late.expression::<Tree<Leaf>>() else {
        return Err(
            Error::new(Code::Internal, "a column is set to no expression").about(mapper.class(), None)
        );
    };
    let mut lower = Lower::default();
    lower.scopes.open();
    if !is_new {
        let name = lower.scopes.name(mapper.table().name);
        lower.scopes.add(Place::class(mapper, AliasId::NONE, name));
    }
    let tree = lower.tree(tree).map_err(|error| {
        if !is_missing(&error) {
            return error;
        }
        Error::new(Code::Query, error.message().to_owned()).help(match is_new {
            true => "a new row has no columns to read: take a query's `.scalar()`, or set it after the flush",
            false => {
                "an expression reads columns of the object's own row: ask for others by a query's `.scalar()`"
            }
        })
    })?;
    if !lower.with.is_empty() {
        return Err(Error::new(
            Code::Query,
            "a column of an object is set to an expression with a common table",
        )
        .about(mapper.class(), None)
        .help("take a subquery, or `update(...)` of the class"));
    }
    Ok(tree)
}

/// A statement that is being resolved.
struct Writing {
    lower: Lower,
    mapper: &'static Mapper,
    verb: Verb,
    /// An object that is asked whether values fit its columns.
    tried: Option<Handle>,
}

impl Writing {
    fn column(&self, place: SlotId) -> Result<Column> {
        let column = self
            .mapper
            .column_in(place)
            .ok_or_else(|| Error::new(Code::Internal, "no such column").about(self.mapper.class(), None))?;
        if column.is_expression() {
            return Err(Error::new(Code::Query, "a statement sets an expression, which no table has")
                .about(self.mapper.class(), Some(column.attribute()))
                .help("set the columns that the expression reads"));
        }
        Ok(column)
    }

    fn columns(&self, places: &[SlotId]) -> Result<Vec<Column>> {
        let columns: Vec<Column> = places.iter().map(|place| self.column(*place)).collect::<Result<_>>()?;
        for (at, column) in columns.iter().enumerate() {
            if columns.iter().take(at).any(|other| other.id() == column.id()) {
                return Err(Error::new(Code::Query, "a column is named twice")
                    .about(self.mapper.class(), Some(column.attribute()))
                    .help("name it once in `.columns(...)`"));
            }
        }
        Ok(columns)
    }

    fn tree(&mut self, tree: &Tree<Leaf>) -> Result<Tree> {
        self.lower.tree(tree).map_err(|error| self.without_joins(error))
    }

    /// What a column is set to.
    fn value_of(&mut self, column: Column, tree: &Tree<Leaf>) -> Result<Tree> {
        let tree = self.tree(tree)?;
        if let (Some(tried), Tree::Value(value)) = (&self.tried, &tree) {
            assign::set_value(tried, column.slot(), value)?;
        }
        Ok(tree)
    }

    /// What an update sets of the columns for which values are made, and that it doesn't set itself.
    fn onupdate(&mut self, set: &[(Column, Tree)]) -> Result<Vec<(Column, Tree)>> {
        let mapper = self.mapper;
        let mut made = Vec::new();
        for column in mapper.writes().onupdate.iter().map(|id| mapper.column(*id)) {
            let Some(make) = column.onupdate().filter(|_| set.iter().all(|(one, _)| one.id() != column.id()))
            else {
                continue;
            };
            let about = |error: Error| error.about(mapper.class(), Some(column.attribute()));
            let tree = match make.make().map_err(|error| about(Error::new(Code::Value, error.to_string())))? {
                Made::Value(value) => Tree::Value(value),
                Made::Expression(tree) => {
                    let Some(tree) = tree.downcast_ref::<Tree<Leaf>>() else {
                        return Err(about(Error::new(Code::Internal, "a column is set to no expression")));
                    };
                    self.tree(tree).map_err(about)?
                }
            };
            made.push((column, tree));
        }
        Ok(made)
    }

    /// The values of a row.
    fn row(&mut self, columns: &[Column], row: &[Tree<Leaf>]) -> Result<Vec<Tree>> {
        if row.len() != columns.len() {
            let message = format!("a row of {} values is given for {} columns", row.len(), columns.len());
            return Err(Error::new(Code::Query, message)
                .about(self.mapper.class(), None)
                .help("give a value for each column that `.columns(...)` names"));
        }
        columns.iter().zip(row).map(|(column, tree)| self.value_of(column, tree)).collect()
    }

    /// A statement that writes rows has no joins to be added, and a new row no columns to read.
    fn without_joins(&self, error: Error) -> Error {
        if !is_missing(&error) {
            return error;
        }
        let help = match self.verb {
            Verb::Insert => {
                "a new row has no columns to read: take its values from a query, by `.from(select(...))`"
            }
            Verb::Update | Verb::Delete => {
                "a statement that changes rows has no joins: ask by `any` or `has`, or by `in_(select(...))`"
            }
        };
        Error::new(Code::Query, error.message().to_owned()).help(help)
    }

    fn rows(&mut self, rows: Rows) -> Result<NewRows> {
        Ok(match rows {
            Rows::Objects(objects) => NewRows::Objects(objects?),
            Rows::Columns(places, rows) => {
                let columns = self.columns(&places)?;
                let rows = rows.iter().map(|row| self.row(&columns, row)).collect::<Result<_>>()?;
                NewRows::Columns(columns, rows)
            }
            Rows::Query(places, query) => {
                let columns = self.columns(&places)?;
                let around = self.lower.scopes.apart();
                let stmt = self.lower.part(&query);
                self.lower.scopes.back(around);
                let (stmt, parts) = stmt?;
                if let Some(parts) = parts.filter(|parts| parts.len() != columns.len()) {
                    let message =
                        format!("a query of {} columns gives rows of {}", parts.len(), columns.len());
                    return Err(Error::new(Code::Query, message)
                        .about(self.mapper.class(), None)
                        .help("select as many columns as `.columns(...)` names"));
                }
                NewRows::Query(columns, Box::new(stmt))
            }
            Rows::OfAnAlias => {
                let message = "columns of an alias are written; name them without `of`";
                return Err(Error::new(Code::Query, message).about(self.mapper.class(), None));
            }
        })
    }

    fn conflicts(&mut self, conflicts: Vec<Conflict>) -> Result<(Vec<OnConflict>, Vec<Column>)> {
        let mut written: Vec<Column> = Vec::new();
        let mut resolved = Vec::with_capacity(conflicts.len());
        for conflict in &conflicts {
            let columns = self.columns(&conflict.columns)?;
            let columns = columns.iter().map(|column| Name::new(column.name())).collect();
            let index_filter =
                conflict.index_filters.iter().map(|tree| self.tree(tree)).collect::<Result<_>>()?;
            let update =
                if conflict.set.is_empty() { None } else { Some(self.update(conflict, &mut written)?) };
            resolved.push(OnConflict { columns, index_filter, update });
        }
        Ok((resolved, written))
    }

    fn update(&mut self, conflict: &Conflict, written: &mut Vec<Column>) -> Result<ConflictUpdate> {
        let new_row = TableRef::new(NEW_ROW);
        self.lower.scopes.open();
        self.lower.scopes.add(Place::class(self.mapper, AliasId::NEW_ROW, new_row.clone()));
        let mut set = Vec::with_capacity(conflict.set.len());
        for (place, tree) in &conflict.set {
            let column = self.column(*place)?;
            let value = match tree {
                Some(tree) => self.value_of(column, tree)?,
                None => Tree::from(new_row.column(column.name())),
            };
            set.push((Name::new(column.name()), value));
            if !written.iter().any(|known| known.id() == column.id()) {
                written.push(column);
            }
        }
        let filter = conflict.filters.iter().map(|tree| self.tree(tree)).collect::<Result<_>>()?;
        self.lower.scopes.close();
        Ok(ConflictUpdate { set, filter })
    }

    /// What is given back of a row: of the class itself, since there are no joins.
    fn items(&mut self, query: &QueryParts, stmt: &mut SelectStmt) -> Result<Vec<ItemPlan>> {
        let is_alias = |item: &Item| match item {
            Item::Entity(source, _) => source.table().is_none_or(|(_, alias)| alias.is_some()),
            Item::Value { .. } => false,
        };
        if query.items.iter().any(is_alias) {
            return Err(Error::new(Code::Query, "a statement gives back an alias, which no row of it is")
                .about(self.mapper.class(), None)
                .help("name the class itself in `.returning(...)`"));
        }
        let outputs = self.lower.items(query, stmt).map_err(|error| {
            if !is_missing(&error) {
                return error;
            }
            Error::new(Code::Query, error.message().to_owned())
                .help("a statement gives back columns of its own class: ask for others by a query afterwards")
        })?;
        Ok(outputs.items)
    }
}

/// Whether an expression names a class that the statement doesn't have.
pub(super) fn is_missing(error: &Error) -> bool {
    error.code() == Code::Query && error.message().ends_with("isn't part of the query")
}

#[cold]
fn sets_key(mapper: &Mapper, set: &[(Column, Tree)]) -> Error {
    let key = set.iter().find(|(column, _)| column.is_primary_key());
    let message = "a statement sets a key by which the session knows its objects";
    Error::new(Code::Query, message)
        .about(mapper.class(), key.map(|(column, _)| column.attribute()))
        .help("say `.sync(Sync::Off)`, and expire or close the session afterwards")
}
