//! Internals of the crate `orm`. Use that crate: this one's versions promise nothing.
//!
//! The modules stand in the order of the layers; each uses only those before it. `docs/architecture.md` says
//! what each layer may and may not know.

pub mod error;
pub mod value;

pub mod sql;

pub mod engine;

pub mod declare;

pub mod mapper;

pub mod state;

mod query;

mod load;

mod flush;

mod proxy;

mod composite;

mod session;

pub use composite::{
    Composed, Composite, CompositeGiven, CompositeOperand, CompositeType, CompositeValue, Parts,
};
pub use declare::{
    Cascade, Column, Declared, Deferrable, InnerJoin, Kind, Lazy, ModelDecl, PassiveDeletes,
    ReferentialAction, Relationship, ToLarge, ToMany, ToOne,
};
pub use error::{Code, Constraint, DriverError, Error, Fault, Result};
pub use mapper::{DefaultRegistry, Mapper, Mapping};
pub use proxy::{
    Access, Ask, Attribute, BothOne, ColumnEnd, ContainedIn, EitherMany, Made, ObjectEnd, Proxied, Proxy,
    ProxyCollection, ProxyEnd, ProxyField, ProxyGiven, ProxyItems, ProxyKey, ProxyMap, SetKey, SetProxy,
    ViewOnly, Writes,
};
pub use query::{
    Alias, AllRelationships, AnyEntity, AnyItem, AnyLoad, AnyRelationship, AnyRoot, AnyRow, Args, Branches,
    CaseStart, Cells, Change, ClassOrAlias, ColumnList, ColumnsOf, Condition, Cte, DeferredOf, Delete,
    Entity, EntityLabel, Expr, Fits, FromRow, FromSources, Func, InList, Insert, InsertColumns, IntoSelect,
    IsLoaded, IsToMany, IsToOne, JoinTarget, Label, Load, Member, NamedItem, NamedRow, NewRow, Number, On,
    OnConflict, Operand, OptionOf, Optional, OptionalRow, OptionsFor, OrderBy, OrderTerms, QueryAlias,
    Returning, Row, RowCount, RowOf, RowsOf, SameClass, Select, Selectable, Selected, SetColumns, SetTo,
    SqlExpr, Subquery, Sync, TargetOf, Term, TextType, ToQuery, Tuple, TupleItems, TupleList, TupleOperand,
    Update, UpdateColumns, Upsert, ValueRow, Window, Written, WrittenColumns, WrittenQuery, WrittenRow,
    WrittenSelect, aliased, aliased_as, all, all_of, any_of, batch, case, contains_eager, default_load,
    defer, defer_all, delete, excluded, exists, func, immediate, insert, joined, lazy, literal, load_only,
    noload, raise, raise_on_sql, select, select_text, selectin, subquery, text, tuple_, undefer, undefer_all,
    undefer_group, update, values, window, with_parent,
};
pub use session::{
    AddAll, Begin, Deletable, DynamicQuery, Execution, ExecutionKind, IntoKey, JoinMode, NPlusOne, Rows,
    Savepoint, Session, SessionConfig, SessionConnection, SessionEvents, StateChange, Unsaved,
};
pub use sql::SqlType;
pub use state::{
    AnyClass, AnyObj, Collection, CollectionItems, CollectionType, Dynamic, DynamicCollection, Key, KeyRef,
    Listeners, Listening, Many, ManyAs, ManyMap, ManyObjects, ManySet, MapCollection, MapKey, Mapped, Obj,
    ObjectState, One, SetAttribute, WriteOnly, WriteOnlyCollection, collect,
};
pub use value::{Assign, ColumnType, Typed, Value, ValueError, ValueRef};

#[doc(hidden)]
pub mod private;

#[cfg(test)]
mod testing;
