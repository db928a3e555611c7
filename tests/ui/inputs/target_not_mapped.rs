use orm::prelude::*;

struct Note;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship]
    notes: Many<Note>,
}

fn main() {}
