//! `Reach` and `ReadOptions`: how far a read may go to find a value, and what it takes for one.

/// How far a read may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What the object itself holds.
    Memory,
    /// The objects of the session too, without a statement.
    IdentityMap,
    /// A statement may load the object's own row, but none the rows of related objects.
    OwnRow,
    /// Any statement may run.
    Database,
}

/// What a read of an attribute may do, and which of an attribute's values it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadOptions {
    reach: Reach,
    /// A value that was never set reads as empty.
    default: bool,
    /// Keys are taken as they stand in the database, not as they were changed.
    committed: bool,
    /// What changed is flushed before a statement runs.
    autoflush: bool,
    /// `lazy = "raise"` is an error.
    raise: bool,
    /// The value that was replaced is asked for.
    replaced: bool,
    /// Changes that are queued on a collection that isn't loaded count.
    queued: bool,
}

impl ReadOptions {
    /// Whatever has to be loaded is loaded.
    pub(crate) const DATABASE: ReadOptions = ReadOptions {
        reach: Reach::Database,
        default: true,
        committed: false,
        autoflush: true,
        raise: true,
        replaced: false,
        queued: false,
    };
    /// Only what the object holds; a value that was never set stays unset.
    pub(crate) const MEMORY: ReadOptions =
        ReadOptions { reach: Reach::Memory, default: false, ..ReadOptions::DATABASE };
    /// What the object or the identity map holds.
    pub(crate) const IDENTITY_MAP: ReadOptions =
        ReadOptions { reach: Reach::IdentityMap, ..ReadOptions::DATABASE };
    /// No statement runs for related objects.
    pub(crate) const OWN_ROW: ReadOptions = ReadOptions { reach: Reach::OwnRow, ..ReadOptions::DATABASE };

    /// A value that was never set stays unset.
    #[must_use]
    pub(crate) const fn without_default(self) -> Self {
        ReadOptions { default: false, ..self }
    }

    /// Keys are taken as they stand in the database.
    #[must_use]
    pub(crate) const fn committed(self) -> Self {
        ReadOptions { committed: true, ..self }
    }

    /// Nothing is flushed before a statement.
    #[must_use]
    pub(crate) const fn without_autoflush(self) -> Self {
        ReadOptions { autoflush: false, ..self }
    }

    /// `lazy = "raise"` doesn't count.
    #[must_use]
    pub(crate) const fn ignoring_raise(self) -> Self {
        ReadOptions { raise: false, ..self }
    }

    /// The value that was replaced is wanted.
    #[must_use]
    pub(crate) const fn of_replaced(self) -> Self {
        ReadOptions { replaced: true, ..self }
    }

    /// Changes queued on a collection that isn't loaded are wanted too.
    #[must_use]
    pub(crate) const fn with_queued(self) -> Self {
        ReadOptions { queued: true, ..self }
    }

    /// The same, going as far as the database.
    #[must_use]
    pub(crate) const fn reaching_database(self) -> Self {
        ReadOptions { reach: Reach::Database, default: true, ..self }
    }

    /// Whether the session may be asked for what the object doesn't hold.
    pub(crate) const fn asks_session(self) -> bool {
        !matches!(self.reach, Reach::Memory)
    }

    /// Whether statements may run.
    pub(crate) const fn runs_sql(self) -> bool {
        matches!(self.reach, Reach::OwnRow | Reach::Database)
    }

    /// Whether related objects may be looked for, as far as the reach goes.
    pub(crate) const fn loads_related(self) -> bool {
        !matches!(self.reach, Reach::OwnRow)
    }

    /// Whether a value that was never set reads as empty.
    pub(crate) const fn has_default(self) -> bool {
        self.default
    }

    /// Whether keys are taken as they stand in the database.
    pub(crate) const fn is_committed(self) -> bool {
        self.committed
    }

    /// Whether what changed is flushed before a statement.
    pub(crate) const fn autoflush(self) -> bool {
        self.autoflush
    }

    /// Whether `lazy = "raise"` doesn't count.
    pub(crate) const fn ignores_raise(self) -> bool {
        !self.raise
    }

    /// Whether the value that was replaced is wanted.
    pub(crate) const fn is_of_replaced(self) -> bool {
        self.replaced
    }

    /// Whether changes queued on a collection that isn't loaded are wanted.
    pub(crate) const fn sees_queued(self) -> bool {
        self.queued
    }
}
