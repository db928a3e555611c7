//! `RelationDraft`: a relationship that is being configured.

use super::condition::JoinCondition;
use super::{Direction, RelationSource};
use crate::declare::{ModelDecl, RelationDecl, TableDecl};
use crate::error::Error;
use crate::sql::OrderTerm;

/// A relationship while it is resolved: classes are places among the entries, columns are places in their tables.
pub(super) struct RelationDraft {
    /// The class that it stands on.
    pub(super) class: usize,
    /// Its place among the relationships of that class.
    pub(super) index: usize,
    pub(super) model: &'static ModelDecl,
    pub(super) decl: &'static RelationDecl,
    pub(super) target: usize,
    pub(super) direction: Direction,
    /// The place of the reverse side among the relationships of the target.
    pub(super) inverse: Option<usize>,
    /// Whether the reverse side follows in memory when this one is changed.
    pub(super) is_synced: bool,
    /// What the rows of the target come from.
    pub(super) rows: RelationSource,
    /// What the rows of the association come from.
    pub(super) association: Option<RelationSource>,
    pub(super) condition: JoinCondition,
    pub(super) order_by: Vec<OrderTerm>,
}

impl RelationDraft {
    pub(super) fn name(&self) -> &'static str {
        self.decl.name
    }

    /// The association table.
    pub(super) fn secondary(&self) -> Option<&'static TableDecl> {
        self.association.as_ref().map(RelationSource::table)
    }

    /// An error that names the relationship.
    pub(super) fn error(&self, error: Error) -> Error {
        error.about(self.model.class, Some(self.decl.name))
    }
}
