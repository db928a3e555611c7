use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct Car {
    #[column(primary_key)]
    id: i64,
    owner: Obj<User>,
    driver: Option<Obj<User>>,
}

fn main() {}
