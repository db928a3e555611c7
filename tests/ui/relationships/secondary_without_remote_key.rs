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
    #[column(foreign_key = User::id)]
    user_id: i64,
    note_id: i64,
}

fn main() {}
