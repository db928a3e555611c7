#![doc = include_str!("../README.md")]

pub mod prelude;

#[doc(hidden)]
pub use orm_core::private as __private;

pub use orm_core::state::{IntoObj, Relate, RelationField};
pub use orm_core::{
    AnyClass, AnyObj, Assign, Cascade, Code, Collection, Column, ColumnType, Constraint, Criterion,
    DefaultRegistry, DriverError, Entity, Error, Expr, Fault, IntoKey, Key, Kind, Lazy, Many, ManySet,
    Mapped, Mapper, Mapping, Obj, ObjectState, One, Operand, OrderBy, Relationship, Result, Savepoint,
    Scalars, Select, Selectable, Session, SessionConfig, SqlType, ToMany, ToOne, Typed, Value, ValueError,
    ValueRef, collect, parent_is, registry, related_exists, select, select_class, with_parent,
};
pub use orm_core::{engine, mapper, sql, state};
pub use orm_derive::{Mapped, Table};

/// SQLite, by rusqlite.
#[cfg(feature = "sqlite")]
pub mod sqlite {
    pub use orm_sqlite::*;
}
