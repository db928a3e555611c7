//! `select` and `Select`.

use std::fmt;
use std::marker::PhantomData;

use super::expr::OrderBy;
use super::leaf::{ClassRef, Leaf, RelationRef};
use super::operand::Condition;
use crate::declare::{Mapped, Relationship};
use crate::mapper::Mapper;
use crate::sql::{OrderTerm, Tree};
use crate::state::typed::obj::{AnyClass, Live};
use crate::state::typed::tracked::Tracked;

/// A class as a value: what the constant `User` of a mapped struct is.
pub struct Entity<T>(PhantomData<fn() -> T>);

impl<T> Entity<T> {
    /// The class. For generated code.
    #[doc(hidden)]
    #[allow(clippy::new_without_default, reason = "only generated code makes one")]
    pub const fn new() -> Self {
        Entity(PhantomData)
    }
}

impl<T> Clone for Entity<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Entity<T> {}

impl<T: Mapped> fmt::Debug for Entity<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::CLASS)
    }
}

/// What can be selected.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be selected",
    label = "expected a mapped class, as in `select(User)`"
)]
pub trait Selectable {
    /// What a row becomes.
    type Row: Live;

    /// The query of everything.
    fn into_select(self) -> Select<Self::Row>;
}

impl<T: Tracked> Selectable for Entity<T> {
    type Row = T;

    fn into_select(self) -> Select<T> {
        Select::of(ClassRef::Entry(T::class))
    }
}

/// A query of a class.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// #     #[relationship(back_populates = "user")]
/// #     addresses: Many<Address>,
/// # }
/// # #[derive(Mapped)]
/// # struct Address {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     email: String,
/// #     #[column(foreign_key = User::id)]
/// #     user_id: i64,
/// #     #[relationship(back_populates = "addresses")]
/// #     user: One<User>,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # let user = session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
/// let query = select(User).filter(User::name.eq("ed")).order_by(User::id).limit(10);
/// let users = session.scalars(query)?.all()?;
/// assert_eq!(users, [user]);
/// # Ok(())
/// # }
/// ```
pub fn select<S: Selectable>(what: S) -> Select<S::Row> {
    what.into_select()
}

/// A query of a class that isn't named here.
pub fn select_class(mapper: &'static Mapper) -> Select<AnyClass> {
    Select::of(ClassRef::Mapper(mapper))
}

/// How a relationship is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinKind {
    Inner,
    Left,
}

#[derive(Clone)]
pub(crate) struct JoinSpec {
    pub(crate) kind: JoinKind,
    pub(crate) relation: RelationRef,
}

/// A query: what is selected, from where, under which conditions, in which order.
#[must_use = "a query does nothing until a session runs it"]
pub struct Select<T> {
    pub(crate) source: ClassRef,
    pub(crate) joins: Vec<JoinSpec>,
    pub(crate) filters: Vec<Tree<Leaf>>,
    pub(crate) order: Vec<OrderTerm<Leaf>>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
    pub(crate) distinct: bool,
    row: PhantomData<fn() -> T>,
}

impl<T> Clone for Select<T> {
    fn clone(&self) -> Self {
        Select {
            source: self.source,
            joins: self.joins.clone(),
            filters: self.filters.clone(),
            order: self.order.clone(),
            limit: self.limit,
            offset: self.offset,
            distinct: self.distinct,
            row: PhantomData,
        }
    }
}

impl<T> Select<T> {
    fn of(source: ClassRef) -> Self {
        Select {
            source,
            joins: Vec::new(),
            filters: Vec::new(),
            order: Vec::new(),
            limit: None,
            offset: None,
            distinct: false,
            row: PhantomData,
        }
    }

    /// Only rows for which the condition is true. Several conditions must all be true.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.filters.push(condition.condition());
        self
    }

    /// Joins along a relationship; conditions may then name columns of its class. A row comes once for each
    /// object that it leads to.
    pub fn join<S: Tracked, U: Live, N>(mut self, relation: Relationship<S, U, N>) -> Self {
        self.joins.push(JoinSpec { kind: JoinKind::Inner, relation: RelationRef::of(relation) });
        self
    }

    /// As [`join`](Self::join), keeping rows that lead to nothing.
    pub fn outer_join<S: Tracked, U: Live, N>(mut self, relation: Relationship<S, U, N>) -> Self {
        self.joins.push(JoinSpec { kind: JoinKind::Left, relation: RelationRef::of(relation) });
        self
    }

    /// Orders the rows; a further call orders those that the first leaves equal.
    pub fn order_by(mut self, term: impl Into<OrderBy>) -> Self {
        self.order.push(term.into().0);
        self
    }

    /// At most that many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Leaves that many rows out.
    pub fn offset(mut self, rows: u64) -> Self {
        self.offset = Some(rows);
        self
    }

    /// Leaves out rows that are the same as others.
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }
}

impl<T> fmt::Debug for Select<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = self.source.mapper().map_or("?", Mapper::class);
        f.debug_struct("Select")
            .field("class", &class)
            .field("filters", &self.filters)
            .field("order", &self.order)
            .field("limit", &self.limit)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
