use orm::prelude::*;

#[derive(Mapped)]
struct User {
    name: String,
}

fn main() {}
