use orm::prelude::*;

type Name = String;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship]
    name: Name,
}

fn main() {}
