//! `Action`: what a flush does, as the planner orders it.

use super::{ClassPlace, ItemId, RelationPlace, Verb};

/// What is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Action {
    /// All objects of a class are saved, or deleted.
    All(Verb, ClassPlace),
    /// One object of a class in a circle is.
    One(Verb, ClassPlace, ItemId),
    /// A relationship writes what it has to for all objects of its class that are saved, or deleted.
    ProcessAll(RelationPlace, Verb),
    /// It does for one object of a class in a circle.
    ProcessOne(RelationPlace, Verb, ItemId),
    /// Foreign keys that relationships with `post_update` left to an update of their own are written to rows of a class
    /// that are saved, or emptied in rows that are deleted.
    Post(Verb, ClassPlace),
    /// Every save of a class in a circle is done: its deletions may begin.
    Saved(ClassPlace),
}
