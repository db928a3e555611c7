use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(name = "name")]
    nick: String,
}

fn main() {}
