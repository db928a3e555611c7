use orm::prelude::*;

#[derive(Mapped)]
#[mapped(table = "a", table = "b")]
struct User {
    #[column(primary_key, primary_key)]
    id: i64,
    #[column(unique)]
    #[column(unique)]
    name: String,
}

fn main() {}
