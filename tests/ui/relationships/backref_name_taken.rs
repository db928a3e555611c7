use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(backref = "author")]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    author: String,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
