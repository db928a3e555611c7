use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key, generated)]
    org: i64,
    #[column(primary_key)]
    number: i64,
}

fn main() {}
