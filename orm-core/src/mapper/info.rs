//! What is known of classes before they are configured.

use std::any::{Any, TypeId};

use crate::declare::{
    ColumnDecl, ForeignKeyDecl, IndexDecl, ModelDecl, RelationDecl, TargetDecl, UniqueDecl,
};
use crate::error::Result;

/// A class, as it declares itself.
pub(super) struct ClassInfo {
    pub(super) decl: &'static ModelDecl,
    pub(super) type_id: fn() -> TypeId,
    /// What the layer of states makes its objects with.
    pub(super) factory: &'static (dyn Any + Send + Sync),
    /// What it makes them with where columns are added to the class.
    pub(super) extended: &'static (dyn Any + Send + Sync),
    /// What makes the slots of its columns, of a class that no struct was written for.
    pub(super) slots: &'static [&'static (dyn Any + Send + Sync)],
}

/// A relationship that a class has besides those that it declares itself.
#[derive(Clone, Copy)]
pub(crate) struct AddedRelation {
    pub(crate) class: TargetDecl,
    pub(crate) relation: &'static RelationDecl,
}

/// A column that a class has besides those that it declares itself.
#[derive(Clone, Copy)]
pub(crate) struct AddedColumn {
    pub(crate) class: TargetDecl,
    pub(crate) column: &'static ColumnDecl,
    pub(crate) foreign_keys: &'static [ForeignKeyDecl],
    pub(crate) uniques: &'static [UniqueDecl],
    pub(crate) indexes: &'static [IndexDecl],
    /// What the layer of states makes its slot with.
    pub(crate) slot: &'static (dyn Any + Send + Sync),
    /// The mistake in what was given, and its mend.
    pub(crate) wrong: Option<(&'static str, &'static str)>,
}

/// What listens to the objects of a class besides what the class says itself.
pub(crate) struct AddedListener {
    /// None for all classes.
    pub(crate) class: Option<TargetDecl>,
    /// Fills the table of what listens, which the layer of states makes.
    pub(crate) listen: Box<FillListeners>,
}

impl std::fmt::Debug for AddedListener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddedListener").field("class", &self.class).finish_non_exhaustive()
    }
}

/// Fills the table of what listens to the objects of a class.
pub(crate) type FillListeners = dyn Fn(&mut dyn Any) -> Result<()> + Send + Sync;

/// What a class is declared as, with the columns that are added to it.
pub(super) struct Model {
    pub(super) decl: &'static ModelDecl,
    /// What makes the slots of the columns that are added, which are the last ones.
    pub(super) slots: Vec<&'static (dyn Any + Send + Sync)>,
    /// What listens to its objects besides what it says itself.
    pub(super) listeners: Vec<&'static AddedListener>,
}
