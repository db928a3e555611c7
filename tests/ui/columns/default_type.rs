use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(default = "many")]
    age: i64,
}

fn main() {}
