//! What almost every file that works with objects needs: `use orm::prelude::*;`.
//!
//! It has verbs, and types that users have to name; none that a model may be called like, such as `Order` or `Item`.
//! What is named less often is taken by path: `orm::Error`, `orm::Code`, `orm::Result`.

// `User::CLASS` and the like.
#[doc(no_inline)]
pub use crate::__private::Declared as _;
#[doc(no_inline)]
pub use crate::Listening as _;
pub use crate::{
    AnyClass, ColumnType, CompositeType, DefaultRegistry, Dynamic, FromRow, IntoObj, Many, ManyMap, ManySet,
    Mapped, Obj, ObjectState, One, Session, SessionConfig, Table, WriteOnly, aliased, all_of, any_of, batch,
    case, contains_eager, default_load, defer, delete, excluded, exists, func, immediate, insert, joined,
    lazy, load_only, noload, raise, raise_on_sql, select, select_text, selectin, subquery, text, tuple_,
    undefer, undefer_group, update, values, window, with_parent,
};
