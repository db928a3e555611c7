//! Reads `#[mapped]`, `#[column]` and `#[relationship]` into typed options.

mod actions;
mod entity;
mod keys;
mod near;
mod place;
mod read;
mod setting;
mod shape;
mod unknown;
mod word;

pub(crate) use actions::{Actions, at_one};
pub(crate) use entity::{EntityOptions, FieldList, ForeignKeyList, IndexList};
pub(crate) use keys::{
    BackrefOptions, ColumnForeignKeyOptions, ColumnOptions, CompositeTypeOptions, Place, ProxyOptions,
    RelationshipOptions,
};
pub(crate) use near::nearest;
pub(crate) use read::attributes;
pub(crate) use setting::{Given, Setting};
pub(crate) use shape::{
    Backref, CompositeColumns, KeyOf, OnOr, ProxyPath, Reference, Referenced, SynonymOf, Versions,
};
pub(crate) use word::{
    CascadeWord, Combined, Deferrable, InnerJoin, Lazy, PassiveDeletes, ReferentialAction, VersionBy, Words,
    joined,
};
