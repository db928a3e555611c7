use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(uniqe)]
    name: String,
    #[column(nullable)]
    nick: Option<String>,
    #[column(quote)]
    text: String,
    #[column(system, doc = "its number")]
    rowid: i64,
}

fn main() {}
