//! One to many by keys that change: the flush changes the rows that refer to them, and the database checks nothing.

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
    #[relationship(passive_updates = false, order_by = Address::email)]
    pub addresses: Many<Address>,
}

#[derive(Mapped)]
#[mapped(table = "address", registry = Zoo)]
pub struct Address {
    #[column(primary_key)]
    pub email: String,
    #[column(foreign_key = User::username)]
    pub username: Option<String>,
}
