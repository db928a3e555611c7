//! One to one, both ways, default cascade.

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
    #[relationship(back_populates = "parent")]
    pub child: Option<One<Child>>,
}

#[derive(Mapped)]
#[mapped(table = "child", registry = Zoo)]
pub struct Child {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = Parent::id)]
    pub parent_id: Option<i64>,
    #[relationship(back_populates = "child")]
    pub parent: Option<One<Parent>>,
}
