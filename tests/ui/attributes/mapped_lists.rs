use orm::prelude::*;

#[derive(Mapped)]
#[mapped(foreign_key = User::id, unique = true, index, check = "id > 0")]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
