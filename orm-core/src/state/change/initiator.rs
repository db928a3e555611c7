//! `Initiator`: which operation of which attribute a change initiator with.

use crate::mapper::{Mapping, Relation, RelationId};

/// Which operation of which attribute began a change: what keeps two sides from answering each other for ever.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Initiator {
    relation: RelationId,
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
    pub(crate) fn new(relation: &Relation, op: Op) -> Self {
        Initiator { relation: relation.id(), op }
    }

    /// What appending to (or, for a to-one, setting) the attribute is called.
    pub(crate) fn append(relation: &Relation) -> Self {
        Initiator::new(relation, if relation.is_many() { Op::Append } else { Op::Replace })
    }

    pub(crate) fn remove(relation: &Relation) -> Self {
        Initiator::new(relation, Op::Remove)
    }

    /// Whether an attribute of that relationship began it.
    pub(crate) fn is_of(self, relation: &Relation) -> bool {
        self.relation == relation.id()
    }

    /// Whether an attribute of that name began it.
    pub(crate) fn has_name(self, relation: &Relation, mapping: &Mapping) -> bool {
        mapping.relation(self.relation).name() == relation.name()
    }
}
