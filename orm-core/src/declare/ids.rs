//! Places, each a type of its own: of a mapped column among those of its class, of a column's value and of a
//! relationship in an object.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! place {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u16);

        impl $name {
            /// The place with that number, counted from 0.
            pub const fn new(index: u16) -> Self {
                $name(index)
            }

            /// The place at an index. There are no more than 65,536: the derive counts in sixteen bits.
            #[allow(clippy::cast_possible_truncation, reason = "the derive counts in sixteen bits")]
            pub const fn at(index: usize) -> Self {
                $name(index as u16)
            }

            /// Its number, counted from 0, as an index.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// Its number, counted from 0.
            #[inline]
            pub const fn number(self) -> u16 {
                self.0
            }
        }
    };
}

place! {
    /// The place of a mapped column among those of its class. The mapper knows which columns of which tables it
    /// stands for, and in which slot of an object its value is.
    ColumnId
}

place! {
    /// The place of a column's value in an object.
    SlotId
}

place! {
    /// The place of a relationship in an object.
    LinkSlotId
}

impl LinkSlotId {
    /// The place of a relationship that isn't added to its class: no relationship has it.
    pub(crate) const NOT_ADDED: LinkSlotId = LinkSlotId(u16::MAX);
}

/// A name that a class goes by in a query besides its own. Each one that is made has a number of its own in the process;
/// a statement never shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AliasId(u64);

impl AliasId {
    /// No alias: the class by its own name.
    pub const NONE: AliasId = AliasId(0);

    /// The mark of those that stand for the rows of a query.
    const QUERY: u64 = 1 << 63;

    /// The new row of an insert where one is there already: no table of a class either.
    pub(crate) const NEW_ROW: AliasId = AliasId(AliasId::QUERY | 1 << 62);

    /// One that nothing else in the process has.
    pub fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        AliasId(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// One that nothing else in the process has, for the rows of a query as a class.
    pub(crate) fn of_query() -> Self {
        AliasId(AliasId::next().0 | AliasId::QUERY)
    }

    /// Whether it stands for the rows of a query, not for the table of its class.
    pub(crate) fn is_of_query(self) -> bool {
        self.0 & AliasId::QUERY != 0
    }

    /// Whether it is one.
    pub fn is_some(self) -> bool {
        self != AliasId::NONE
    }
}
