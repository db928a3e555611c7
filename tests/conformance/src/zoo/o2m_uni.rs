//! One to many, one way, default cascade.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "parent", registry = Zoo)]
pub struct Parent {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(order_by = Child::id)]
    pub children: Many<Child>,
}

#[derive(Mapped)]
#[mapped(table = "child", registry = Zoo)]
pub struct Child {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = Parent::id)]
    pub parent_id: Option<i64>,
}
