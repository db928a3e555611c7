use orm::AnyClass;
use orm::prelude::*;

type Notes = Many<AnyClass>;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship]
    notes: Notes,
}

fn main() {}
