//! `Mapper`: a class with its table, its columns and its relationships.

use std::any::{Any, TypeId};
use std::sync::OnceLock;

use super::info::{AddedListener, ClassInfo, Model};
use super::referrers::Referrers;
use super::writes::Writes;
use super::{MappedColumn, MapperId, Mapping, Relation, Version, resolve};
use crate::declare::{ColumnCheck, ColumnId, Lazy, ModelDecl, RelationAt, SlotId, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{ColumnRef, TableRef, own_name};

/// A class, configured: its table, its columns, its relationships. It lives as long as the program.
#[derive(Debug)]
pub struct Mapper {
    id: MapperId,
    decl: &'static ModelDecl,
    type_id: TypeId,
    factory: &'static (dyn Any + Send + Sync),
    columns: Vec<MappedColumn>,
    added_slots: Vec<&'static (dyn Any + Send + Sync)>,
    primary_key: Vec<ColumnId>,
    key_slots: Vec<SlotId>,
    db_generated_key: Option<ColumnId>,
    integer_key: Option<ColumnId>,
    deferred: Vec<ColumnId>,
    expressions: Vec<ColumnId>,
    version: Option<Version>,
    writes: OnceLock<Writes>,
    /// Whether anything may be asked of the values of a column.
    has_checks: bool,
    /// Set once every class of the registry has its mapper, since a relationship refers to its target.
    relations: OnceLock<Vec<Relation>>,
    /// Whether one of them does something when an object is loaded, and whether one is loaded for many objects at once.
    strategies: OnceLock<(bool, bool)>,
    delete_orphans: OnceLock<Vec<&'static Relation>>,
    referrers: OnceLock<Referrers>,
    /// What listens to its objects besides what it says itself.
    listeners: Vec<&'static AddedListener>,
    hooks: OnceLock<Box<dyn Any + Send + Sync>>,
    mapping: OnceLock<Of>,
}

/// The mapping that a class is a part of. It isn't printed with each class of it.
struct Of(&'static Mapping);

impl std::fmt::Debug for Of {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} classes", self.0.mappers().len())
    }
}

impl Mapper {
    pub(super) fn new(entry: &ClassInfo, model: Model) -> Self {
        let Model { decl, slots: added_slots, listeners } = model;
        let columns = MappedColumn::of_table(&decl.table);
        let keys = columns.iter().filter(|column| column.is_primary_key());
        let integer_key = match keys.clone().collect::<Vec<_>>().as_slice() {
            [only] if only.decl().is_integer => Some(only.id()),
            _ => None,
        };
        Mapper {
            id: MapperId::next(),
            decl,
            type_id: (entry.type_id)(),
            factory: if added_slots.is_empty() { entry.factory } else { entry.extended },
            primary_key: keys.clone().map(MappedColumn::id).collect(),
            key_slots: keys.map(MappedColumn::slot).collect(),
            db_generated_key: columns.iter().find(|column| column.decl().db_generated).map(MappedColumn::id),
            integer_key,
            deferred: columns
                .iter()
                .filter(|column| column.deferred().is_some() && !column.is_primary_key())
                .map(MappedColumn::id)
                .collect(),
            expressions: columns.iter().filter(|one| one.is_expression()).map(MappedColumn::id).collect(),
            version: columns.iter().find_map(Version::of),
            writes: OnceLock::new(),
            has_checks: decl.listen.is_some()
                || !listeners.is_empty()
                || columns.iter().any(|column| column.decl().validator.is_some()),
            columns,
            added_slots,
            listeners,
            relations: OnceLock::new(),
            strategies: OnceLock::new(),
            delete_orphans: OnceLock::new(),
            referrers: OnceLock::new(),
            hooks: OnceLock::new(),
            mapping: OnceLock::new(),
        }
    }

    /// Tells the class its mapping. Configuration calls it once.
    pub(super) fn part_of(&self, mapping: &'static Mapping) {
        let _ = self.mapping.set(Of(mapping));
    }

    /// The mapping that it is a part of, with the other classes of its registry.
    pub(crate) fn mapping(&self) -> Option<&'static Mapping> {
        self.mapping.get().map(|of| of.0)
    }

    /// Gives the class its relationships. Configuration calls it once.
    pub(super) fn relate(&self, relations: Vec<Relation>) {
        let is_eager = relations.iter().any(|relation| relation.lazy().is_eager());
        let is_batch = relations.iter().any(|relation| relation.lazy() == Lazy::Batch);
        let _ = self.strategies.set((is_eager, is_batch));
        let _ = self.relations.set(relations);
    }

    /// Gives the class the relationships by which its objects must have a parent. Configuration calls it once.
    pub(super) fn owned_by(&self, relations: Vec<&'static Relation>) {
        let _ = self.delete_orphans.set(relations);
    }

    /// The struct's name.
    pub fn class(&self) -> &'static str {
        self.decl.class
    }

    /// Its number.
    #[inline]
    pub fn id(&self) -> MapperId {
        self.id
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

    /// What its declaration says of its table for people, as of a column.
    pub fn comment(&self) -> Option<&'static str> {
        self.decl.table.comment
    }

    /// Its table, as statements name it.
    pub fn table_ref(&self) -> TableRef {
        TableRef::new(self.decl.table.name)
    }

    /// Its columns, in the order of the fields, and behind them those that are added to the class.
    #[inline]
    pub fn columns(&self) -> &[MappedColumn] {
        &self.columns
    }

    /// A column.
    #[inline]
    pub fn column(&self, id: ColumnId) -> &MappedColumn {
        &self.columns[id.index()]
    }

    /// The column whose value is in a slot.
    #[inline]
    pub fn column_in(&self, slot: SlotId) -> Option<&MappedColumn> {
        self.columns.get(slot.index()).filter(|column| column.slot() == slot)
    }

    /// What is asked of a value that the user sets a column to, by its declaration.
    #[inline]
    pub(crate) fn check_of(&self, slot: SlotId) -> Option<ColumnCheck> {
        if self.has_checks { self.column_in(slot)?.decl().validator } else { None }
    }

    /// Whether anything may be asked of the values of a column: by a declaration, or by what listens to the class.
    #[inline]
    pub(crate) fn has_checks(&self) -> bool {
        self.has_checks
    }

    /// The name of the attribute whose value is in a slot.
    pub fn attribute_in(&self, slot: SlotId) -> Option<&'static str> {
        self.column_in(slot).map(MappedColumn::attribute)
    }

    /// Where the value of a column is in an object.
    #[inline]
    pub fn slot(&self, id: ColumnId) -> SlotId {
        self.column(id).slot()
    }

    /// A column, as statements name it.
    pub fn column_ref(&self, id: ColumnId) -> ColumnRef {
        self.table_ref().column(self.column(id).name())
    }

    /// The column with that name in the database.
    pub fn column_named(&self, name: &str) -> Option<&MappedColumn> {
        self.columns.iter().find(|column| column.name() == name)
    }

    /// The column of that attribute name, or of the attribute that it is another name of.
    pub fn column_attribute(&self, attribute: &str) -> Option<&MappedColumn> {
        let attribute = self.decl.attribute(attribute);
        self.columns.iter().find(|column| column.attribute() == attribute)
    }

    /// The columns that make up the composite of that name, or that it is another name of.
    pub(crate) fn composite_named(&self, name: &str) -> Option<Vec<&MappedColumn>> {
        let name = self.decl.attribute(name);
        let (_, columns) = self.decl.composites.iter().find(|(composite, _)| *composite == name)?;
        columns.iter().map(|column| self.column_attribute(column)).collect()
    }

    /// The columns of the primary key.
    #[inline]
    pub fn primary_key(&self) -> &[ColumnId] {
        &self.primary_key
    }

    /// Where the values of the primary key are in an object.
    #[inline]
    pub fn key_slots(&self) -> &[SlotId] {
        &self.key_slots
    }

    /// The key column that the database generates.
    #[inline]
    pub fn db_generated_key(&self) -> Option<ColumnId> {
        self.db_generated_key
    }

    /// The key column where it is the only one, and integers in it are stored as drivers give them.
    #[inline]
    pub fn integer_key(&self) -> Option<ColumnId> {
        self.integer_key
    }

    /// The columns that are loaded when they are read.
    #[inline]
    pub fn deferred(&self) -> &[ColumnId] {
        &self.deferred
    }

    /// The columns that stand for expressions, and that no table has.
    #[inline]
    pub fn expressions(&self) -> &[ColumnId] {
        &self.expressions
    }

    /// The column that tells the versions of a row apart.
    #[inline]
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// What writing a row does to columns that it doesn't set.
    #[inline]
    pub(crate) fn writes(&self) -> &Writes {
        self.writes.get_or_init(|| Writes::of(&self.columns, Vec::new()))
    }

    /// Tells which of its columns relationships carry. Configuration calls it once.
    pub(super) fn carried(&self, carried: Vec<ColumnId>) {
        let _ = self.writes.set(Writes::of(&self.columns, carried));
    }

    /// Its relationships, in the order of the fields, and behind them those that are added to the class.
    #[inline]
    pub fn relations(&self) -> &[Relation] {
        self.relations.get().map_or(&[], Vec::as_slice)
    }

    /// Whether one of its relationships does something when an object is loaded.
    #[inline]
    pub(crate) fn loads_with(&self) -> bool {
        self.strategies.get().is_some_and(|(is_eager, _)| *is_eager)
    }

    /// Whether one of its relationships is loaded for many objects at once when it is first read.
    #[inline]
    pub(crate) fn loads_in_batches(&self) -> bool {
        self.strategies.get().is_some_and(|(_, is_batch)| *is_batch)
    }

    /// The relationship of that name, or that it is another name of.
    pub fn relation_named(&self, name: &str) -> Option<&Relation> {
        let name = self.decl.attribute(name);
        self.relations().iter().find(|relation| relation.name() == name)
    }

    /// The relationship of that place or name.
    pub(crate) fn relation_at(&self, at: RelationAt) -> Option<&Relation> {
        match at {
            RelationAt::Slot(slot) => self.relations().get(slot.index()),
            RelationAt::Named(name) => self.relation_named(name),
        }
    }

    /// The relationships of other classes by which an object of this one must have a parent.
    #[inline]
    pub fn delete_orphans(&self) -> &[&'static Relation] {
        self.delete_orphans.get().map_or(&[], Vec::as_slice)
    }

    /// Gives the class what refers to it. Configuration calls it once.
    pub(super) fn referred_by(&self, referrers: Referrers) {
        let _ = self.referrers.set(referrers);
    }

    /// What refers to its rows.
    pub(crate) fn referrers(&self) -> Option<&Referrers> {
        self.referrers.get()
    }

    /// What makes objects of the class; the layer of states knows what it is.
    pub(crate) fn factory(&self) -> &'static (dyn Any + Send + Sync) {
        self.factory
    }

    /// What makes the slots of the columns that are added to the class, which are the last ones; the layer of states
    /// knows what it is.
    #[inline]
    pub(crate) fn added_slots(&self) -> &[&'static (dyn Any + Send + Sync)] {
        &self.added_slots
    }

    /// What is called with objects of the class, made by `make` at the first call; the layer of states knows what it is.
    /// `make` calls the user's code, which may come here again.
    ///
    /// # Errors
    /// Those of `make`.
    #[inline]
    pub(crate) fn hooks(
        &self,
        make: impl FnOnce() -> Result<Box<dyn Any + Send + Sync>>,
    ) -> Result<&(dyn Any + Send + Sync)> {
        let hooks = match self.hooks.get() {
            Some(hooks) => hooks,
            None => {
                let made = make()?;
                self.hooks.get_or_init(|| made)
            }
        };
        Ok(&**hooks)
    }

    /// Whether anything of the user's listens to objects of the class.
    #[inline]
    pub(crate) fn is_heard(&self) -> bool {
        self.decl.listen.is_some() || !self.listeners.is_empty()
    }

    /// What listens to objects of the class besides what it says itself.
    pub(crate) fn added_listeners(&self) -> &[&'static AddedListener] {
        &self.listeners
    }

    /// What the database said to a row of the class, with the class, and the attribute where the database names a column
    /// of it. That it is locked or full is about no class.
    pub(crate) fn about(&self, error: Error) -> Error {
        if error.code() != Code::Integrity {
            return error;
        }
        let column = error.driver().and_then(|driver| match (driver.table(), driver.columns()) {
            (Some(table), [column]) if *table == *own_name(self.table().name) => self.column_named(column),
            _ => None,
        });
        error.about(self.class(), column.map(MappedColumn::attribute))
    }

    /// "no attribute `x`", with the nearest name; of one that is a column, and that it is no relationship, or the other way
    /// round.
    pub fn unknown_attribute(&self, name: &str) -> Error {
        let is =
            |what: &str| Error::new(Code::UnknownAttribute, what.to_owned()).about(self.class(), Some(name));
        if self.columns.iter().any(|column| column.attribute() == name) {
            return is("it is a column, and no relationship");
        }
        if self.relation_named(name).is_some() {
            return is("it is a relationship, and no column");
        }
        if let Some(columns) = self.composite_named(name) {
            let columns = columns.iter().map(|column| column.attribute()).collect::<Vec<_>>().join("`, `");
            return is("it is a composite, and no column").help(format!("name its columns: `{columns}`"));
        }
        let columns = self.columns.iter().map(MappedColumn::attribute);
        let names = columns.chain(self.relations().iter().map(Relation::name));
        let names = names.chain(self.decl.synonyms.iter().map(|(synonym, _)| *synonym));
        let names = names.chain(self.decl.composites.iter().map(|(composite, _)| *composite));
        let error = Error::new(Code::UnknownAttribute, "no such attribute").about(self.class(), Some(name));
        match resolve::nearest(name, names) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        }
    }
}
