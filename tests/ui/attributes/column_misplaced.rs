use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(back_populates = "user")]
    name: String,
    #[column(table = "x")]
    nick: String,
}

fn main() {}
