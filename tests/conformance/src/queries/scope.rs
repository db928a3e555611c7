//! `Scope`: what the names of a query mean where they stand.

use indexmap::IndexMap;
use orm::mapper::Mapping;
use orm::{AnyEntity, AnyRelationship, Code, Error, Expr, Subquery};

/// Why a query isn't played to its end.
#[derive(Debug)]
pub enum Stop {
    /// It can't be said here, and why.
    LeftOut(String),
    /// The library says that it is wrong.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Error(error)
    }
}

/// A part of a query that is built.
pub type Built<T> = Result<T, Stop>;

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Named {
    /// A class, or an alias of one.
    Entity(AnyEntity),
    /// A query with a name.
    Query(Subquery),
}

/// The names around a place in a query. Where a name isn't declared, it is a class.
#[derive(Clone)]
pub struct Scope {
    mapping: &'static Mapping,
    names: IndexMap<String, Named>,
}

impl Scope {
    /// A scope in which only classes have names.
    pub fn new(mapping: &'static Mapping) -> Self {
        Scope { mapping, names: IndexMap::new() }
    }

    /// Declares a name.
    pub fn declare(&mut self, name: &str, named: Named) {
        self.names.insert(name.to_owned(), named);
    }

    /// What a name stands for.
    ///
    /// # Errors
    /// `unknown-name`.
    pub fn find(&self, name: &str) -> orm::Result<Named> {
        match self.names.get(name) {
            Some(named) => Ok(named.clone()),
            None => Ok(Named::Entity(self.mapping.by_name(name)?.entity())),
        }
    }

    /// A class or an alias.
    ///
    /// # Errors
    /// As [`find`](Self::find); `query` where the name is that of a query.
    pub fn entity(&self, name: &str) -> orm::Result<AnyEntity> {
        match self.find(name)? {
            Named::Entity(entity) => Ok(entity),
            Named::Query(query) => Err(Error::new(Code::Query, format!("{query:?} is no class"))),
        }
    }

    /// A column by its path: `Track.name`.
    ///
    /// # Errors
    /// As [`find`](Self::find); `unknown-attribute`.
    pub fn column(&self, path: &str) -> orm::Result<Expr<orm::Value>> {
        let (name, attribute) = split(path)?;
        match self.find(name)? {
            Named::Entity(entity) => entity.attr(attribute),
            Named::Query(query) => Ok(query.attr(attribute)),
        }
    }

    /// A relationship by its path: `Track.album`.
    ///
    /// # Errors
    /// As [`entity`](Self::entity); `unknown-attribute`.
    pub fn relationship(&self, path: &str) -> orm::Result<AnyRelationship> {
        let (name, attribute) = split(path)?;
        self.entity(name)?.relationship(attribute)
    }
}

/// The name and the attribute of a path.
///
/// # Errors
/// `unknown-name` where it is no path.
pub fn split(path: &str) -> orm::Result<(&str, &str)> {
    path.split_once('.').ok_or_else(|| Error::new(Code::UnknownName, format!("`{path}` is no path")))
}
