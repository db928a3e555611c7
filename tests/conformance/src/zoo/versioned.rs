//! One to many, both ways; rows of both classes have versions.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "user_account", registry = Zoo)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(version_id)]
    pub version: i64,
    #[relationship(back_populates = "user", cascade = "all, delete-orphan", order_by = Address::id)]
    pub addresses: Many<Address>,
}

#[derive(Mapped)]
#[mapped(table = "address", registry = Zoo)]
pub struct Address {
    #[column(primary_key)]
    pub id: i64,
    pub email: Option<String>,
    #[column(foreign_key = User::id)]
    pub user_id: Option<i64>,
    #[column(version_id)]
    pub version: i64,
    #[relationship(back_populates = "addresses")]
    pub user: Option<One<User>>,
}
