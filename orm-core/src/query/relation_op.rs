//! Conditions of relationships: `any` and `contains` of collections, `has` and `is` of to-ones, `with_parent`.

use super::expr::Expr;
use super::leaf::{Leaf, RelationRef, Test};
use super::operand::Condition;
use crate::declare::{AliasId, Relationship, ToLarge, ToMany, ToOne};
use crate::mapper::Relation;
use crate::sql::{Op, Tree};
use crate::state::memory::handle::Handle;
use crate::state::read::column;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::{Live, Obj};

/// A relationship that leads to a collection.
#[diagnostic::on_unimplemented(
    message = "this relationship leads to one object, not to a collection",
    label = "`any` and `contains` ask collections: write `has(condition)` or `is(&object)`"
)]
pub trait IsToMany {}

#[diagnostic::do_not_recommend]
impl IsToMany for ToMany {}

#[diagnostic::do_not_recommend]
impl IsToMany for ToLarge {}

/// A relationship that leads to one object or none.
#[diagnostic::on_unimplemented(
    message = "this relationship leads to a collection, not to one object",
    label = "`has` and `is` ask to-ones: write `any(condition)` or `contains(&object)`"
)]
pub trait IsToOne {}

#[diagnostic::do_not_recommend]
impl IsToOne for ToOne {}

/// A relationship that can be loaded, of which an option says how.
#[diagnostic::on_unimplemented(
    message = "a `WriteOnly` or `Dynamic` collection is never loaded as a whole",
    label = "no option loads it: select its items by `.select()` of the object's collection"
)]
pub trait IsLoaded {}

#[diagnostic::do_not_recommend]
impl IsLoaded for ToMany {}

#[diagnostic::do_not_recommend]
impl IsLoaded for ToOne {}

/// No relationship: it says what to write in place of `eq`.
#[diagnostic::on_unimplemented(
    message = "a relationship isn't compared by `eq`",
    label = "write `is(&object)` for a to-one, `contains(&object)` for a collection"
)]
#[doc(hidden)]
pub trait ComparedByEq {}

impl<S: Mapped, T: Live, N> Relationship<S, T, N> {
    /// Whether the collection has an item that meets the condition; `any(())` for any item.
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
    /// let query = select(User).filter(User::addresses.any(Address::email.ends_with("@example.org")));
    /// assert_eq!(session.scalars(query)?.all()?, [user]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn any(self, condition: impl Condition) -> Expr<bool>
    where
        N: IsToMany,
    {
        self.related(Test::Any(some(condition.condition())))
    }

    /// Whether the collection has an item at all.
    pub fn any_item(self) -> Expr<bool>
    where
        N: IsToMany,
    {
        self.related(Test::Any(None))
    }

    /// Whether the object is in the collection.
    pub fn contains(self, object: &Obj<T>) -> Expr<bool>
    where
        N: IsToMany,
    {
        self.leads_to(Some(object))
    }

    /// Whether the collection has no items.
    pub fn is_empty(self) -> Expr<bool>
    where
        N: IsToMany,
    {
        self.related(Test::Any(None)).not()
    }

    /// Whether the to-one relationship leads to an object that meets the condition; `has(())` for any object.
    pub fn has(self, condition: impl Condition) -> Expr<bool>
    where
        N: IsToOne,
    {
        self.related(Test::Any(some(condition.condition())))
    }

    /// Whether the to-one relationship leads to an object at all, by a look at the other table.
    pub fn has_one(self) -> Expr<bool>
    where
        N: IsToOne,
    {
        self.related(Test::Any(None))
    }

    /// Whether it leads to this object, by a look at the foreign key where that stands on this side. The object's key is
    /// read when the query runs, after the flush.
    pub fn is(self, object: &Obj<T>) -> Expr<bool>
    where
        N: IsToOne,
    {
        self.leads_to(Some(object))
    }

    /// Whether it leads to another object than this one, or to none. `!relationship.is(&object)` leaves out those that
    /// lead to none, as SQL does.
    pub fn is_not(self, object: &Obj<T>) -> Expr<bool>
    where
        N: IsToOne,
    {
        self.related(Test::IsNot(Obj::handle(object).clone()))
    }

    /// Whether it leads to nothing.
    pub fn is_none(self) -> Expr<bool>
    where
        N: IsToOne,
    {
        self.leads_to(None)
    }

    /// Whether it leads to something.
    pub fn is_some(self) -> Expr<bool>
    where
        N: IsToOne,
    {
        self.leads_to(None).not()
    }

    /// There is no such comparison; the message says what there is.
    #[doc(hidden)]
    pub fn eq<O>(self, object: O) -> Expr<bool>
    where
        N: ComparedByEq,
    {
        let _ = object;
        self.related(Test::Any(None))
    }

    fn related(self, test: Test) -> Expr<bool> {
        related(RelationRef::of(self), (self.from_alias(), self.to_alias()), test)
    }

    fn leads_to(self, object: Option<&Obj<T>>) -> Expr<bool> {
        self.related(Test::Is(object.map(|object| Obj::handle(object).clone())))
    }
}

/// A condition that says something.
pub(crate) fn some(condition: Tree<Leaf>) -> Option<Box<Tree<Leaf>>> {
    let is_trivial = matches!(&condition, Tree::Node(Op::And, _, none) if none.is_empty());
    (!is_trivial).then(|| Box::new(condition))
}

pub(crate) fn related(relation: RelationRef, (from, to): (AliasId, AliasId), test: Test) -> Expr<bool> {
    if let Test::Is(Some(object)) | Test::IsNot(object) = &test {
        watch_target(object, &relation);
    }
    Expr::of(Tree::late(Leaf::Related { relation, from, to, test }))
}

/// What a condition asks of an object that a relationship may lead to: it is asked for when the query runs, and the object
/// may have been expired and have left its session by then.
fn watch_target(object: &Handle, relation: &RelationRef) {
    let pairs = relation.resolve().map_or(&[][..], Relation::slot_pairs).iter().map(|pair| pair.remote);
    for place in object.header().mapper().key_slots().iter().copied().chain(pairs) {
        let _ = column::watch(object, place); // as in `watch_key`
    }
}

/// Whether a row is one that the relationship of an object leads to. The object's key is read when the query
/// runs, after the flush.
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
/// let query = select(Address).filter(with_parent(&user, User::addresses));
/// assert_eq!(session.scalars(query)?.all()?.len(), 1);
/// # Ok(())
/// # }
/// ```
pub fn with_parent<S: Mapped, T: Live, N>(object: &Obj<S>, relation: Relationship<S, T, N>) -> Expr<bool> {
    let relation_ref = RelationRef::of(relation);
    parent_of(Obj::handle(object), relation_ref, relation.to_alias())
}

/// The object's key is what it is when the query runs, or, where the object has left its session by then and
/// is expired, what it last was.
pub(super) fn parent_of(object: &Handle, relation: RelationRef, to: AliasId) -> Expr<bool> {
    if let Ok(found) = relation.resolve() {
        watch_key(object, found);
    }
    related(relation, (AliasId::NONE, to), Test::ParentIs(object.clone()))
}

/// The same of a row of a query which has the links among its sources.
pub(super) fn linked_to(object: &Handle, relation: RelationRef) -> Expr<bool> {
    if let Ok(found) = relation.resolve() {
        watch_key(object, found);
    }
    related(relation, (AliasId::NONE, AliasId::NONE), Test::LinkedTo(object.clone()))
}

pub(super) fn watch_key(object: &Handle, relation: &'static Relation) {
    for column in relation.local_columns() {
        // An object that is being read can't be watched; then only the value of now counts.
        let _ = column::watch(object, relation.mapper().slot(*column));
    }
}
