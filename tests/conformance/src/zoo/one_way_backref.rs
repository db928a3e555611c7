//! `back_populates` on the filtered collection only: the scalar doesn't answer.

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
    #[relationship(
        back_populates = "user",
        one_way,
        order_by = Address::id,
        primaryjoin = "and_(User.id == Address.user_id, Address.email.startswith('tony'))"
    )]
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
    #[relationship]
    pub user: Option<One<User>>,
}
