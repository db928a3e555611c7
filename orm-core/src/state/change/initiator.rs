//! `Initiator`: which operation of which attribute a change began with.

use crate::mapper::Relation;

/// Which operation of which attribute began a change: what keeps two sides from answering each other for ever.
#[derive(Clone, Copy)]
pub(crate) struct Initiator {
    relation: &'static Relation,
    op: Op,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Append,
    Remove,
    Replace,
    BulkReplace,
}

impl Initiator {
    pub(crate) fn new(relation: &'static Relation, op: Op) -> Self {
        Initiator { relation, op }
    }

    /// What appending to (or, for a to-one, setting) the attribute is called.
    pub(crate) fn append(relation: &'static Relation) -> Self {
        Initiator::new(relation, if relation.is_many() { Op::Append } else { Op::Replace })
    }

    pub(crate) fn remove(relation: &'static Relation) -> Self {
        Initiator::new(relation, Op::Remove)
    }

    /// Whether an attribute of that relationship began it.
    pub(crate) fn is_of(self, relation: &Relation) -> bool {
        self.relation.id() == relation.id()
    }

    /// Whether an attribute of that name began it.
    pub(crate) fn has_name(self, relation: &Relation) -> bool {
        self.relation.name() == relation.name()
    }
}

impl PartialEq for Initiator {
    fn eq(&self, other: &Self) -> bool {
        self.relation.id() == other.relation.id() && self.op == other.op
    }
}

impl Eq for Initiator {}
