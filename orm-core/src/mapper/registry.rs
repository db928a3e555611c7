//! Registries: link-time registration of classes and tables, and configuration at the first use.

use std::any::{Any, TypeId};
use std::sync::{Mutex, MutexGuard, OnceLock};

use super::added::Added;
use super::info::{AddedColumn, AddedRelation, ClassInfo};
use super::late::{Late, LateAttribute, Phase, any_table, lock};
use super::turn::Turn;
use super::{Mapper, Mapping, configure};
use crate::declare::{ColumnDecl, Declared, ForeignKeyDecl, ModelDecl, RelationDecl, TableDecl, TargetDecl};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};

/// What is known of a class at link time. Generated code keeps one in a static.
pub struct ClassEntry {
    class: ClassInfo,
    registry: &'static RegistryCell,
    mapper: OnceLock<&'static Mapper>,
}

impl ClassEntry {
    /// An entry of a class. `factory` is what the layer of states makes objects with, and `extended` what it makes them
    /// with where columns are added to the class.
    pub const fn with_factory<T: Declared>(
        decl: &'static ModelDecl,
        registry: &'static RegistryCell,
        factory: &'static (dyn Any + Send + Sync),
        extended: &'static (dyn Any + Send + Sync),
    ) -> Self {
        let class = ClassInfo { decl, type_id: TypeId::of::<T>, factory, extended, slots: &[] };
        ClassEntry { class, registry, mapper: OnceLock::new() }
    }

    /// The class, configured. Configures its registry where that hasn't happened.
    ///
    /// # Errors
    /// `configuration`, with every mistake in the registry.
    #[inline]
    pub fn mapper(&'static self) -> Result<&'static Mapper> {
        match self.mapper.get() {
            Some(mapper) => Ok(mapper),
            None => self.find_mapper(),
        }
    }

    #[cold]
    fn find_mapper(&'static self) -> Result<&'static Mapper> {
        let mapping = self.registry.mapping()?;
        let id = (self.class.type_id)();
        let mapper =
            mapping.mappers().iter().copied().find(|mapper| mapper.class_id() == id).ok_or_else(|| {
                Error::new(Code::Internal, "the class isn't in its registry")
                    .about(self.class.decl.class, None)
            })?;
        // As long as that isn't the last word, it is asked again.
        Ok(if self.registry.whole.get().is_some() { self.mapper.get_or_init(|| mapper) } else { mapper })
    }

    /// Whether this thread is resolving the names of its registry, so that the class can't be asked for.
    pub(crate) fn is_being_resolved(&self) -> bool {
        matches!(Turn::of(std::ptr::from_ref(self.registry).cast()), Some(None))
    }

    /// How the class was declared.
    pub fn decl(&self) -> &'static ModelDecl {
        self.class.decl
    }
}

/// A class that registers itself at link time.
pub struct Registration {
    class: fn() -> &'static ClassEntry,
}

impl Registration {
    /// For generated code.
    pub const fn new(class: fn() -> &'static ClassEntry) -> Self {
        Registration { class }
    }
}

inventory::collect!(Registration);

/// A table without a class that registers itself at link time.
pub struct TableRegistration {
    table: &'static TableDecl,
    registry: &'static RegistryCell,
}

impl TableRegistration {
    /// For generated code.
    pub const fn new(table: &'static TableDecl, registry: &'static RegistryCell) -> Self {
        TableRegistration { table, registry }
    }
}

inventory::collect!(TableRegistration);

/// A relationship that a class has besides those that it declares itself, as when the declaration of another class
/// brings it. It registers itself at link time.
pub struct RelationRegistration {
    relation: AddedRelation,
    registry: &'static RegistryCell,
}

impl RelationRegistration {
    /// A relationship of a class, which is in that registry too. For generated code.
    pub const fn new(
        class: TargetDecl,
        relation: &'static RelationDecl,
        registry: &'static RegistryCell,
    ) -> Self {
        RelationRegistration { relation: AddedRelation { class, relation }, registry }
    }
}

inventory::collect!(RelationRegistration);

/// A column that a class has besides those that it declares itself. It registers itself at link time.
pub struct ColumnRegistration {
    column: AddedColumn,
    registry: &'static RegistryCell,
}

impl ColumnRegistration {
    /// A column of a class, with the foreign keys that it brings. `slot` is what the layer of states makes its slot
    /// with. For generated code.
    pub const fn new(
        class: TargetDecl,
        column: &'static ColumnDecl,
        foreign_keys: &'static [ForeignKeyDecl],
        slot: &'static (dyn Any + Send + Sync),
        registry: &'static RegistryCell,
    ) -> Self {
        let column =
            AddedColumn { class, column, foreign_keys, uniques: &[], indexes: &[], slot, wrong: None };
        ColumnRegistration { column, registry }
    }
}

inventory::collect!(ColumnRegistration);

/// A relationship or a column in a constant that registers itself at link time. Made by [`late!`](crate::late).
pub struct LateRegistration {
    attribute: &'static dyn LateAttribute,
    registry: &'static RegistryCell,
}

impl LateRegistration {
    /// For generated code.
    pub const fn new(attribute: &'static dyn LateAttribute, registry: &'static RegistryCell) -> Self {
        LateRegistration { attribute, registry }
    }
}

inventory::collect!(LateRegistration);

/// The mapping of a registry, made at the first use.
pub struct RegistryCell {
    /// It is there once the queries that relationships lead to were made, by this very mapping.
    whole: OnceLock<&'static Mapping>,
    /// What is added while the program runs.
    late: Mutex<Late>,
}

impl RegistryCell {
    /// An empty one.
    #[allow(clippy::new_without_default, reason = "only made in statics, by generated code")]
    pub const fn new() -> Self {
        RegistryCell { whole: OnceLock::new(), late: Mutex::new(Late::new()) }
    }

    /// The mapping; configures it at the first call. It lives as long as the program.
    ///
    /// # Errors
    /// `configuration`, with every mistake in the registry. A later call tries again.
    pub fn mapping(&'static self) -> Result<&'static Mapping> {
        match self.whole.get() {
            Some(mapping) => Ok(mapping),
            None => self.configure(),
        }
    }

    #[cold]
    fn configure(&'static self) -> Result<&'static Mapping> {
        let this = std::ptr::from_ref(self).cast();
        // A query that is checked asks for the mapping itself; other threads wait until it is.
        if let Some(own) = Turn::of(this) {
            return own.ok_or_else(|| {
                Error::new(
                    Code::Configuration,
                    "a class is asked for while the names of its registry are resolved",
                )
                .help("let declared conditions compare columns, and ask nothing of mappings")
            });
        }
        let turn = Turn::begin(this);
        if let Some(mapping) = self.whole.get() {
            return Ok(mapping);
        }
        self.late().set_phase(Phase::Configuring);
        let made = self.make().and_then(|mapping| {
            turn.resolved(mapping);
            configure::check_rows(mapping).map(|()| mapping)
        });
        self.late().set_phase(if made.is_ok() { Phase::Configured } else { Phase::Open });
        made.map(|mapping| *self.whole.get_or_init(|| mapping))
    }

    fn make(&'static self) -> Result<&'static Mapping> {
        let (classes, tables) = self.declared();
        let mut relations: Vec<&'static AddedRelation> = inventory::iter::<RelationRegistration>()
            .filter(|registration| std::ptr::eq(registration.registry, self))
            .map(|registration| &registration.relation)
            .collect();
        relations.extend(&self.late().relations);
        let columns = self.added_columns();
        for attribute in self.late_attributes() {
            attribute.addition().add_to(&mut Vec::new(), &mut relations);
        }
        let naming = self.late().naming.clone().unwrap_or_default();
        let listeners = self.late().listeners.clone();
        let added = Added { columns: &columns, relations: &relations, listeners: &listeners };
        configure::configure(&classes, &tables, added, naming)
    }

    /// What was added while the program runs.
    pub(super) fn late(&self) -> MutexGuard<'_, Late> {
        lock(&self.late)
    }

    fn late_attributes(&'static self) -> impl Iterator<Item = &'static dyn LateAttribute> {
        inventory::iter::<LateRegistration>()
            .filter(|registration| std::ptr::eq(registration.registry, self))
            .map(|registration| registration.attribute)
    }

    /// The classes, and the tables without one.
    pub(super) fn declared(&'static self) -> (Vec<&'static ClassInfo>, Vec<&'static TableDecl>) {
        let late = self.late();
        let classes = inventory::iter::<Registration>()
            .map(|registration| (registration.class)())
            .filter(|entry| std::ptr::eq(entry.registry, self))
            .map(|entry| &entry.class);
        let tables = inventory::iter::<TableRegistration>()
            .filter(|registration| std::ptr::eq(registration.registry, self))
            .map(|registration| registration.table);
        (
            classes.chain(late.classes.iter().copied()).collect(),
            tables.chain(late.tables.iter().copied()).collect(),
        )
    }

    /// The columns that are added to classes.
    pub(super) fn added_columns(&'static self) -> Vec<&'static AddedColumn> {
        let mut columns: Vec<&'static AddedColumn> = inventory::iter::<ColumnRegistration>()
            .filter(|registration| std::ptr::eq(registration.registry, self))
            .map(|registration| &registration.column)
            .collect();
        for attribute in self.late_attributes() {
            attribute.addition().add_to(&mut columns, &mut Vec::new());
        }
        columns.extend(&self.late().columns);
        columns
    }
}

impl RegistryCell {
    /// Creates the tables of the registry of that name.
    ///
    /// # Errors
    /// As [`mapping`](Self::mapping) and [`Mapping::create_all`]; `bad-table` where it has no class and no table, and
    /// another one has: then the classes name the wrong one, or this isn't the one that is meant.
    pub fn create_all(&'static self, engine: &Engine, name: &str) -> Result<()> {
        let mapping = self.mapping()?;
        let class = inventory::iter::<Registration>().map(|registration| (registration.class)().decl().class);
        match class.into_iter().next().filter(|_| mapping.tables().is_empty()) {
            Some(class) => Err(Error::new(
                Code::BadTable,
                format!("the registry `{name}` has no class and no table, but another one has, as `{class}`"),
            )
            .help(format!(
                "write `#[mapped(registry = {name})]` at the classes of this one; those that name none are in \
                 `DefaultRegistry`"
            ))),
            None => mapping.create_all(engine),
        }
    }
}

/// A registry: a set of classes that are configured together. Made by [`registry!`](crate::registry).
pub trait Registry {
    /// Where its mapping is kept.
    const CELL: &'static RegistryCell;
}

crate::registry!(
    /// The registry of the classes that name none.
    pub DefaultRegistry
);

/// Whether a class or an association has a table of that name. Databases don't tell names apart by case.
pub(crate) fn is_table(name: &str) -> bool {
    let is = |table: &TableDecl| table.name.eq_ignore_ascii_case(name);
    inventory::iter::<Registration>().any(|registration| is(&(registration.class)().decl().table))
        || inventory::iter::<TableRegistration>().any(|registration| is(registration.table))
        || any_table(is)
}

/// The class of a table in the mapping at hand. Where none is, it is the only class with such a table among those that
/// registered themselves.
#[cold]
pub(crate) fn class_of_table(table: &str, at_hand: Option<&Mapping>) -> Option<&'static Mapper> {
    if let Some(mapping) = at_hand {
        return mapping.class_of_table(table);
    }
    let entries = inventory::iter::<Registration>().map(|registration| (registration.class)());
    let mut with = entries.into_iter().filter(|entry| entry.decl().table.name == table);
    match (with.next(), with.next()) {
        (Some(only), None) => only.mapper().ok(),
        _ => None,
    }
}
