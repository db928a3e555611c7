#![doc = include_str!("../README.md")]

pub mod prelude;

#[cfg(doctest)]
mod guide;
#[doc(hidden)]
pub use orm_core::private as __private;

pub use orm_core::state::{
    AnyAttrs, AttributeHistory, ColumnHistory, IntoObj, IntoRelated, Live, Relate, Related, RelationField,
};
pub use orm_core::{
    AddAll, Alias, AnyClass, AnyEntity, AnyItem, AnyLoad, AnyObj, AnyRelationship, AnyRow, Assign, Begin,
    Cascade, Code, Collection, CollectionItems, CollectionType, Column, ColumnType, Composite, CompositeType,
    Condition, Constraint, Cte, DefaultRegistry, Deletable, Delete, DriverError, Dynamic, DynamicCollection,
    Entity, EntityLabel, Error, Execution, ExecutionKind, Expr, Fault, FromRow, Insert, IntoKey, JoinMode,
    Key, KeyRef, Kind, Label, Lazy, Listeners, Listening, Many, ManyAs, ManyMap, ManyObjects, ManySet,
    MapCollection, MapKey, Mapped, Mapper, Mapping, NPlusOne, NamedRow, Obj, ObjectState, One, OptionOf,
    OrderBy, Proxy, ProxyCollection, ProxyMap, QueryAlias, Relationship, Result, Returning, Row, Rows,
    Savepoint, Select, Selected, Session, SessionConfig, SessionConnection, SessionEvents, SetAttribute,
    SqlType, StateChange, Subquery, Sync, ToLarge, ToMany, ToOne, Tuple, Typed, Unsaved, Update, Upsert,
    Value, ValueError, ValueRef, Window, WriteOnly, WriteOnlyCollection, aliased, aliased_as, all, all_of,
    any_of, batch, case, collect, condition, contains_eager, default_load, defer, defer_all, delete,
    excluded, exists, func, immediate, insert, joined, late, lazy, literal, load_only, noload, order, raise,
    raise_on_sql, registry, select, select_text, selectin, subquery, text, tuple_, undefer, undefer_all,
    undefer_group, update, values, window, with_parent,
};
pub use orm_derive::{CompositeType, FromRow, Mapped, Table};

/// What the methods of queries take and give: seldom named by users.
pub mod query {
    pub use orm_core::state::{Path, Paths};
    pub use orm_core::{
        AllRelationships, AnyRoot, Args, Branches, CaseStart, Change, ClassOrAlias, ColumnList, ColumnsOf,
        DeferredOf, DynamicQuery, Fits, FromSources, Func, InList, InsertColumns, IntoSelect, IsLoaded,
        IsToMany, IsToOne, JoinTarget, Load, Member, NamedItem, NewRow, Number, On, OnConflict, Operand,
        Optional, OptionalRow, OptionsFor, OrderTerms, RowCount, RowOf, RowsOf, SameClass, Selectable,
        SetColumns, SetTo, SqlExpr, TargetOf, Term, TextType, ToQuery, TupleItems, TupleList, TupleOperand,
        UpdateColumns, ValueRow, Written, WrittenColumns, WrittenQuery, WrittenRow, WrittenSelect,
    };
}

/// What composites are made of and take: seldom named by users.
pub mod composite {
    pub use orm_core::{Composed, CompositeGiven, CompositeOperand, CompositeValue, Parts};
}

/// What proxies are made of and take: seldom named by users.
pub mod proxy {
    pub use orm_core::{
        Access, Ask, Attribute, BothOne, ColumnEnd, ContainedIn, EitherMany, Made, ObjectEnd, Proxied,
        ProxyEnd, ProxyField, ProxyGiven, ProxyItems, ProxyKey, SetKey, SetProxy, ViewOnly, Writes,
    };
}

/// Connections, statements, and who is told of them.
pub mod engine {
    pub use orm_core::engine::{
        Access, Bind, Compiled, Connection, Done, Driver, Engine, EngineConnection, EventKind, Fetch, Flow,
        LoggedStatement, Observer, Row, RowSource, SqlLog, Statement, StatementEvent, StatementId,
    };
}

/// What configured classes and relationships are, for tools.
pub mod mapper {
    pub use orm_core::mapper::{
        ConditionColumn, Direction, LateAttribute, LinkPair, MappedColumn, Mapper, MapperId, Mapping,
        NamingConvention, NewColumn, NewRelationship, NewTable, Pair, Relation, RelationCondition,
        RelationId,
    };
    pub use orm_core::state::{LateColumn, LateRelationship};
    pub use orm_core::{Deferrable, ReferentialAction};
    pub use orm_core::{InnerJoin, PassiveDeletes};
}

/// SQL as data: expressions, statements, schemas, and how they are written.
pub mod sql {
    pub use orm_core::sql::{
        Alias, AnsiDialect, ColumnRef, Dialect, FromItem, Name, OrderTerm, Param, Rendered, SelectStmt,
        TableRef, Tree, ddl, func, render, schema,
    };
}

/// SQLite, by rusqlite.
#[cfg(feature = "sqlite")]
pub mod sqlite {
    pub use orm_sqlite::{BeginMode, Engine, JournalMode, Options, SqlFunction, SqliteDialect, Synchronous};
}
