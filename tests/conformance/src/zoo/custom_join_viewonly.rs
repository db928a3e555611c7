//! A writable collection beside one that is only read, filtered by `primaryjoin`.

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
    #[relationship(back_populates = "user", order_by = Address::id)]
    pub addresses: Many<Address>,
    #[relationship(
        viewonly,
        order_by = Address::id,
        primaryjoin = User::id.eq(Address::user_id).and(Address::city.eq("Boston"))
    )]
    pub boston_addresses: Many<Address>,
}

#[derive(Mapped)]
#[mapped(table = "address", registry = Zoo)]
pub struct Address {
    #[column(primary_key)]
    pub id: i64,
    pub city: Option<String>,
    #[column(foreign_key = User::id)]
    pub user_id: Option<i64>,
    #[relationship(back_populates = "addresses")]
    pub user: Option<One<User>>,
}
