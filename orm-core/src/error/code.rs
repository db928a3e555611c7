//! `Code`: the stable name of each kind of error.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Which kind of error it is. The text of a code never changes; each has a section of that name in
        /// `docs/errors.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The stable text.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)*
                }
            }
        }
    };
}

codes! {
    /// The mapping has mistakes; [`Error::causes`](crate::Error::causes) lists them.
    Configuration = "configuration",
    /// A class, table or column that a string names isn't there.
    UnknownName = "unknown-name",
    /// A string names several classes.
    AmbiguousName = "ambiguous-name",
    /// No foreign key, or several, between two classes.
    JoinCondition = "join-condition",
    /// The two sides of a relationship don't fit.
    ReverseSide = "reverse-side",
    /// Options of a relationship that exclude each other.
    BadOption = "bad-option",
    /// A table or class that is declared twice, or without a primary key; a table that differs from the database's.
    BadTable = "bad-table",
    /// Something is added to a registry that is configured.
    Configured = "configured",

    /// The object has no session to load from, or its session is gone.
    Detached = "detached",
    /// The object belongs to another session.
    OtherSession = "other-session",
    /// The object isn't in the state that the operation needs.
    WrongState = "wrong-state",
    /// Another object with the same key is in the session.
    DuplicateIdentity = "duplicate-identity",
    /// The object's row is gone.
    ObjectDeleted = "object-deleted",
    /// The attribute was never set and has no default.
    Unset = "unset",
    /// The relationship says `lazy = "raise"`.
    RaiseOnLoad = "raise-on-load",
    /// A relationship is loaded one by one for objects that were loaded together.
    NPlusOne = "n-plus-one",
    /// The object is being read by a closure that is still running.
    Busy = "busy",
    /// The item isn't in the collection, or not the one that the attribute holds.
    NotInCollection = "not-in-collection",
    /// The position is past the end of the collection.
    IndexOutOfRange = "index-out-of-range",
    /// A required relationship holds nothing.
    MissingRelated = "missing-related",
    /// There is no attribute of that name.
    UnknownAttribute = "unknown-attribute",
    /// An object of another class than the relationship's.
    WrongClass = "wrong-class",
    /// The object already has another parent, and the relationship says `single_parent`.
    SingleParent = "single-parent",
    /// Setting the attribute changes a third one through the reverse sides.
    ReverseConflict = "reverse-conflict",

    /// An earlier flush failed: roll back first.
    PendingRollback = "pending-rollback",
    /// There is no such savepoint any more, or the session is closed.
    NoTransaction = "no-transaction",
    /// Rows that should be written were changed or deleted by somebody else.
    StaleData = "stale-data",
    /// Rows depend on each other in a circle.
    CircularDependency = "circular-dependency",
    /// The flush can't write this object.
    Flush = "flush",
    /// A relationship leads to an object that isn't in the session.
    Unsaved = "unsaved",
    /// Removing the object would blank out its primary key.
    BlankedKey = "blanked-key",

    /// A query that needs one row found none.
    NoResult = "no-result",
    /// A query that needs one row found several.
    MultipleResults = "multiple-results",
    /// The query can't be built.
    Query = "query",
    /// A key of the wrong length.
    BadKey = "bad-key",

    /// A value doesn't fit the column's type.
    Value = "value",
    /// A validator refuses a value, or an object for a relationship.
    Refused = "refused",
    /// A constraint of the database refused the change.
    Integrity = "integrity",
    /// The database is locked by another connection.
    Locked = "locked",
    /// The database can't be written.
    ReadOnly = "read-only",
    /// The disk, or the database's limit, is full.
    Full = "full",
    /// The file is damaged, or no database.
    Corrupt = "corrupt",
    /// The connection or the engine is closed, or can't be opened.
    Connection = "connection",
    /// The database refused the statement.
    Database = "database",
    /// A mistake of this library: please report it.
    Internal = "internal",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
