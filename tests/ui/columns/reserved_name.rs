use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    clone: String,
    into: String,
    builder: String,
}

fn main() {}
