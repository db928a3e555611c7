//! `Mapping`: every class of a registry with all names resolved. Immutable once configured; needs no connection.

use super::{Mapper, NamingConvention, resolve};
use crate::declare::TableDecl;
use crate::error::Result;

/// Every class of a registry, configured.
#[derive(Debug)]
pub struct Mapping {
    pub(super) mappers: Vec<&'static Mapper>,
    pub(super) tables: Vec<&'static TableDecl>,
    /// How constraints and indexes are called.
    pub(super) naming: NamingConvention,
}

impl Mapping {
    /// Every class, in the order of module paths and names.
    pub fn mappers(&self) -> &[&'static Mapper] {
        &self.mappers
    }

    /// Every table: those of classes in their order, then those without one.
    pub fn tables(&self) -> &[&'static TableDecl] {
        &self.tables
    }

    /// The class of that table.
    pub(crate) fn class_of_table(&self, table: &str) -> Option<&'static Mapper> {
        self.mappers.iter().copied().find(|mapper| mapper.table().name == table)
    }

    /// The table of that name, as it is declared.
    pub(crate) fn table(&self, name: &str) -> Option<&'static TableDecl> {
        self.tables.iter().copied().find(|table| table.name == name)
    }

    /// The class of that name, or of that path of modules and name, as far as is needed to be unambiguous.
    ///
    /// # Errors
    /// `unknown-name` or `ambiguous-name`.
    pub fn by_name(&self, name: &str) -> Result<&'static Mapper> {
        let decls: Vec<_> = self.mappers.iter().map(|mapper| mapper.decl()).collect();
        resolve::class(&decls, name).map(|at| self.mappers[at])
    }
}
