//! `Alias`: a class under another name in a query. `Entity`: the class by its own.

use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::expr::Expr;
use super::leaf::{ClassRef, Leaf};
use super::named::Subquery;
use super::parts::{ClassRows, Source};
use crate::declare::{AliasId, Column, Declared, Relationship};
use crate::sql::Tree;
use crate::state::typed::mapped::Mapped;

/// A class as a value: what the constant `User` of a mapped struct is.
pub struct Entity<T>(PhantomData<fn() -> T>);

impl<T> Entity<T> {
    /// The class. For generated code.
    #[doc(hidden)]
    #[allow(clippy::new_without_default, reason = "only generated code makes one")]
    pub const fn new() -> Self {
        Entity(PhantomData)
    }

    /// Its objects, or none: for a class whose rows may be missing, as behind an outer join.
    pub fn optional(self) -> Optional<Self> {
        Optional(self)
    }
}

impl<T> Clone for Entity<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Entity<T> {}

impl<T: Declared> fmt::Debug for Entity<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::CLASS)
    }
}

/// A class under another name, so that a query can have it twice: made by [`aliased`].
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct Employee {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// #     #[column(foreign_key = Employee::id)]
/// #     manager_id: Option<i64>,
/// #     #[relationship(back_populates = "reports", remote_side = Employee::id)]
/// #     manager: Option<One<Employee>>,
/// #     #[relationship(back_populates = "manager")]
/// #     reports: Many<Employee>,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # session.add(Employee::builder().name("ed").reports([Employee::builder().name("jo")]))?;
/// let manager = aliased(Employee);
/// let query = select((Employee::name, manager.of(Employee::name))).join(Employee::manager.to(manager));
/// assert_eq!(session.execute(query)?.all()?, [("jo".to_owned(), "ed".to_owned())]);
/// # Ok(())
/// # }
/// ```
pub struct Alias<E> {
    id: AliasId,
    class: PhantomData<fn() -> E>,
}

/// A class under another name: see [`Alias`].
pub fn aliased<E: Mapped>(class: Entity<E>) -> Alias<E> {
    let _ = class;
    Alias { id: AliasId::next(), class: PhantomData }
}

impl<E> Alias<E> {
    /// A column or a relationship of this alias, or an expression of columns of its class as one of this alias.
    pub fn of<M: Member<E>>(self, member: M) -> M {
        member.of_alias(self.id)
    }

    /// Its objects, or none: for an alias whose rows may be missing, as behind an outer join.
    pub fn optional(self) -> Optional<Self> {
        Optional(self)
    }

    pub(crate) fn id(self) -> AliasId {
        self.id
    }
}

impl<E> Clone for Alias<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Alias<E> {}

impl<E: Declared> fmt::Debug for Alias<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Alias").field(&E::CLASS).finish()
    }
}

/// A query with a name whose rows are objects of a class: made by [`aliased_as`].
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # use orm::aliased_as;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # let ed = session.add(User::builder().name("ed"))?;
/// # session.add(User::builder().name("jo"))?;
/// let first = select(User).order_by(User::id).limit(1).subquery("first");
/// let user = aliased_as(User, &first);
/// assert_eq!(session.scalars(select(&user).filter(user.of(User::name).ne("jo")))?.all()?, [ed]);
/// # Ok(())
/// # }
/// ```
pub struct QueryAlias<E> {
    alias: Alias<E>,
    rows: ClassRows,
}

/// The rows of a query that selects a class, or an alias of it, as objects of it: see [`QueryAlias`].
pub fn aliased_as<E: Mapped>(selected: impl ClassOrAlias<E>, rows: &Subquery) -> QueryAlias<E> {
    let alias = Alias { id: AliasId::of_query(), class: PhantomData };
    QueryAlias { alias, rows: ClassRows { query: rows.clone(), of: selected.alias() } }
}

/// A class or an alias of one: what a query selects as objects.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no class, and no alias of one",
    label = "expected a class or an alias that the query selects"
)]
pub trait ClassOrAlias<E> {
    /// Which alias it is, if it is one.
    #[doc(hidden)]
    fn alias(self) -> AliasId;
}

#[diagnostic::do_not_recommend]
impl<E: Mapped> ClassOrAlias<E> for Entity<E> {
    fn alias(self) -> AliasId {
        AliasId::NONE
    }
}

#[diagnostic::do_not_recommend]
impl<E: Mapped> ClassOrAlias<E> for Alias<E> {
    fn alias(self) -> AliasId {
        self.id
    }
}

impl<E> QueryAlias<E> {
    /// A column or a relationship of it, or an expression of columns of its class as one of it.
    pub fn of<M: Member<E>>(&self, member: M) -> M {
        self.alias.of(member)
    }

    /// Its objects, or none: for one whose rows may be missing, as behind an outer join.
    pub fn optional(&self) -> Optional<&Self> {
        Optional(self)
    }

    pub(crate) fn id(&self) -> AliasId {
        self.alias.id
    }

    pub(crate) fn rows(&self) -> &ClassRows {
        &self.rows
    }
}

impl<E> Clone for QueryAlias<E> {
    fn clone(&self) -> Self {
        QueryAlias { alias: self.alias, rows: self.rows.clone() }
    }
}

impl<E: Declared> fmt::Debug for QueryAlias<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("QueryAlias").field(&E::CLASS).field(&self.rows.query).finish()
    }
}

/// What may be missing in a row, and is an `Option` there: made by `optional()`.
#[derive(Clone, Copy, Debug)]
pub struct Optional<W>(pub(super) W);

/// A column or a relationship of a class, or an expression of its columns: what an alias of the class has too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column or relationship of `{E}`",
    label = "expected a member of `{E}`, or an expression of its columns"
)]
pub trait Member<E> {
    /// The same of an alias.
    #[doc(hidden)]
    #[must_use]
    fn of_alias(self, alias: AliasId) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E, V> Member<E> for Column<E, V> {
    fn of_alias(self, alias: AliasId) -> Self {
        Column::of_alias(self, alias)
    }
}

/// An expression of columns of the class, which are those of the alias then.
#[diagnostic::do_not_recommend]
impl<E: Mapped, V, K> Member<E> for Expr<V, K> {
    fn of_alias(self, alias: AliasId) -> Self {
        let table = ClassRef::Entry(E::class).table();
        Expr::of(Tree::late(Leaf::OfAlias(Rc::new(self.into_tree()), table, alias)))
    }
}

#[diagnostic::do_not_recommend]
impl<E, U, N> Member<E> for Relationship<E, U, N> {
    fn of_alias(self, alias: AliasId) -> Self {
        Relationship::of_alias(self, alias)
    }
}

impl<E: Mapped> From<Entity<E>> for Source {
    fn from(class: Entity<E>) -> Self {
        let _ = class;
        Source::Class(ClassRef::Entry(E::class), AliasId::NONE)
    }
}

impl<E: Mapped> From<Alias<E>> for Source {
    fn from(alias: Alias<E>) -> Self {
        Source::Class(ClassRef::Entry(E::class), alias.id)
    }
}

impl<E: Mapped> From<&QueryAlias<E>> for Source {
    fn from(alias: &QueryAlias<E>) -> Self {
        Source::Entity(ClassRef::Entry(E::class), alias.id(), alias.rows.clone())
    }
}
