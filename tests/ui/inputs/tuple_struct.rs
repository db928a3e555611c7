use orm::prelude::*;

#[derive(Mapped)]
struct Pair(i64, i64);

fn main() {}
