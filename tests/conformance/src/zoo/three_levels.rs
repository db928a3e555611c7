//! Three classes in a row, cascades all along, no way back.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "a", registry = Zoo)]
pub struct A {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(cascade = "all, delete-orphan", order_by = B::id)]
    pub bs: Many<B>,
}

#[derive(Mapped)]
#[mapped(table = "b", registry = Zoo)]
pub struct B {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = A::id)]
    pub a_id: Option<i64>,
    #[relationship(cascade = "all, delete-orphan", order_by = C::id)]
    pub cs: Many<C>,
}

#[derive(Mapped)]
#[mapped(table = "c", registry = Zoo)]
pub struct C {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = B::id)]
    pub b_id: Option<i64>,
}
