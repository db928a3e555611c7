use orm::prelude::*;

struct Color;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    color: Option<Color>,
}

fn main() {}
