//! A composite primary key and a composite foreign key, both ways.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "account", registry = Zoo)]
pub struct Account {
    #[column(primary_key)]
    pub org: i64,
    #[column(primary_key)]
    pub num: i64,
    pub name: Option<String>,
    #[relationship(back_populates = "account", order_by = Entry::id)]
    pub entries: Many<Entry>,
}

#[derive(Mapped)]
#[mapped(
    table = "entry",
    registry = Zoo,
    foreign_key(columns(org, num), references(Account::org, Account::num))
)]
pub struct Entry {
    #[column(primary_key)]
    pub id: i64,
    pub text: Option<String>,
    pub org: Option<i64>,
    pub num: Option<i64>,
    #[relationship(back_populates = "entries")]
    pub account: Option<One<Account>>,
}
