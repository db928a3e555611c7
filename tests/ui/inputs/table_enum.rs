use orm::prelude::*;

#[derive(Table)]
enum Color {
    Red,
}

fn main() {}
