//! Large collections as queries: the rows of an object's collection, selected, inserted, changed or deleted by one statement.

use super::alias::Entity;
use super::change::{Delete, Insert, Update, delete, insert, update};
use super::expr::Expr;
use super::leaf::{Leaf, RelationRef};
use super::order::OrderBy;
use super::parts::Source;
use super::relation_op::{linked_to, parent_of, watch_key};
use super::select::{Select, select};
use crate::declare::{AliasId, Direction, SlotId};
use crate::mapper::Pair;
use crate::sql::Tree;
use crate::state::typed::collection::Collection;
use crate::state::typed::large::{DynamicCollection, WriteOnlyCollection};
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Obj;

/// The condition that a row belongs to the collection.
fn belongs<T: Mapped>(collection: &Collection<T>) -> Expr<bool> {
    match collection.relation() {
        Ok(relation) => parent_of(collection.owner(), RelationRef::to(relation), AliasId::NONE),
        Err(error) => Expr::of(Leaf::wrong(error.to_string())),
    }
}

/// The items of the collection, in its order.
pub(crate) fn items<T: Mapped>(collection: &Collection<T>) -> Select<Obj<T>> {
    let class = select(Entity::<T>::new());
    // Links are rows of the query, so that they may order it, and conditions name them.
    let query = match collection.relation() {
        Ok(relation) if relation.links_are_rows() => {
            let links = relation.secondary().map(|table| Source::Table(table.name, AliasId::NONE));
            let links = links.into_iter().collect::<Vec<_>>();
            class
                .from(Entity::<T>::new())
                .from(links)
                .filter(linked_to(collection.owner(), RelationRef::to(relation)))
        }
        _ => class.filter(belongs(collection)),
    };
    let order = collection.relation().map(|relation| relation.order_by()).unwrap_or_default();
    query.order_by(order.iter().map(OrderBy::of_declared).collect::<Vec<_>>())
}

/// The keys that the rows of the collection have from its object.
fn keys<T: Mapped>(collection: &Collection<T>) -> Result<Vec<(SlotId, Tree<Leaf>)>, Tree<Leaf>> {
    let relation = collection.relation().map_err(|error| Leaf::wrong(error.to_string()))?;
    let (class, name) = (relation.class(), relation.name());
    if relation.direction() != Direction::OneToMany {
        let target = relation.target().class();
        return Err(Leaf::wrong(format!(
            "rows of `{class}.{name}` have no key of what they belong to, since it is many-to-many: \
             run `insert({target})`, and add the objects that it gives back"
        )));
    }
    if relation.pairs().is_empty() {
        return Err(Leaf::wrong(format!(
            "`{class}.{name}` says of no column that it has the key of its object"
        )));
    }
    let owner = collection.owner();
    watch_key(owner, relation);
    let target = relation.target();
    let key = |pair: &Pair| (target.slot(pair.remote), Tree::Late(Leaf::Key(owner.clone(), pair.local)));
    Ok(relation.pairs().iter().map(key).collect())
}

macro_rules! changed_by_statement {
    ($($name:ident)*) => {$(
        impl<T: Mapped> $name<T> {
            /// A query for its items, in the order that the relationship says. More conditions, an order, a limit are
            /// added as to any query.
            ///
            /// The object's key is read when the query runs, after the session has flushed.
            pub fn select(&self) -> Select<Obj<T>> {
                items(self.collection())
            }

            /// A statement that inserts rows which are its items: each has the object's key in its foreign key, as
            /// that is when the statement runs. Run it by `session.run(...)`.
            ///
            /// What wasn't flushed when it runs is flushed first. No objects come of the rows, and of a many-to-many
            /// collection there is no such: it is a `query` error.
            pub fn insert(&self) -> Insert<T> {
                insert(Entity::<T>::new()).belonging(keys(self.collection()))
            }

            /// A statement that changes rows of its items. Run it by `session.run(...)`.
            ///
            /// What wasn't flushed when it runs is flushed first.
            pub fn update(&self) -> Update<T> {
                update(Entity::<T>::new()).filter(belongs(self.collection()))
            }

            /// A statement that deletes rows of its items. Run it by `session.run(...)`. Of a many-to-many collection
            /// it deletes the items, not only their links: those the database deletes by `on_delete`, or it refuses.
            pub fn delete(&self) -> Delete<T> {
                delete(Entity::<T>::new()).filter(belongs(self.collection()))
            }
        }
    )*};
}

changed_by_statement! { WriteOnlyCollection DynamicCollection }
