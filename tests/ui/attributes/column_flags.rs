use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key = 1, generated = "no")]
    id: i64,
}

fn main() {}
