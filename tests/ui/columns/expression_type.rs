//! An expression of another type than its attribute, and what would set one.

use orm::prelude::*;

mod of_another_type {
    use orm::prelude::*;

    #[derive(Mapped)]
    pub struct Account {
        #[column(primary_key)]
        id: i64,
        name: String,
        #[column(expression = func::length(Account::name))]
        size: String,
        #[column(expression = func::max(Account::name))]
        largest: String,
    }
}

#[derive(Mapped)]
struct Account {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(expression = func::length(Account::name))]
    size: i64,
}

fn set(account: &Obj<Account>) -> orm::Result<()> {
    let _ = Account::builder().name("x").size(1);
    account.set_size(1)
}

fn main() {}
