//! `Mapping`: every class of a registry with all names resolved. Immutable once configured; needs no connection.

mod configure;
mod direction;
mod inverse;
mod join;
mod lazy_clause;
mod registry;
mod relation;
mod resolve;
mod table;

pub(crate) use lazy_clause::{join_condition, local_columns};
pub use registry::{ClassEntry, DefaultRegistry, Registration, Registry, RegistryCell, TableRegistration};
pub use relation::{Direction, Relation, RelationId};

use std::any::{Any, TypeId};
use std::sync::OnceLock;

use crate::declare::{ColumnDecl, ModelDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{ColumnRef, TableRef};

/// The place of a class in its [`Mapping`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MapperId(pub(crate) u32);

/// Every class of a registry, configured.
#[derive(Debug)]
pub struct Mapping {
    mappers: Vec<Mapper>,
    tables: Vec<&'static TableDecl>,
}

/// A class, configured: its table, its columns, its relationships.
#[derive(Debug)]
pub struct Mapper {
    id: MapperId,
    uid: u32,
    decl: &'static ModelDecl,
    type_id: TypeId,
    factory: &'static (dyn Any + Send + Sync),
    primary_key: Vec<usize>,
    generated_key: Option<usize>,
    relations: Vec<Relation>,
    delete_orphans: Vec<RelationId>,
    referenced: Vec<RelationId>,
    mapping: OnceLock<&'static Mapping>,
}

impl Mapping {
    /// The class at a place.
    pub fn mapper(&self, id: MapperId) -> &Mapper {
        &self.mappers[id.0 as usize]
    }

    /// Every class, in the order of module paths and names.
    pub fn mappers(&self) -> &[Mapper] {
        &self.mappers
    }

    /// Every table: those of classes in their order, then those without one.
    pub fn tables(&self) -> &[&'static TableDecl] {
        &self.tables
    }

    /// The class of that name, or of that path of modules and name, as far as is needed to be unambiguous.
    ///
    /// # Errors
    /// `unknown-name` or `ambiguous-name`.
    pub fn by_name(&self, name: &str) -> Result<&Mapper> {
        let decls: Vec<_> = self.mappers.iter().map(|mapper| mapper.decl).collect();
        resolve::class(&decls, name).map(|at| &self.mappers[at])
    }

    /// The relationship with that id.
    pub fn relation(&self, id: RelationId) -> &Relation {
        &self.mapper(id.mapper).relations[id.index as usize]
    }
}

impl Mapper {
    /// The struct's name.
    pub fn class(&self) -> &'static str {
        self.decl.class
    }

    /// Its place in the mapping.
    pub fn id(&self) -> MapperId {
        self.id
    }

    /// A number that no other class in the process has.
    pub fn uid(&self) -> usize {
        self.uid as usize
    }

    /// The type's id.
    pub fn class_id(&self) -> TypeId {
        self.type_id
    }

    /// How it was declared.
    pub fn decl(&self) -> &'static ModelDecl {
        self.decl
    }

    /// Its table.
    pub fn table(&self) -> &'static TableDecl {
        &self.decl.table
    }

    /// Its table, as statements name it.
    pub fn table_ref(&self) -> TableRef {
        TableRef::new(self.decl.table.name)
    }

    /// Its columns, in the order of the fields.
    pub fn columns(&self) -> &'static [ColumnDecl] {
        self.decl.table.columns
    }

    /// A column, as statements name it.
    pub fn column_ref(&self, index: usize) -> ColumnRef {
        self.table_ref().column(self.columns()[index].name)
    }

    /// The place of the column with that name in the database.
    pub fn column_named(&self, name: &str) -> Option<usize> {
        self.columns().iter().position(|column| column.name == name)
    }

    /// The place of the column with that attribute name.
    pub fn column_attribute(&self, attribute: &str) -> Option<usize> {
        self.columns().iter().position(|column| column.attribute == attribute)
    }

    /// The places of the primary key's columns.
    pub fn primary_key(&self) -> &[usize] {
        &self.primary_key
    }

    /// The place of the key column that the database generates.
    pub fn db_generated_key(&self) -> Option<usize> {
        self.generated_key
    }

    /// Its relationships, in the order of the fields.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The relationship of that name.
    pub fn relation_named(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// The relationships of other classes by which an object of this one must have a parent.
    pub fn delete_orphans(&self) -> &[RelationId] {
        &self.delete_orphans
    }

    /// The relationships that lead to this class.
    pub fn referenced_by(&self) -> &[RelationId] {
        &self.referenced
    }

    /// What makes objects of the class; the layer of states knows what it is.
    pub(crate) fn factory(&self) -> &'static (dyn Any + Send + Sync) {
        self.factory
    }

    /// The mapping that it belongs to.
    ///
    /// # Errors
    /// `internal` before the mapping is installed, which nothing outside of configuration sees.
    pub fn mapping(&self) -> Result<&'static Mapping> {
        self.mapping.get().copied().ok_or_else(|| {
            Error::new(Code::Internal, "the class was used before its mapping was ready")
                .about(self.class(), None)
        })
    }

    /// "no attribute `x`", with the nearest name.
    pub fn unknown_attribute(&self, name: &str) -> Error {
        let names = self
            .columns()
            .iter()
            .map(|column| column.attribute)
            .chain(self.relations.iter().map(|relation| relation.name));
        let error = Error::new(Code::UnknownAttribute, "no such attribute").about(self.class(), Some(name));
        match resolve::nearest(name, names) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        }
    }
}
