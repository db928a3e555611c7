use orm::prelude::*;

#[derive(Mapped)]
#[column(primary_key)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[mapped(table = "x")]
    name: String,
}

fn main() {}
