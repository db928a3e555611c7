use orm::prelude::*;

type Id = i64;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship]
    notes: Id,
}

fn main() {}
