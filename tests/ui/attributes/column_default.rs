use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(default)]
    name: String,
    #[column(default = )]
    nick: String,
}

fn main() {}
