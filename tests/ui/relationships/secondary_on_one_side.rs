use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = Link, back_populates = "user")]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    #[relationship(back_populates = "notes")]
    user: Option<One<User>>,
}

#[derive(Table)]
struct Link {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Note::id)]
    note_id: i64,
}

fn main() {}
