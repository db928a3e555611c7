//! Adding to a registry while the program runs.

use super::NamingConvention;
use super::info::{AddedColumn, AddedListener, AddedRelation, ClassInfo};
use super::late::{Addition, Late, LateAttribute, Phase, TABLES, lock};
use super::new::{NewColumn, NewRelationship};
use super::new_table::NewTable;
use super::options::kept;
use super::registry::RegistryCell;
use super::resolve;
use crate::declare::{TableDecl, TargetDecl};
use crate::error::{Code, Error, Result};

impl RegistryCell {
    /// Adds something, unless the registry is configured.
    fn add_late(&self, what: (&str, Option<&str>), add: impl FnOnce(&mut Late)) -> Result<()> {
        let mut late = self.late();
        let message = match late.phase {
            Phase::Open => {
                add(&mut late);
                return Ok(());
            }
            Phase::Configuring => "the registry is being configured, and takes nothing more",
            Phase::Configured => "the registry is configured, and takes nothing more",
        };
        let (class, attribute) = what;
        let error = Error::new(Code::Configured, message);
        let error = if class.is_empty() { error } else { error.about(class, attribute) };
        Err(error.help(
            "add it before the first use of a class: before `configure`, `create_all`, queries and objects",
        ))
    }

    /// Adds a relationship to a class.
    ///
    /// # Errors
    /// `configured` where the registry is. That the class isn't there is told when it is configured.
    pub fn add_relationship(&self, class: &str, relationship: NewRelationship) -> Result<()> {
        let relation = relationship.added(TargetDecl::Named(kept(class)));
        self.add_late((class, Some(relation.relation.name)), |late| {
            late.relations.push(Box::leak(Box::new(relation)));
        })
    }

    /// Says how constraints and indexes are called that have no names of their own.
    ///
    /// # Errors
    /// `configured` where the registry is; `bad-table` where a template names what isn't there.
    pub fn name_constraints(&self, convention: NamingConvention) -> Result<()> {
        convention.check_templates()?;
        self.add_late(("", None), |late| late.naming = Some(convention))
    }

    /// Adds what listens to the objects of a class, or of all classes.
    ///
    /// # Errors
    /// `configured` where the registry is. That the class isn't there is told when it is configured.
    pub(crate) fn add_listener(&self, listener: AddedListener) -> Result<()> {
        let class = listener.class.as_ref().map_or("", |class| class.name());
        self.add_late((class, None), |late| late.listeners.push(Box::leak(Box::new(listener))))
    }

    /// Adds a column to a class.
    ///
    /// # Errors
    /// `configured` where the registry is; `bad-table` where the column is wrong. That the class isn't there is told when it
    /// is configured.
    pub fn add_column(&self, class: &str, column: NewColumn) -> Result<()> {
        let column = column.added(TargetDecl::Named(kept(class)))?;
        self.add_late((class, Some(column.column.attribute)), |late| {
            late.columns.push(Box::leak(Box::new(column)));
        })
    }

    /// Adds columns of a table's class.
    pub(crate) fn add_columns_of(
        &self,
        table: &'static TableDecl,
        class: &str,
        columns: Vec<NewColumn>,
    ) -> Result<()> {
        let target = TargetDecl::OfTable(table.name);
        let columns = columns.into_iter().map(|column| column.added(target)).collect::<Result<Vec<_>>>()?;
        self.add_late((class, None), |late| {
            late.columns.extend(
                columns.into_iter().map(|column| -> &'static AddedColumn { Box::leak(Box::new(column)) }),
            );
        })
    }

    /// Adds a relationship or a column that stands in a constant.
    ///
    /// # Errors
    /// `configured` where the registry is.
    pub fn add(&self, attribute: &'static dyn LateAttribute) -> Result<()> {
        let addition = attribute.addition();
        let (class, name) = match &addition.0 {
            Addition::Relation(relation) => (relation.class.name(), relation.relation.name),
            Addition::Column(column) => (column.class.name(), column.column.attribute),
        };
        self.add_late((class, Some(name)), |late| {
            addition.add_to(&mut late.columns, &mut late.relations);
        })
    }

    /// Maps a table that no struct was written for.
    ///
    /// # Errors
    /// `configured` where the registry is; `bad-table` where something in it is wrong.
    pub fn map_table(&self, table: NewTable) -> Result<()> {
        self.map_tables(vec![(table, true)])
    }

    /// Maps tables: as classes, or for associations alone.
    pub(crate) fn map_tables(&self, tables: Vec<(NewTable, bool)>) -> Result<()> {
        let name = match tables.as_slice() {
            [(only, _)] => only.name(),
            _ => "",
        };
        let made = tables
            .into_iter()
            .map(|(table, with_class)| table.made(with_class))
            .collect::<Result<Vec<_>>>()?;
        self.add_late((name, None), |late| {
            for table in made {
                lock(&TABLES).push(table.table);
                match table.class {
                    Some(class) => late.classes.push(class),
                    None => late.tables.push(table.table),
                }
                let relations = table.relations.into_iter();
                late.relations
                    .extend(relations.map(|one| -> &'static AddedRelation { Box::leak(Box::new(one)) }));
            }
        })
    }

    /// The tables that are known of, each with the name of its class.
    pub(crate) fn known_tables(&'static self) -> Vec<(&'static TableDecl, Option<&'static str>)> {
        let (classes, tables) = self.declared();
        let with_class = |class: &&'static ClassInfo| (&class.decl.table, Some(class.decl.class));
        classes.iter().map(with_class).chain(tables.into_iter().map(|table| (table, None))).collect()
    }

    /// The table of a class by its name, before anything is configured, with its columns and those added so far.
    ///
    /// # Errors
    /// `unknown-name`, `ambiguous-name`.
    pub(crate) fn table_of(
        &'static self,
        class: &str,
    ) -> Result<(&'static TableDecl, &'static str, Vec<AddedColumn>)> {
        let (classes, _) = self.declared();
        let decls: Vec<_> = classes.iter().map(|class| class.decl).collect();
        let decl = decls[resolve::class(&decls, class)?];
        let is_it = |column: &AddedColumn| match column.class {
            TargetDecl::OfTable(name) => name == decl.table.name,
            TargetDecl::Named(name) => {
                resolve::class(&decls, name).is_ok_and(|at| std::ptr::eq(decls[at], decl))
            }
            TargetDecl::Class { class, module, .. } => class == decl.class && module == decl.module,
        };
        let added = self.added_columns().into_iter().copied().filter(is_it).collect();
        Ok((&decl.table, decl.class, added))
    }
}
