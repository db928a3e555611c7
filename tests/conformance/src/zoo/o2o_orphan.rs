//! One to one, `delete-orphan` from the parent, a single parent on the way back.

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
    #[relationship(back_populates = "parent", cascade = "all, delete-orphan")]
    pub child: Option<One<Child>>,
}

#[derive(Mapped)]
#[mapped(table = "child", registry = Zoo)]
pub struct Child {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = Parent::id, unique)]
    pub parent_id: Option<i64>,
    #[relationship(back_populates = "child", single_parent)]
    pub parent: Option<One<Parent>>,
}
