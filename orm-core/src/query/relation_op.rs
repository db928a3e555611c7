//! Conditions of relationships: `any` and `contains` of collections, `has` and `is` of to-ones, `with_parent`.

use super::criteria::{Criterion, Node, RelationRef};
use crate::declare::{Relationship, ToMany, ToOne};
use crate::error::Result;
use crate::mapper::{Mapper, local_columns};
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
    pub fn any(self, condition: impl Into<Criterion>) -> Criterion {
        exists(self, Some(condition.into()))
    }

    /// Whether the collection has an item at all.
    pub fn any_item(self) -> Criterion {
        exists(self, None)
    }

    /// Whether the object is in the collection.
    pub fn contains(self, object: &Obj<T>) -> Criterion {
        leads_to(self, Some(object))
    }

    /// Whether the collection has no items.
    pub fn is_empty(self) -> Criterion {
        exists(self, None).not()
    }
}

impl<S: Tracked, T: Live> Relationship<S, T, ToOne> {
    /// Whether the to-one relationship leads to an object that meets the condition.
    pub fn has(self, condition: impl Into<Criterion>) -> Criterion {
        exists(self, Some(condition.into()))
    }

    /// Whether the to-one relationship leads to an object at all, by a look at the other table.
    pub fn has_one(self) -> Criterion {
        exists(self, None)
    }

    /// Whether it leads to this object, by a look at the foreign key where that stands on this side.
    pub fn is(self, object: &Obj<T>) -> Criterion {
        leads_to(self, Some(object))
    }

    /// Whether it leads to nothing.
    pub fn is_none(self) -> Criterion {
        leads_to(self, None)
    }
}

fn exists<S: Tracked, T: Live, N>(
    relation: Relationship<S, T, N>,
    condition: Option<Criterion>,
) -> Criterion {
    Criterion(Node::Exists { relation: RelationRef::of(relation), condition: condition.map(Box::new) })
}

fn leads_to<S: Tracked, T: Live, N>(relation: Relationship<S, T, N>, object: Option<&Obj<T>>) -> Criterion {
    let object = object.map(|object| Obj::handle(object).clone());
    Criterion(Node::LeadsTo { relation: RelationRef::of(relation), object })
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
pub fn with_parent<S: Tracked, T: Live, N>(object: &Obj<S>, relation: Relationship<S, T, N>) -> Criterion {
    child_of(Obj::handle(object), RelationRef::of(relation))
}

/// As [`with_parent`], by names.
///
/// # Errors
/// `unknown-attribute`.
pub fn parent_is(object: &AnyObj, relation: &str) -> Result<Criterion> {
    let object = Obj::handle(object);
    let relation = by_name(object.header().mapper(), relation)?;
    Ok(child_of(object, relation))
}

/// The object's key is what it is when the query runs, or, where the object has left its session by then and
/// is expired, what it last was.
fn child_of(object: &Handle, relation: RelationRef) -> Criterion {
    if let Ok((_, found)) = relation.resolve() {
        for column in local_columns(found) {
            // An object that is being read can't be watched; then only the value of now counts.
            let _ = column::watch(object, found.mapper().slot(column));
        }
    }
    Criterion(Node::ChildOf { object: object.clone(), relation })
}

/// Whether a relationship leads to anything, by names: `any` and `has` in one.
///
/// # Errors
/// `unknown-attribute`.
pub fn related_exists(mapper: &'static Mapper, relation: &str) -> Result<Criterion> {
    Ok(Criterion(Node::Exists { relation: by_name(mapper, relation)?, condition: None }))
}

fn by_name(mapper: &'static Mapper, relation: &str) -> Result<RelationRef> {
    match mapper.relation_named(relation) {
        Some(relation) => Ok(RelationRef::at(mapper, relation.slot().index())),
        None => Err(mapper.unknown_attribute(relation)),
    }
}
