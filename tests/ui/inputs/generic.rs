use orm::prelude::*;

#[derive(Mapped)]
struct Holder<T> {
    #[column(primary_key)]
    id: i64,
    value: T,
}

fn main() {}
