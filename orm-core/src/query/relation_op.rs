//! Conditions of relationships: `any` and `contains` of collections, `has` and `is` of to-ones, `with_parent`.

use super::expr::Expr;
use super::leaf::{Leaf, RelationRef, Test};
use super::operand::Condition;
use crate::declare::{Relationship, ToMany, ToOne};
use crate::error::Result;
use crate::mapper::Mapper;
use crate::sql::Tree;
use crate::state::memory::handle::Handle;
use crate::state::read::column;
use crate::state::typed::obj::{AnyObj, Live, Obj};
use crate::state::typed::tracked::Tracked;

impl<S: Tracked, T: Live> Relationship<S, T, ToMany> {
    /// Whether the collection has an item that meets the condition.
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
    pub fn any(self, condition: impl Condition) -> Expr<bool> {
        exists(self, Some(condition.condition()))
    }

    /// Whether the collection has an item at all.
    pub fn any_item(self) -> Expr<bool> {
        exists(self, None)
    }

    /// Whether the object is in the collection.
    pub fn contains(self, object: &Obj<T>) -> Expr<bool> {
        leads_to(self, Some(object))
    }

    /// Whether the collection has no items.
    pub fn is_empty(self) -> Expr<bool> {
        exists(self, None).not()
    }
}

impl<S: Tracked, T: Live> Relationship<S, T, ToOne> {
    /// Whether the to-one relationship leads to an object that meets the condition.
    pub fn has(self, condition: impl Condition) -> Expr<bool> {
        exists(self, Some(condition.condition()))
    }

    /// Whether the to-one relationship leads to an object at all, by a look at the other table.
    pub fn has_one(self) -> Expr<bool> {
        exists(self, None)
    }

    /// Whether it leads to this object, by a look at the foreign key where that stands on this side.
    pub fn is(self, object: &Obj<T>) -> Expr<bool> {
        leads_to(self, Some(object))
    }

    /// Whether it leads to nothing.
    pub fn is_none(self) -> Expr<bool> {
        leads_to(self, None)
    }
}

fn related(relation: RelationRef, test: Test) -> Expr<bool> {
    Expr::of(Tree::late(Leaf::Related(relation, test)))
}

fn exists<S: Tracked, T: Live, N>(
    relation: Relationship<S, T, N>,
    condition: Option<Tree<Leaf>>,
) -> Expr<bool> {
    related(RelationRef::of(relation), Test::Any(condition.map(Box::new)))
}

fn leads_to<S: Tracked, T: Live, N>(relation: Relationship<S, T, N>, object: Option<&Obj<T>>) -> Expr<bool> {
    let object = object.map(|object| Obj::handle(object).clone());
    related(RelationRef::of(relation), Test::Is(object))
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
pub fn with_parent<S: Tracked, T: Live, N>(object: &Obj<S>, relation: Relationship<S, T, N>) -> Expr<bool> {
    child_of(Obj::handle(object), RelationRef::of(relation))
}

/// As [`with_parent`], by names.
///
/// # Errors
/// `unknown-attribute`.
pub fn parent_is(object: &AnyObj, relation: &str) -> Result<Expr<bool>> {
    let object = Obj::handle(object);
    let relation = by_name(object.header().mapper(), relation)?;
    Ok(child_of(object, relation))
}

/// The object's key is what it is when the query runs, or, where the object has left its session by then and
/// is expired, what it last was.
fn child_of(object: &Handle, relation: RelationRef) -> Expr<bool> {
    if let Ok(found) = relation.resolve() {
        for column in found.local_columns() {
            // An object that is being read can't be watched; then only the value of now counts.
            let _ = column::watch(object, found.mapper().slot(*column));
        }
    }
    related(relation, Test::ParentIs(object.clone()))
}

/// Whether a relationship leads to anything, by names: `any` and `has` in one.
///
/// # Errors
/// `unknown-attribute`.
pub fn related_exists(mapper: &'static Mapper, relation: &str) -> Result<Expr<bool>> {
    Ok(related(by_name(mapper, relation)?, Test::Any(None)))
}

fn by_name(mapper: &'static Mapper, relation: &str) -> Result<RelationRef> {
    match mapper.relation_named(relation) {
        Some(relation) => Ok(RelationRef::at(relation)),
        None => Err(mapper.unknown_attribute(relation)),
    }
}
