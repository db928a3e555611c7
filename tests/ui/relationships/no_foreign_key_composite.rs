use orm::prelude::*;

#[derive(Mapped)]
struct Account {
    #[column(primary_key)]
    org: i64,
    #[column(primary_key)]
    num: i64,
    notes: Many<Note>,
    #[relationship(secondary = Link)]
    tags: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
}

#[derive(Table)]
struct Link {
    #[column(primary_key, foreign_key = Note::id)]
    note_id: i64,
}

fn main() {}
