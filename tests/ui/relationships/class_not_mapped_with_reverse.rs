use orm::prelude::*;

struct Note {
    id: i64,
}

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = "note.id")]
    note_id: i64,
    #[relationship(back_populates = "users")]
    note: One<Note>,
}

fn main() {}
