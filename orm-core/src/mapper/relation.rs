//! `Relation`: a relationship with its direction, its columns and its reverse side resolved.

use super::condition::ListKey;
use super::draft::RelationDraft;
use super::{
    Direction, JoinCondition, LinkPair, Mapper, Pair, RelationId, RelationSource, SlotPair, constraints,
};
use crate::declare::{
    Cascade, ColumnId, InnerJoin, ItemChecks, KeyedBy, Kind, Lazy, LinkSlotId, OrderedBy, PassiveDeletes,
    RelationDecl, TableDecl, TargetDecl,
};
use crate::sql::OrderTerm;

/// A relationship, configured.
pub struct Relation {
    pub(super) id: RelationId,
    pub(super) slot: LinkSlotId,
    pub(super) decl: &'static RelationDecl,
    pub(super) mapper: &'static Mapper,
    pub(super) target: &'static Mapper,
    pub(super) direction: Direction,
    /// The place of the reverse side among the relationships of the target.
    pub(super) inverse: Option<usize>,
    /// Whether the reverse side follows in memory.
    pub(super) is_synced: bool,
    pub(super) rows: RelationSource,
    pub(super) association: Option<RelationSource>,
    pub(super) condition: JoinCondition,
    /// The columns of the class that the condition compares.
    pub(super) local: Vec<ColumnId>,
    pub(super) pairs: Vec<Pair>,
    pub(super) slot_pairs: Vec<SlotPair>,
    pub(super) near: Vec<LinkPair>,
    pub(super) far: Vec<LinkPair>,
    pub(super) get: Option<Vec<ColumnId>>,
    pub(super) leads_to_one_row: bool,
    pub(super) order_by: Vec<OrderTerm>,
    pub(super) list_key: Option<ListKey>,
}

impl std::fmt::Debug for Relation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relation({}.{} -> {})", self.class(), self.name(), self.target.class())
    }
}

impl Relation {
    /// Derives from the condition what a flush and loading need.
    pub(super) fn of(draft: RelationDraft, mapper: &'static Mapper, target: &'static Mapper) -> Self {
        let condition = draft.condition;
        let pairs =
            if draft.association.is_some() || draft.decl.viewonly { Vec::new() } else { condition.pairs() };
        let slots =
            |pair: &Pair| SlotPair { local: mapper.slot(pair.local), remote: target.slot(pair.remote) };
        // The object of a key may be none of the rows of a query.
        let equated: Vec<&str> =
            condition.equated_remote().map(|column| target.column(column).name()).collect();
        let leads_to_one_row = draft.association.is_none()
            && draft.rows.is_table()
            && constraints::holds_unique(target.table(), &equated);
        let has_key = draft.direction == Direction::ManyToOne && draft.rows.is_table();
        Relation {
            id: RelationId::next(),
            slot: LinkSlotId::at(draft.index),
            decl: draft.decl,
            mapper,
            target,
            direction: draft.direction,
            inverse: draft.inverse,
            is_synced: draft.is_synced,
            rows: draft.rows,
            association: draft.association,
            local: condition.local_columns(),
            slot_pairs: pairs.iter().map(slots).collect(),
            pairs,
            near: condition.near_links(),
            far: condition.far_links(),
            list_key: if draft.decl.omit_join { condition.list_key() } else { None },
            leads_to_one_row,
            get: has_key.then(|| condition.by_key(target.primary_key())).flatten(),
            condition,
            order_by: draft.order_by,
        }
    }

    /// Its number.
    #[inline]
    pub fn id(&self) -> RelationId {
        self.id
    }

    /// Its place in an object of its class.
    #[inline]
    pub fn slot(&self) -> LinkSlotId {
        self.slot
    }

    /// The attribute's name.
    pub fn name(&self) -> &'static str {
        self.decl.name
    }

    /// Whether the class has it by a registration, and no field for it.
    pub(crate) fn is_added(&self) -> bool {
        self.slot.index() >= self.mapper.decl().relations.len()
    }

    /// The name of the class that it stands on.
    pub fn class(&self) -> &'static str {
        self.mapper.class()
    }

    /// The class that it stands on.
    #[inline]
    pub fn mapper(&self) -> &'static Mapper {
        self.mapper
    }

    /// The other class.
    #[inline]
    pub fn target(&self) -> &'static Mapper {
        self.target
    }

    /// What the field holds.
    pub fn kind(&self) -> Kind {
        self.decl.kind
    }

    /// Whether it is a collection.
    pub fn is_many(&self) -> bool {
        self.decl.kind.is_many()
    }

    /// Whether it is a collection that an object never holds as a whole.
    #[inline]
    pub fn is_large(&self) -> bool {
        self.decl.kind.is_large()
    }

    /// Where the foreign key stands.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The reverse side: the relationship of the target that leads back.
    #[inline]
    pub fn inverse(&self) -> Option<&'static Relation> {
        self.target.relations().get(self.inverse?)
    }

    /// The reverse side that follows in memory when this one is changed.
    #[inline]
    pub(crate) fn synced(&self) -> Option<&'static Relation> {
        if self.is_synced { self.inverse() } else { None }
    }

    /// The reverse side that a flush writes too.
    pub(crate) fn written_inverse(&self) -> Option<&'static Relation> {
        self.inverse().filter(|reverse| !reverse.is_viewonly())
    }

    /// Whether it is only read: a flush doesn't write what it leads to.
    #[inline]
    pub fn is_viewonly(&self) -> bool {
        self.decl.viewonly
    }

    /// What the user's own code says of it, `info = "..."`.
    pub fn info(&self) -> Option<&'static str> {
        self.decl.info
    }

    /// Its cascades.
    pub fn cascade(&self) -> Cascade {
        self.decl.cascade
    }

    /// What a deletion leaves to the database.
    pub fn passive_deletes(&self) -> PassiveDeletes {
        self.decl.passive_deletes
    }

    /// Whether the foreign key is written by an `UPDATE` of its own: after the rows are inserted, before they are deleted.
    pub fn post_update(&self) -> bool {
        self.decl.post_update
    }

    /// Whether the database changes the rows that refer to one whose key is changed; otherwise a flush does.
    #[inline]
    pub fn passive_updates(&self) -> bool {
        self.decl.passive_updates
    }

    /// When it is loaded.
    pub fn lazy(&self) -> Lazy {
        self.decl.lazy
    }

    /// How many steps from the object of a query an eager strategy is followed round a circle, where that was said.
    pub(crate) fn join_depth(&self) -> Option<u16> {
        self.decl.join_depth
    }

    /// Whether an eager join is an inner one.
    pub(crate) fn inner_join(&self) -> InnerJoin {
        self.decl.inner_join
    }

    /// By which columns it is asked for many objects at once; none where its condition needs more of the class.
    pub(crate) fn list_key(&self) -> Option<&ListKey> {
        self.list_key.as_ref()
    }

    /// Whether an object may have only one parent by it at a time.
    pub fn single_parent(&self) -> bool {
        self.decl.single_parent
    }

    /// The association table, of a many-to-many relationship.
    pub fn secondary(&self) -> Option<&'static TableDecl> {
        self.association.as_ref().map(RelationSource::table)
    }

    /// What the rows of the association come from, of a many-to-many relationship.
    pub fn association(&self) -> Option<&RelationSource> {
        self.association.as_ref()
    }

    /// What the rows that it leads to come from.
    pub fn rows(&self) -> &RelationSource {
        &self.rows
    }

    /// Whether a query reads its links as they stand in a table.
    pub(crate) fn links_are_rows(&self) -> bool {
        self.rows.is_table() && self.association.as_ref().is_some_and(RelationSource::is_table)
    }

    /// The condition that joins the two classes.
    pub(crate) fn condition(&self) -> &JoinCondition {
        &self.condition
    }

    /// The columns of the class that the condition compares, each once.
    pub fn local_columns(&self) -> &[ColumnId] {
        &self.local
    }

    /// The columns of the two classes whose values are kept equal; none where an association table lies between.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The slots of [`pairs`](Self::pairs), in objects of the two classes.
    #[inline]
    pub fn slot_pairs(&self) -> &[SlotPair] {
        &self.slot_pairs
    }

    /// The columns of the class, with those of the association table that hold their values.
    pub fn near_pairs(&self) -> &[LinkPair] {
        &self.near
    }

    /// The columns of the target, with those of the association table that hold their values.
    pub fn far_pairs(&self) -> &[LinkPair] {
        &self.far
    }

    /// For a many-to-one relationship to the target's primary key, and to any of its rows: for each column of that key the column
    /// of the class that holds it. Such a relationship is looked up in the identity map first.
    pub fn get_columns(&self) -> Option<&[ColumnId]> {
        self.get.as_deref()
    }

    /// Whether the table keeps it from joining several rows to one of the class.
    pub(crate) fn leads_to_one_row(&self) -> bool {
        self.leads_to_one_row
    }

    /// The order of the collection.
    pub fn order_by(&self) -> &[OrderTerm] {
        &self.order_by
    }

    /// In which column of its items the list keeps their places, and how.
    #[inline]
    pub fn ordered_by(&self) -> Option<&'static OrderedBy> {
        self.decl.ordered_by.as_ref()
    }

    /// What is asked before it changes.
    #[inline]
    pub(crate) fn checks(&self) -> &'static ItemChecks {
        &self.decl.checks
    }

    /// Whether anything is asked before it changes, or before its reverse side does, by their declarations.
    pub(crate) fn is_checked(&self) -> bool {
        self.decl.checks.are_any() || self.synced().is_some_and(|reverse| reverse.decl.checks.are_any())
    }

    /// Whether anything may be asked before it changes, or before its reverse side does: by their declarations, or by what
    /// listens to the classes.
    #[inline]
    pub(crate) fn may_be_asked(&self) -> bool {
        let may = |relation: &Relation| relation.decl.checks.are_any() || relation.mapper().is_heard();
        may(self) || self.synced().is_some_and(may)
    }

    /// Whether its class isn't known by its type.
    pub(crate) fn names_its_target(&self) -> bool {
        matches!(self.decl.target, TargetDecl::Named(_))
    }

    /// By what of its items the collection is keyed.
    #[inline]
    pub fn keyed_by(&self) -> Option<&'static KeyedBy> {
        self.decl.keyed_by.as_ref()
    }

    /// Whether it keeps a mark on each related object that it has a parent.
    pub fn tracks_parent(&self) -> bool {
        self.decl.single_parent || (self.direction == Direction::OneToMany && !self.decl.viewonly)
    }

    /// Whether the value that is replaced has to be known at once.
    pub fn needs_old_value(&self) -> bool {
        self.decl.single_parent || self.decl.active_history
    }

    /// Whether it is loaded of a new object in a session too, by what that holds of keys.
    #[inline]
    pub fn load_on_pending(&self) -> bool {
        self.decl.load_on_pending
    }

    /// Whether what it leads to goes with an object that is deleted, as it is then in the database, and in an order that
    /// the classes tell.
    pub fn deletes_children(&self) -> bool {
        self.direction == Direction::OneToMany
            && !self.is_self_referential()
            && self.is_many()
            && !self.is_large()
            && self.cascade().has(Cascade::DELETE)
            && self.passive_deletes() == PassiveDeletes::No
            && !self.post_update()
    }

    /// Whether it relates a class to itself.
    pub fn is_self_referential(&self) -> bool {
        self.target.id() == self.mapper.id()
    }
}
