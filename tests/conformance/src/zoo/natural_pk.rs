//! One to many, both ways, by keys that change: the database changes the rows that refer to them.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "user_account", registry = Zoo)]
pub struct User {
    #[column(primary_key)]
    pub username: String,
    pub fullname: Option<String>,
    #[relationship(back_populates = "user", order_by = Address::email)]
    pub addresses: Many<Address>,
}

#[derive(Mapped)]
#[mapped(table = "address", registry = Zoo)]
pub struct Address {
    #[column(primary_key)]
    pub email: String,
    #[column(foreign_key = User::username, on_update = "cascade")]
    pub username: Option<String>,
    #[relationship(back_populates = "addresses")]
    pub user: Option<One<User>>,
}
