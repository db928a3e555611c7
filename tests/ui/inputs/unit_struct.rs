use orm::prelude::*;

#[derive(Mapped)]
struct Nothing;

fn main() {}
