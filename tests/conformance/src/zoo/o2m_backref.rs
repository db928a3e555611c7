//! The same as `o2m_bi`, made by `backref` on one side only; the reverse side is loaded by `selectin`.

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
    #[relationship(backref(name = "user", lazy = "selectin"), order_by = Address::id)]
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
}
