use orm::prelude::*;

#[derive(Mapped)]
#[mapped(table = users, registry = "Models", crate = 7)]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
