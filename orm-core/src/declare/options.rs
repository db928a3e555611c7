//! The words that options take: cascades, lazy strategies, referential actions.

use std::fmt;

/// Which operations on an object reach the objects related to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cascade(u8);

impl Cascade {
    /// No cascade.
    pub const NONE: Cascade = Cascade(0);
    /// Adding the object adds the related ones.
    pub const SAVE_UPDATE: Cascade = Cascade(1);
    /// Merging the object merges the related ones.
    pub const MERGE: Cascade = Cascade(2);
    /// Refreshing or expiring reaches the related ones.
    pub const REFRESH_EXPIRE: Cascade = Cascade(4);
    /// Expunging reaches the related ones.
    pub const EXPUNGE: Cascade = Cascade(8);
    /// Deleting the object deletes the related ones.
    pub const DELETE: Cascade = Cascade(16);
    /// A related object that loses its parent is deleted.
    pub const DELETE_ORPHAN: Cascade = Cascade(32);
    /// All but `delete-orphan`.
    pub const ALL: Cascade = Cascade(31);
    /// `save-update, merge`: what a relationship has that doesn't say otherwise.
    pub const DEFAULT: Cascade = Cascade(3);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Cascade) -> Cascade {
        Cascade(self.0 | other.0)
    }

    /// Whether every cascade of `other` is in it.
    pub const fn has(self, other: Cascade) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Debug for Cascade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (Cascade::SAVE_UPDATE, "save-update"),
            (Cascade::MERGE, "merge"),
            (Cascade::REFRESH_EXPIRE, "refresh-expire"),
            (Cascade::EXPUNGE, "expunge"),
            (Cascade::DELETE, "delete"),
            (Cascade::DELETE_ORPHAN, "delete-orphan"),
        ];
        let mut first = true;
        for (cascade, word) in words {
            if self.has(cascade) {
                if !first {
                    f.write_str(", ")?;
                }
                f.write_str(word)?;
                first = false;
            }
        }
        if first { f.write_str("none") } else { Ok(()) }
    }
}

/// When a relationship is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Lazy {
    /// When it is first read, by a statement of its own.
    #[default]
    Select,
    /// Never by itself: reading it is an error.
    Raise,
    /// When it is first read, if no statement is needed; else that is an error.
    RaiseOnSql,
    /// Right after its object is loaded, as if it were read then.
    Immediate,
    /// After the objects of a query are loaded, for all of them at once, by a list of keys.
    SelectIn,
    /// As [`SelectIn`](Lazy::SelectIn), which does the same in as many statements.
    Subquery,
    /// With its object, in one statement that joins.
    Joined,
    /// When it is first read, for all objects that were loaded together with that one.
    Batch,
    /// Never: it reads as empty.
    NoLoad,
}

/// What the deletion of an object leaves to the database's `ON DELETE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum PassiveDeletes {
    /// Nothing: related objects that aren't loaded are loaded for it.
    #[default]
    No,
    /// The related rows that aren't loaded.
    Unloaded,
    /// All related rows. A foreign key that leads to the object is never emptied, not even when its object is taken out of
    /// the relationship.
    All,
}

/// How what a joined load joins leaves out objects that lead to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum InnerJoin {
    /// Not at all: the join is an outer one.
    #[default]
    No,
    /// The join is an inner one. What hangs on an outer join stays within it, so that only what that leads to is left out.
    Nested,
    /// The join is an inner one, unless it hangs on an outer join: then it is an outer one too.
    Unnested,
}

impl InnerJoin {
    /// Whether the join of what hangs on an outer join, or on none, is an inner one.
    pub(crate) fn is_inner(self, is_outer: bool) -> bool {
        match self {
            InnerJoin::No => false,
            InnerJoin::Nested => true,
            InnerJoin::Unnested => !is_outer,
        }
    }
}

impl Lazy {
    /// Whether something is done when an object is loaded, not only when the relationship is read.
    pub const fn is_eager(self) -> bool {
        !matches!(self, Lazy::Select | Lazy::Raise | Lazy::RaiseOnSql | Lazy::Batch)
    }
}
