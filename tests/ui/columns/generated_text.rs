use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key, generated)]
    id: String,
}

fn main() {}
