use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(passive_deletes = "some")]
    notes: Many<Note>,
    #[relationship(passive_deletes = 1)]
    more_notes: Many<Note>,
    #[relationship(passive_deletes = "all", cascade = "all, delete-orphan")]
    other_notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
