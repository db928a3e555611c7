use orm::prelude::*;

#[derive(Mapped)]
union Bits {
    a: u32,
    b: f32,
}

fn main() {}
