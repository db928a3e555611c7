//! Numbers of classes and relationships, and pairs of columns that a relationship keeps equal.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::declare::{ColumnId, SlotId};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $next:ident) => {
        static $next: AtomicU32 = AtomicU32::new(0);

        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            /// A number that nothing else in the process has.
            pub(super) fn next() -> Self {
                $name($next.fetch_add(1, Ordering::Relaxed))
            }

            /// The number, for tables that are indexed by it.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

number! {
    /// The number of a configured class. No other class in the process has it.
    MapperId, NEXT_MAPPER
}

number! {
    /// The number of a configured relationship. No other relationship in the process has it.
    RelationId, NEXT_RELATION
}

/// Two columns whose values a relationship keeps equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// The column of the class that the relationship stands on.
    pub local: ColumnId,
    /// The column of the other class.
    pub remote: ColumnId,
}

/// The slots of a [`Pair`], in objects of the two classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlotPair {
    /// The slot of the class that the relationship stands on.
    pub local: SlotId,
    /// The slot of the other class.
    pub remote: SlotId,
}

/// A column of a class, and the one of an association table that holds its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkPair {
    /// The column of the class.
    pub column: ColumnId,
    /// The column of the association table, by its place there.
    pub link: usize,
}
