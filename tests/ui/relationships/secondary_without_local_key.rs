use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = Link)]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
}

#[derive(Table)]
struct Link {
    user_id: i64,
    #[column(foreign_key = Note::id)]
    note_id: i64,
}

fn main() {}
