use orm::prelude::*;

#[derive(Mapped)]
#[mapped(unique(columns = "name"))]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn main() {}
