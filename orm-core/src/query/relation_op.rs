//! Conditions of relationships: `any`, `has`, `contains`, `is`, `with_parent`.

use super::criteria::{Criterion, Node, RelationRef};
use crate::declare::Relationship;
use crate::error::Result;
use crate::mapper::Mapper;
use crate::state::{AnyObj, Live, Obj, Tracked};

impl<S: Tracked, T: Live> Relationship<S, T> {
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
        self.exists(Some(condition.into()), true)
    }

    /// Whether the collection has an item at all.
    pub fn any_item(self) -> Criterion {
        self.exists(None, true)
    }

    /// Whether the to-one relationship leads to an object that meets the condition.
    pub fn has(self, condition: impl Into<Criterion>) -> Criterion {
        self.exists(Some(condition.into()), false)
    }

    /// Whether the to-one relationship leads to an object at all, by a look at the other table.
    pub fn has_one(self) -> Criterion {
        self.exists(None, false)
    }

    fn exists(self, condition: Option<Criterion>, many: bool) -> Criterion {
        Criterion(Node::Exists {
            relation: RelationRef::of(self),
            condition: condition.map(Box::new),
            many: Some(many),
        })
    }

    /// Whether it leads to this object: for a to-one relationship a look at the foreign key, for a collection
    /// whether the object is in it.
    pub fn leads_to(self, object: &Obj<T>) -> Criterion {
        Criterion(Node::LeadsTo {
            relation: RelationRef::of(self),
            object: Some(Obj::handle(object).clone()),
        })
    }

    /// Whether it leads to nothing.
    pub fn is_none(self) -> Criterion {
        Criterion(Node::LeadsTo { relation: RelationRef::of(self), object: None })
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
pub fn with_parent<S: Tracked, T: Live>(object: &Obj<S>, relation: Relationship<S, T>) -> Criterion {
    Criterion(Node::ChildOf { object: Obj::handle(object).clone(), relation: RelationRef::of(relation) })
}

/// As [`with_parent`], by names.
///
/// # Errors
/// `unknown-attribute`.
pub fn parent_is(object: &AnyObj, relation: &str) -> Result<Criterion> {
    let object = Obj::handle(object);
    let relation = by_name(object.core().mapper(), relation)?;
    Ok(Criterion(Node::ChildOf { object: object.clone(), relation }))
}

/// Whether a relationship leads to anything, by names: `any` and `has` in one.
///
/// # Errors
/// `unknown-attribute`.
pub fn related_exists(mapper: &'static Mapper, relation: &str) -> Result<Criterion> {
    Ok(Criterion(Node::Exists { relation: by_name(mapper, relation)?, condition: None, many: None }))
}

fn by_name(mapper: &'static Mapper, relation: &str) -> Result<RelationRef> {
    match mapper.relation_named(relation) {
        Some(relation) => Ok(RelationRef::at(mapper, relation.index())),
        None => Err(mapper.unknown_attribute(relation)),
    }
}
