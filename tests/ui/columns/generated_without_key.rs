use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(generated)]
    number: i64,
}

fn main() {}
