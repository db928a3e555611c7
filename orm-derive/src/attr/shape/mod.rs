//! What can stand behind a key: a type for each shape of value, which parses the value and describes it for
//! messages.

mod backref;
mod columns;
mod composite;
mod foreign_key;
mod list;
mod parse;
mod plain;
mod proxy;
mod synonym;
mod version;
mod words;

pub(crate) use backref::{Backref, ReverseSide};
pub(crate) use columns::{
    ColumnList, ColumnRef, ColumnRefs, KeyOf, KeyRef, Reference, StructRef, TableOrQuery,
};
pub(crate) use composite::{Composed, CompositeColumns, Types};
pub(crate) use foreign_key::{ColumnForeignKey, Referenced};
pub(crate) use list::{Fields, Nested};
pub(super) use parse::fill;
pub(crate) use parse::{Entry, Shape};
pub(crate) use plain::{Expression, Flag, Path, Terms, Text, TextOrNone};
pub(crate) use proxy::{Proxied, ProxyPath};
pub(crate) use synonym::{SynonymOf, Synonyms};
pub(crate) use version::{Version, Versions};
pub(crate) use words::{FlagOr, OnOr, Several, Word};
