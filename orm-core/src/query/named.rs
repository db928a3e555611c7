//! `Subquery`: a query with a name, as data; with `QueryParts` and `Leaf`, what a query is made of.

#![allow(
    unreachable_pub,
    reason = "public traits of the query layer use them, and nothing outside can name them"
)]

use std::fmt;
use std::rc::Rc;

use super::leaf::Leaf;
use super::parts::{QueryParts, Source};
use crate::declare::AliasId;
use crate::sql::{Name, QUERY_DEPTH, SetOp, Tree, full_name};

/// A query with a name, as a source of others: made by [`subquery`](super::Select::subquery) and
/// [`cte`](super::Select::cte) of a query, or by [`values`](super::values).
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
/// #     orders: Many<Sale>,
/// # }
/// # #[derive(Mapped)]
/// # struct Sale {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     total: i64,
/// #     #[column(foreign_key = User::id)]
/// #     user_id: i64,
/// #     #[relationship(back_populates = "orders")]
/// #     user: One<User>,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # session.add(User::builder().name("ed").orders([Sale::builder().total(3), Sale::builder().total(4)]))?;
/// let total = func::sum(Sale::total).label("total");
/// let totals = select((Sale::user_id, &total)).group_by(Sale::user_id).subquery("totals");
/// let query = select((User::name, totals.of(&total)))
///     .join(totals.on(totals.of(Sale::user_id).eq(User::id)));
/// assert_eq!(session.execute(query)?.all()?, [("ed".to_owned(), Some(7))]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Subquery(Rc<Named>);

/// What a [`Subquery`] is.
pub(crate) struct Named {
    pub(crate) id: AliasId,
    pub(crate) name: Name,
    pub(crate) kind: Kind,
    depth: u16,
}

/// Where the rows of a [`Subquery`] come from.
pub(crate) enum Kind {
    /// A query, written where it is used.
    Subquery(Rc<QueryParts>),
    /// A query, written before the statement. The second part reads it by its name.
    Common(Rc<QueryParts>, Option<(SetOp, Rc<QueryParts>)>),
    /// The common table of this id, within its own second part.
    This(Rc<QueryParts>),
    /// A list of rows, with the names of its columns.
    Values(Vec<Name>, Vec<Vec<Tree<Leaf>>>),
    /// A function whose value is rows, with its arguments.
    Func(Name, Vec<Tree<Leaf>>),
    /// Another one, under another name.
    Alias(Subquery),
}

impl Subquery {
    pub(super) fn of_kind(id: AliasId, name: Name, kind: Kind) -> Self {
        // A point in the name of a query isn't that behind a schema.
        let name = if name.contains('.') { Name::made(full_name(None, &name)) } else { name };
        let inner = match &kind {
            Kind::Subquery(parts) | Kind::Common(parts, None) | Kind::This(parts) => parts.depth(),
            Kind::Common(parts, Some((_, step))) => parts.depth().max(step.depth()),
            Kind::Values(_, rows) => rows.iter().flatten().map(Tree::depth).max().unwrap_or(0),
            Kind::Func(_, args) => args.iter().map(Tree::depth).max().unwrap_or(0),
            Kind::Alias(of) => return Subquery(Rc::new(Named { id, name, depth: of.depth(), kind })),
        };
        Subquery(Rc::new(Named { id, name, kind, depth: inner.saturating_add(QUERY_DEPTH) }))
    }

    pub(super) fn of_func(name: &'static str, args: Vec<Tree<Leaf>>) -> Self {
        Self::of_kind(AliasId::next(), Name::new(name), Kind::Func(Name::new(name), args))
    }

    /// The same rows under another name, so that a query can have them twice.
    #[must_use]
    pub fn aliased(&self, name: impl Into<Name>) -> Self {
        let of = match &self.0.kind {
            Kind::Alias(of) => of.clone(),
            _ => self.clone(),
        };
        Self::of_kind(AliasId::next(), name.into(), Kind::Alias(of))
    }

    pub(crate) fn named(&self) -> &Named {
        &self.0
    }

    /// Whether both are the same.
    pub(crate) fn is(&self, other: &Subquery) -> bool {
        self.0.id == other.0.id
    }

    pub(crate) fn depth(&self) -> u16 {
        self.0.depth
    }
}

impl fmt::Debug for Subquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Subquery").field(&self.0.name).finish()
    }
}

/// A query with a name that is written before the statement (`WITH`): made by [`cte`](super::Select::cte) of a
/// query. It is used as the [`Subquery`] that it dereferences to.
#[derive(Clone, Debug)]
pub struct Cte(pub(super) Subquery);

impl std::ops::Deref for Cte {
    type Target = Subquery;

    fn deref(&self) -> &Subquery {
        &self.0
    }
}

impl From<&Subquery> for Source {
    fn from(query: &Subquery) -> Self {
        Source::Query(query.clone())
    }
}
