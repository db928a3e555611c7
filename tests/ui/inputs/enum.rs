use orm::prelude::*;

#[derive(Mapped)]
enum Color {
    Red,
}

fn main() {}
