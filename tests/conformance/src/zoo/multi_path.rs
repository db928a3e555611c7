//! Two foreign keys to one table, told apart by `foreign_keys`.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "customer", registry = Zoo)]
pub struct Customer {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[column(foreign_key = Address::id)]
    pub billing_address_id: Option<i64>,
    #[column(foreign_key = Address::id)]
    pub shipping_address_id: Option<i64>,
    #[relationship(foreign_keys = Customer::billing_address_id)]
    pub billing_address: Option<One<Address>>,
    #[relationship(foreign_keys = Customer::shipping_address_id)]
    pub shipping_address: Option<One<Address>>,
}

#[derive(Mapped)]
#[mapped(table = "address", registry = Zoo)]
pub struct Address {
    #[column(primary_key)]
    pub id: i64,
    pub street: Option<String>,
}
