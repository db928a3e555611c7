//! Numbers of what takes part in a flush, each kind with a type of its own.

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) struct $name(u32);

        impl $name {
            /// The number of what stands at that place of its table.
            #[inline]
            pub(in crate::flush) fn at(index: usize) -> Self {
                $name(u32::try_from(index).unwrap_or(u32::MAX))
            }

            /// Its place in its table.
            #[inline]
            pub(in crate::flush) fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

number! {
    /// An object of the flush.
    ItemId
}

impl ItemId {
    /// The number as the header of the object keeps it; 0 stands for an object that takes no part.
    #[inline]
    pub(in crate::flush) fn mark(self) -> u32 {
        self.0.saturating_add(1)
    }

    /// The number that a header keeps.
    #[inline]
    pub(in crate::flush) fn of_mark(mark: u32) -> Option<Self> {
        mark.checked_sub(1).map(ItemId)
    }
}

number! {
    /// A class that takes part, in the order in which their first objects came; behind them those that
    /// relationships lead to, and of which no object takes part.
    ClassPlace
}

number! {
    /// A relationship of a class that takes part.
    RelationPlace
}

/// What a flush does with the row of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::flush) enum Verb {
    /// Inserts or updates it.
    Save,
    /// Deletes it.
    Delete,
}
