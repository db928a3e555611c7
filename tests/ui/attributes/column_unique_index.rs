use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(unique(), index = 2)]
    name: String,
}

fn main() {}
