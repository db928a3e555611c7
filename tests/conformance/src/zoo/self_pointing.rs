//! A row that may point at itself: its key is written by an update of its own.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "person", registry = Zoo)]
pub struct Person {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = Person::id)]
    pub related_id: Option<i64>,
    #[relationship(remote_side = Person::id, post_update)]
    pub related: Option<One<Person>>,
}
