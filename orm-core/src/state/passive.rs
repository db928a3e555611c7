//! `Passive`: how far a read may go to find a value.

/// What a read of an attribute may do. SQLAlchemy's `PassiveFlag` with the same meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passive(u16);

impl Passive {
    /// Loaders may be asked.
    pub(crate) const CALLABLES: Passive = Passive(1);
    /// Statements may run.
    pub(crate) const SQL: Passive = Passive(2);
    /// Statements may run for related objects too.
    pub(crate) const RELATED: Passive = Passive(4);
    /// A value that isn't there reads as empty.
    pub(crate) const INIT: Passive = Passive(8);
    /// Keys are taken as they stand in the database, not as they were changed.
    pub(crate) const COMMITTED: Passive = Passive(32);
    /// No flush before the statement.
    pub(crate) const NO_AUTOFLUSH: Passive = Passive(64);
    /// `lazy = "raise"` is ignored.
    pub(crate) const NO_RAISE: Passive = Passive(128);
    /// The value that was replaced is asked for.
    pub(crate) const OLD_VALUE: Passive = Passive(256);
    /// Changes queued on a collection that isn't loaded count.
    pub(crate) const PENDING: Passive = Passive(512);

    /// Everything may be done.
    pub(crate) const OFF: Passive = Passive(1 | 2 | 4 | 8 | 16);
    /// Everything, but nothing is made empty.
    pub(crate) const NO_INIT: Passive = Passive(1 | 2 | 4 | 16);
    /// Only what is there.
    pub(crate) const NO_INITIALIZE: Passive = Passive(2 | 4 | 16);
    /// Only what is there or in the identity map.
    pub(crate) const NO_FETCH: Passive = Passive(1 | 4 | 8 | 16);
    /// No statements for related objects.
    pub(crate) const NO_FETCH_RELATED: Passive = Passive(1 | 2 | 8 | 16);
    /// Nothing is loaded for objects without a row.
    pub(crate) const ONLY_PERSISTENT: Passive = Passive(1 | 2 | 4 | 8);

    /// Both.
    #[must_use]
    pub(crate) const fn with(self, other: Passive) -> Passive {
        Passive(self.0 | other.0)
    }

    /// Without some.
    #[must_use]
    pub(crate) const fn without(self, other: Passive) -> Passive {
        Passive(self.0 & !other.0)
    }

    /// Whether all of `other` is allowed.
    pub(crate) const fn may(self, other: Passive) -> bool {
        self.0 & other.0 == other.0
    }
}
