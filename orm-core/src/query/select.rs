//! `select` and `Select`.

use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::alias::Entity;
use super::expr::Expr;
use super::join::{FromSources, JoinTarget};
use super::leaf::{Leaf, Use};
use super::operand::{Condition, InList, Operand, SqlExpr, Term, operands, sql_exprs};
use super::option::ClassCriteria;
use super::options_for::OptionsFor;
use super::order::OrderTerms;
use super::parts::{Item, QueryParts};
use super::row::{AnyRow, Row};
use super::row_count::RowCount;
use super::selectable::Selectable;
use crate::sql::{Depth, JoinKind, MAX_DEPTH, SetOp, Tree};
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Obj;
use crate::value::{Typed, Value};

/// A query of what is given: objects of a class, columns, expressions, or a tuple of them.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # use orm::func;
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
/// let emails = select((User::name, func::count(Address::id))).join(User::addresses).group_by(User::id);
/// assert_eq!(session.execute(emails)?.all()?, [("ed".to_owned(), 1)]);
/// # Ok(())
/// # }
/// ```
pub fn select<R>(what: impl Selectable<Row = R>) -> Select<R> {
    let mut parts = Box::default();
    what.add(&mut parts);
    Select { parts, row: PhantomData }
}

/// A query: what is selected, from where, under which conditions, in which order. A row of it becomes an `R`:
/// `Select<Obj<User>>`, `Select<(Obj<User>, i64)>`.
///
/// It is inert: building it, cloning it and printing it touch no mapping, no object and no database.
#[must_use = "a query does nothing until a session runs it"]
pub struct Select<R> {
    parts: Box<QueryParts>,
    row: PhantomData<fn() -> R>,
}

impl<R> Select<R> {
    pub(super) fn of_parts(parts: Box<QueryParts>) -> Self {
        Select { parts, row: PhantomData }
    }

    pub(crate) fn take_parts(self) -> Box<QueryParts> {
        self.parts
    }

    pub(crate) fn parts(&self) -> &QueryParts {
        &self.parts
    }

    /// What it is made of, for a query around it. One that nests too deep leaves an error in its place, so that nothing
    /// that follows it needs a deep stack.
    #[inline(never)]
    pub(crate) fn into_parts(self) -> Rc<QueryParts> {
        Rc::new(bounded(*self.parts))
    }

    /// Only rows for which the condition is true. Several conditions must all be true.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.parts.add_filter(condition.condition());
        self
    }

    /// Takes rows from these too: what is only counted or computed names no class, and classes that no condition joins
    /// are a mistake unless they are named here.
    pub fn from(mut self, sources: impl FromSources) -> Self {
        sources.sources(&mut self.parts.from);
        self
    }

    /// Joins along a relationship, or by a condition: see [`JoinTarget`]. Conditions may then name columns of the class.
    pub fn join(self, target: impl JoinTarget) -> Self {
        self.joined(JoinKind::Inner, target)
    }

    /// As [`join`](Self::join), keeping rows that lead to nothing.
    pub fn outer_join(self, target: impl JoinTarget) -> Self {
        self.joined(JoinKind::Left, target)
    }

    /// As [`join`](Self::join), keeping rows of either side that lead to nothing.
    pub fn full_join(self, target: impl JoinTarget) -> Self {
        self.joined(JoinKind::Full, target)
    }

    fn joined(mut self, kind: JoinKind, target: impl JoinTarget) -> Self {
        self.parts.add_join(kind, target.target());
        self
    }

    /// One row for all rows that are equal in these.
    pub fn group_by(mut self, terms: impl OrderTerms) -> Self {
        let mut added = Vec::new();
        terms.terms(&mut added);
        self.parts.group_by.extend(added.into_iter().map(|term| term.tree));
        self
    }

    /// Only groups for which the condition is true.
    pub fn having(mut self, condition: impl Condition) -> Self {
        self.parts.having.push(condition.condition());
        self
    }

    /// Orders the rows; a further call orders those that the first leaves equal.
    pub fn order_by(mut self, terms: impl OrderTerms) -> Self {
        terms.terms(&mut self.parts.order);
        self
    }

    /// Takes the order away.
    pub fn order_by_none(mut self) -> Self {
        self.parts.order.clear();
        self
    }

    /// At most that many rows.
    pub fn limit(mut self, rows: impl RowCount) -> Self {
        self.parts.limit = Some(rows.rows());
        self
    }

    /// Leaves that many rows out.
    pub fn offset(mut self, rows: impl RowCount) -> Self {
        self.parts.offset = Some(rows.rows());
        self
    }

    /// Leaves out rows that are the same as others.
    pub fn distinct(mut self) -> Self {
        self.parts.distinct = true;
        self
    }

    /// Says that these are the rows of the query around this one, though they are selected here.
    pub fn correlate(mut self, sources: impl FromSources) -> Self {
        sources.sources(&mut self.parts.correlated);
        self
    }

    /// The rows of both, equal ones once.
    pub fn union(self, other: impl IntoSelect<R>) -> Self {
        self.put_together(SetOp::Union, other)
    }

    /// The rows of both.
    pub fn union_all(self, other: impl IntoSelect<R>) -> Self {
        self.put_together(SetOp::UnionAll, other)
    }

    /// The rows that both have.
    pub fn intersect(self, other: impl IntoSelect<R>) -> Self {
        self.put_together(SetOp::Intersect, other)
    }

    /// The rows that the other doesn't have.
    pub fn except(self, other: impl IntoSelect<R>) -> Self {
        self.put_together(SetOp::Except, other)
    }

    /// An order or a limit that was given before is that of the first part alone; one that is given afterwards is that
    /// of all.
    fn put_together(mut self, op: SetOp, other: impl IntoSelect<R>) -> Self {
        let other = other.select().into_parts();
        let has_end =
            !self.parts.order.is_empty() || self.parts.limit.is_some() || self.parts.offset.is_some();
        if has_end {
            let running = self.parts.running;
            let first = Rc::new(bounded(*std::mem::take(&mut self.parts)));
            self.parts =
                Box::new(QueryParts { items: first.items.clone(), running, ..QueryParts::default() });
            self.parts.first = Some(first);
        }
        self.parts.compound.push((op, other));
        self
    }

    /// How what belongs to its objects is loaded: relationships along a path, columns. The options stay with the objects
    /// that they loaded, for what is loaded of them later.
    pub fn options(mut self, options: impl OptionsFor<R::Root>) -> Self
    where
        R: Row,
    {
        options.put(&mut self.parts.options);
        self
    }

    /// A condition on every row of a class, wherever the query, or what is loaded with its objects or for them later,
    /// reads the class by its own name. The condition names columns of that class.
    pub fn with_criteria<E: Mapped>(self, class: Entity<E>, condition: impl Condition) -> Self {
        let _ = class;
        self.with_class_criteria(ClassCriteria::of(E::class, condition.condition(), false))
    }

    /// As [`with_criteria`](Self::with_criteria), also where the class goes by the name of an alias.
    pub fn with_criteria_of_aliases<E: Mapped>(self, class: Entity<E>, condition: impl Condition) -> Self {
        let _ = class;
        self.with_class_criteria(ClassCriteria::of(E::class, condition.condition(), true))
    }

    pub(super) fn with_class_criteria(mut self, criteria: ClassCriteria) -> Self {
        self.parts.add_criteria(criteria);
        self
    }

    /// Overwrites objects that the session has already by what the rows hold, changes included.
    pub fn populate_existing(mut self) -> Self {
        self.parts.running.populate_existing = true;
        self
    }

    /// Whether what changed is flushed before the query runs; it is unless this says no.
    pub fn autoflush(mut self, flush: bool) -> Self {
        self.parts.running.no_autoflush = !flush;
        self
    }
}

impl<V: Typed> Select<V> {
    /// The value of its only row, as an expression; `NULL` where it has none, which is asked for by `.optional()`.
    pub fn scalar(self) -> Expr<V> {
        Expr::of(self.sql())
    }
}

impl Select<AnyRow> {
    /// The value of its only item and row, as an expression.
    pub fn scalar(self) -> Expr<Value> {
        Expr::of(value(self))
    }
}

/// Whether the query has a row.
///
/// ```
/// use orm_core::{Expr, Select, exists};
/// fn any<R>(query: Select<R>) -> Expr<bool> {
///     exists(query)
/// }
/// ```
pub fn exists<R>(query: impl IntoSelect<R>) -> Expr<bool> {
    Expr::of(Tree::late(Leaf::Query(query.select().into_parts(), Use::Exists)))
}

/// What runs a query takes: the query, or a reference to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no query whose rows are `{R}`",
    label = "expected a query of `{R}`"
)]
pub trait IntoSelect<R> {
    /// The query.
    #[doc(hidden)]
    fn select(self) -> Select<R>;
}

/// All objects of the class.
#[diagnostic::do_not_recommend]
impl<E: Mapped> IntoSelect<Obj<E>> for Entity<E> {
    fn select(self) -> Select<Obj<E>> {
        select(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R> IntoSelect<R> for Select<R> {
    fn select(self) -> Select<R> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R> IntoSelect<R> for &Select<R> {
    fn select(self) -> Select<R> {
        self.clone()
    }
}

/// A query that nests too deep as one whose only item is an error.
fn bounded(parts: QueryParts) -> QueryParts {
    if Depth::depth(&parts) <= MAX_DEPTH {
        return parts;
    }
    let mut deep = QueryParts::default();
    deep.add_item(Item::Value { tree: Tree::TooDeep, name: None });
    deep
}

impl<R> Clone for Select<R> {
    fn clone(&self) -> Self {
        Select { parts: self.parts.clone(), row: PhantomData }
    }
}

impl<R> fmt::Debug for Select<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}

/// The value, or the rows, of a query within an expression.
pub(super) fn value<R>(query: Select<R>) -> Tree<Leaf> {
    Tree::late(Leaf::Query(query.into_parts(), Use::Value))
}

pub(super) fn lent_value<R>(query: &Select<R>) -> Tree<Leaf> {
    value(query.clone())
}

operands! {
    [V] V, Select<V>, value;
    [V] Option<V>, Select<V>, value;
    [V] V, Select<Option<V>>, value;
    [V] V, &Select<V>, lent_value;
    [V] Option<V>, &Select<V>, lent_value;
    [V] V, &Select<Option<V>>, lent_value;
}

sql_exprs! {
    [] Select<V>, value;
    [] &Select<V>, lent_value;
}

/// What `in_` takes besides lists.
macro_rules! lists {
    ($($value:ty, $query:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V> InList<$value> for $query {
            fn list(self) -> Vec<Tree<Leaf>> {
                vec![value(self.clone())]
            }
        }
    )*};
}

lists! {
    V, Select<V>;
    Option<V>, Select<V>;
    V, Select<Option<V>>;
    V, &Select<V>;
    Option<V>, &Select<V>;
    V, &Select<Option<V>>;
}

/// The value of a query of one column, as a column of this one.
#[diagnostic::do_not_recommend]
impl<V: Typed> Selectable for Select<V> {
    type Row = V;

    fn add(self, parts: &mut QueryParts) {
        parts.add_value(self.sql());
    }
}
