//! `ReadOptions`: how far a read may go to find a value, what it takes for one, and who asks for it.

use std::panic::Location;

/// What a read of an attribute may do, which of an attribute's values it wants, and where a user asks for it. Two words,
/// since every read is given them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadOptions {
    ways: u16,
    /// The line of a user's code; none where the library reads for itself.
    asked_at: Option<&'static Location<'static>>,
}

/// The session may be asked for what the object doesn't hold.
const ASKS_SESSION: u16 = 1;
/// Statements may run.
const RUNS_SQL: u16 = 1 << 1;
/// The objects of relationships may be looked for, as far as the reach goes.
const LOADS_RELATED: u16 = 1 << 2;
/// A value that was never set reads as empty.
const DEFAULT: u16 = 1 << 3;
/// Keys are taken as they stand in the database, not as they were changed.
const COMMITTED: u16 = 1 << 4;
/// What changed is flushed before a statement runs.
const AUTOFLUSH: u16 = 1 << 5;
/// `lazy = "raise"` is an error.
const RAISE: u16 = 1 << 6;
/// The value that was replaced is asked for.
const REPLACED: u16 = 1 << 7;
/// Changes that are queued on a collection that isn't loaded count.
const QUEUED: u16 = 1 << 8;
/// Only what belongs to rows is looked for: nothing is loaded of an object without one.
const OF_ROWS: u16 = 1 << 9;

impl ReadOptions {
    /// Whatever has to be loaded is loaded.
    pub(crate) const DATABASE: ReadOptions = ReadOptions {
        ways: ASKS_SESSION | RUNS_SQL | LOADS_RELATED | DEFAULT | AUTOFLUSH | RAISE,
        asked_at: None,
    };
    /// Only what the object holds; a value that was never set stays unset.
    pub(crate) const MEMORY: ReadOptions = Self::DATABASE.without(ASKS_SESSION | RUNS_SQL | DEFAULT);
    /// What the object or the identity map holds.
    pub(crate) const IDENTITY_MAP: ReadOptions = Self::DATABASE.without(RUNS_SQL);
    /// A statement may load the object's own row, but none the rows of related objects.
    pub(crate) const OWN_ROW: ReadOptions = Self::DATABASE.without(LOADS_RELATED);

    /// Whatever has to be loaded is loaded, for the user whose code calls.
    #[inline]
    #[track_caller]
    pub(crate) fn of_user() -> Self {
        ReadOptions { asked_at: Some(Location::caller()), ..Self::DATABASE }
    }

    /// Whatever has to be loaded is loaded, for whom these options are.
    #[must_use]
    pub(crate) const fn for_the_same(self) -> Self {
        ReadOptions { asked_at: self.asked_at, ..Self::DATABASE }
    }

    const fn with(self, ways: u16) -> Self {
        ReadOptions { ways: self.ways | ways, ..self }
    }

    const fn without(self, ways: u16) -> Self {
        ReadOptions { ways: self.ways & !ways, ..self }
    }

    const fn has(self, way: u16) -> bool {
        self.ways & way != 0
    }

    /// Where a user asks for it; none where the library reads for itself.
    pub(crate) const fn asked_at(self) -> Option<&'static Location<'static>> {
        self.asked_at
    }

    /// A value that was never set stays unset.
    #[must_use]
    pub(crate) const fn without_default(self) -> Self {
        self.without(DEFAULT)
    }

    /// Keys are taken as they stand in the database.
    #[must_use]
    pub(crate) const fn committed(self) -> Self {
        self.with(COMMITTED)
    }

    /// Nothing is flushed before a statement.
    #[must_use]
    pub(crate) const fn without_autoflush(self) -> Self {
        self.without(AUTOFLUSH)
    }

    /// `lazy = "raise"` doesn't count.
    #[must_use]
    pub(crate) const fn ignoring_raise(self) -> Self {
        self.without(RAISE)
    }

    /// The value that was replaced is wanted.
    #[must_use]
    pub(crate) const fn of_replaced(self) -> Self {
        self.with(REPLACED)
    }

    /// Changes queued on a collection that isn't loaded are wanted too.
    #[must_use]
    pub(crate) const fn with_queued(self) -> Self {
        self.with(QUEUED)
    }

    /// Nothing is loaded of an object without a row, whatever its relationships say.
    #[must_use]
    pub(crate) const fn of_rows(self) -> Self {
        self.with(OF_ROWS)
    }

    /// The same, going as far as the database.
    #[must_use]
    pub(crate) const fn reaching_database(self) -> Self {
        self.with(ASKS_SESSION | RUNS_SQL | LOADS_RELATED | DEFAULT)
    }

    /// Whether the session may be asked for what the object doesn't hold.
    pub(crate) const fn asks_session(self) -> bool {
        self.has(ASKS_SESSION)
    }

    /// Whether statements may run.
    pub(crate) const fn runs_sql(self) -> bool {
        self.has(RUNS_SQL)
    }

    /// Whether related objects may be looked for, as far as the reach goes.
    pub(crate) const fn loads_related(self) -> bool {
        self.has(LOADS_RELATED)
    }

    /// Whether a value that was never set reads as empty.
    pub(crate) const fn has_default(self) -> bool {
        self.has(DEFAULT)
    }

    /// Whether keys are taken as they stand in the database.
    pub(crate) const fn is_committed(self) -> bool {
        self.has(COMMITTED)
    }

    /// Whether what changed is flushed before a statement.
    pub(crate) const fn autoflush(self) -> bool {
        self.has(AUTOFLUSH)
    }

    /// Whether `lazy = "raise"` doesn't count.
    pub(crate) const fn ignores_raise(self) -> bool {
        !self.has(RAISE)
    }

    /// Whether the value that was replaced is wanted.
    pub(crate) const fn is_of_replaced(self) -> bool {
        self.has(REPLACED)
    }

    /// Whether nothing is loaded of an object without a row.
    pub(crate) const fn is_of_rows(self) -> bool {
        self.has(OF_ROWS)
    }

    /// Whether changes queued on a collection that isn't loaded are wanted.
    pub(crate) const fn sees_queued(self) -> bool {
        self.has(QUEUED)
    }
}
