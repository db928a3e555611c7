//! Large collections as queries: the rows of an object's collection, selected, changed or deleted by one statement.

use super::alias::Entity;
use super::change::{Delete, Update, delete, update};
use super::expr::Expr;
use super::leaf::{Leaf, RelationRef};
use super::order::OrderBy;
use super::relation_op::parent_of;
use super::select::{Select, select};
use crate::declare::AliasId;
use crate::state::typed::collection::Collection;
use crate::state::typed::large::{DynamicCollection, WriteOnlyCollection};
use crate::state::typed::obj::Obj;
use crate::state::typed::tracked::Tracked;

/// The condition that a row belongs to the collection.
fn belongs<T: Tracked>(collection: &Collection<T>) -> Expr<bool> {
    match collection.relation() {
        Ok(relation) => parent_of(collection.owner(), RelationRef::at(relation), AliasId::NONE),
        Err(error) => Expr::of(Leaf::wrong(error.to_string())),
    }
}

/// The items of the collection, in its order.
pub(crate) fn items<T: Tracked>(collection: &Collection<T>) -> Select<Obj<T>> {
    let query = select(Entity::<T>::new()).filter(belongs(collection));
    let order = collection.relation().map(|relation| relation.order_by()).unwrap_or_default();
    query.order_by(order.iter().map(OrderBy::of_declared).collect::<Vec<_>>())
}

macro_rules! changed_by_statement {
    ($($name:ident)*) => {$(
        impl<T: Tracked> $name<T> {
            /// A query for its items, in the order that the relationship says. More conditions, an order, a limit are
            /// added as to any query.
            ///
            /// The object's key is read when the query runs, after the session has flushed.
            pub fn select(&self) -> Select<Obj<T>> {
                items(self.collection())
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
