use orm::prelude::*;

#[derive(Mapped)]
struct Car {
    #[column(primary_key)]
    id: i64,
    name: Option<Option<String>>,
}

fn main() {}
