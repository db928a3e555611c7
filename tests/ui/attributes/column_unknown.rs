use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(uniqe)]
    name: String,
    #[column(nullable)]
    nick: Option<String>,
    #[column(active_history)]
    text: String,
}

fn main() {}
