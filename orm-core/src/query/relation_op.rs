//! Conditions of relationships: `any`, `has`, `contains`, `is`, `with_parent`.

use super::criteria::{Criterion, Node, RelationRef};
use crate::declare::Relationship;
use crate::error::Result;
use crate::mapper::{Mapper, local_columns};
use crate::state::attr::column;
use crate::state::{AnyObj, Handle, Live, Obj, Tracked};

impl<S: Tracked, T: Live> Relationship<S, T> {
    /// Whether the collection has an item that meets the condition.
    ///
    /// ```ignore
    /// select(User).filter(User::addresses.any(Address::email.ends_with("@example.org")))
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
        Criterion(Node::LeadsTo { relation: RelationRef::of(self), object: Some(Obj::handle(object).clone()) })
    }

    /// Whether it leads to nothing.
    pub fn is_none(self) -> Criterion {
        Criterion(Node::LeadsTo { relation: RelationRef::of(self), object: None })
    }
}

/// Whether a row is one that the relationship of an object leads to. The object's key is read when the query
/// runs, after the flush.
///
/// ```ignore
/// select(Address).filter(with_parent(&ed, User::addresses))
/// ```
pub fn with_parent<S: Tracked, T: Live>(object: &Obj<S>, relation: Relationship<S, T>) -> Criterion {
    child_of(Obj::handle(object), RelationRef::of(relation))
}

/// As [`with_parent`], by names.
///
/// # Errors
/// `unknown-attribute`.
pub fn parent_is(object: &AnyObj, relation: &str) -> Result<Criterion> {
    let object = Obj::handle(object);
    let relation = by_name(object.core().mapper(), relation)?;
    Ok(child_of(object, relation))
}

/// The object's key is what it is when the query runs, or, where the object has left its session by then and
/// is expired, what it last was.
fn child_of(object: &Handle, relation: RelationRef) -> Criterion {
    if let Ok((_, found)) = relation.resolve() {
        for index in local_columns(found) {
            // An object that is being read can't be watched; then only the value of now counts.
            let _ = column::watch(object, index);
        }
    }
    Criterion(Node::ChildOf { object: object.clone(), relation })
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
