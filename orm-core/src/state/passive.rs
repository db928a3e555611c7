//! `Passive`: how far a read may go to find a value.

/// What a read of an attribute may do. SQLAlchemy's `PassiveFlag` with the same meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passive(u16);

impl Passive {
    /// Loaders may be asked.
    pub const CALLABLES: Passive = Passive(1);
    /// Statements may run.
    pub const SQL: Passive = Passive(2);
    /// Statements may run for related objects too.
    pub const RELATED: Passive = Passive(4);
    /// A value that isn't there reads as empty.
    pub const INIT: Passive = Passive(8);
    /// Loaders may be asked for objects that have no row.
    pub const NON_PERSISTENT: Passive = Passive(16);
    /// Keys are taken as they stand in the database, not as they were changed.
    pub const COMMITTED: Passive = Passive(32);
    /// No flush before the statement.
    pub const NO_AUTOFLUSH: Passive = Passive(64);
    /// `lazy = "raise"` is ignored.
    pub const NO_RAISE: Passive = Passive(128);
    /// The value that was replaced is asked for.
    pub const OLD_VALUE: Passive = Passive(256);
    /// Changes queued on a collection that isn't loaded count.
    pub const PENDING: Passive = Passive(512);

    /// Everything may be done.
    pub const OFF: Passive = Passive(1 | 2 | 4 | 8 | 16);
    /// Everything, but nothing is made empty.
    pub const NO_INIT: Passive = Passive(1 | 2 | 4 | 16);
    /// Only what is there.
    pub const NO_INITIALIZE: Passive = Passive(2 | 4 | 16);
    /// Only what is there or in the identity map.
    pub const NO_FETCH: Passive = Passive(1 | 4 | 8 | 16);
    /// No statements for related objects.
    pub const NO_FETCH_RELATED: Passive = Passive(1 | 2 | 8 | 16);
    /// Nothing is loaded for objects without a row.
    pub const ONLY_PERSISTENT: Passive = Passive(1 | 2 | 4 | 8);

    /// Both.
    #[must_use]
    pub const fn with(self, other: Passive) -> Passive {
        Passive(self.0 | other.0)
    }

    /// Without some.
    #[must_use]
    pub const fn without(self, other: Passive) -> Passive {
        Passive(self.0 & !other.0)
    }

    /// Whether all of `other` is allowed.
    pub const fn may(self, other: Passive) -> bool {
        self.0 & other.0 == other.0
    }
}
