//! What can't be said of an attribute that stands for an expression, and what can't be one.

use orm::prelude::*;

#[derive(Mapped)]
#[mapped(unique(columns(name, total)))]
struct Account {
    #[column(primary_key, expression = Account::total + 1)]
    id: i64,
    name: String,
    #[column(expression = Account::name.concat("!"), default = "x")]
    loud: String,
    #[column(expression = Account::name.concat("?"), unique, index)]
    asked: String,
    #[column(expression = Account::name.concat("?"), name = "other", validate = check)]
    other: String,
    #[column(expression = Account::parent_id, foreign_key = Account::id)]
    above_id: Option<i64>,
    parent_id: Option<i64>,
    #[column(expression = func::length(Account::name))]
    total: i64,
    #[column(expression = func::length(Account::name), computed = "length(name)")]
    twice: i64,
    #[column(expire_on_flush = false)]
    nothing: i64,
}

#[derive(Table)]
struct Link {
    #[column(primary_key)]
    id: i64,
    #[column(expression = Link::id + 1)]
    next: i64,
}

fn check(text: String) -> Result<String, String> {
    Ok(text)
}

fn main() {}
