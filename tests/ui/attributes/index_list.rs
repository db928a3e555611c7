use orm::prelude::*;

#[derive(Mapped)]
#[mapped(index(columns = "id"), index(columns(id), name = 1, unique = "yes"))]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
