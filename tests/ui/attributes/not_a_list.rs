use orm::prelude::*;

#[derive(Mapped)]
#[mapped = "users"]
struct User {
    #[column(primary_key;)]
    id: i64,
    #[column(unique index)]
    name: String,
}

fn main() {}
