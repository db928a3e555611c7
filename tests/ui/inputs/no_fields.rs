use orm::prelude::*;

#[derive(Mapped)]
struct User {
}

fn main() {}
