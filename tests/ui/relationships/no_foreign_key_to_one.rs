use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[relationship]
    user: One<User>,
}

fn main() {}
