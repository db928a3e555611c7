use orm::prelude::*;

#[derive(Mapped)]
struct Car {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(name = "Name")]
    label: String,
}

fn main() {}
