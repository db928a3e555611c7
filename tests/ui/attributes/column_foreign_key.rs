use orm::prelude::*;

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = 1)]
    a: i64,
    #[column(foreign_key = "user")]
    b: i64,
    #[column(foreign_key = id)]
    c: i64,
}

fn main() {}
