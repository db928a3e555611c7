use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = Link, back_populates = "users")]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = Other, back_populates = "notes")]
    users: Many<User>,
}

#[derive(Table)]
struct Link {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Note::id)]
    note_id: i64,
}

#[derive(Table)]
struct Other {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Note::id)]
    note_id: i64,
}

fn main() {}
