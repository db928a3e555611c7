use orm::prelude::*;

type Maybe = Option<i64>;

#[derive(Mapped)]
struct Car {
    #[column(primary_key)]
    id: Option<i64>,
}

#[derive(Mapped)]
struct Bus {
    #[column(primary_key)]
    id: Maybe,
}

fn main() {}
