//! Where keys stand: attributes, and lists inside them.

/// An attribute, or a list inside one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Mapped,
    Column,
    Relationship,
    Backref,
    ForeignKey,
    ColumnForeignKey,
    Unique,
    Index,
    Check,
    Proxy,
    CompositeType,
}

impl Place {
    /// The name of the attribute or list.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Place::Mapped => "mapped",
            Place::Column => "column",
            Place::Relationship => "relationship",
            Place::Backref => "backref",
            Place::ForeignKey | Place::ColumnForeignKey => "foreign_key",
            Place::Unique => "unique",
            Place::Index => "index",
            Place::Check => "check",
            Place::Proxy => "proxy",
            Place::CompositeType => "composite",
        }
    }

    /// As it is written.
    pub(crate) fn text(self) -> String {
        match self {
            Place::Mapped | Place::Column | Place::Relationship | Place::CompositeType => {
                format!("#[{}]", self.name())
            }
            Place::Backref
            | Place::ForeignKey
            | Place::ColumnForeignKey
            | Place::Unique
            | Place::Index
            | Place::Check
            | Place::Proxy => format!("{}(...)", self.name()),
        }
    }
}

/// A key, for messages and documentation.
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) name: &'static str,
    pub(super) example: fn(&str) -> String,
    #[cfg_attr(not(test), allow(dead_code, reason = "the documentation is compared with it by a test"))]
    pub(super) doc: &'static str,
}
