use orm::prelude::*;

#[derive(Mapped)]
#[mapped(unique(fields(id)), index(name = "ix"), check(name = "ck"))]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
