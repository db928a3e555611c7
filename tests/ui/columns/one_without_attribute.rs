use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    notes: Many<Note>,
    first: Many<AnyClass>,
    parts: ManySet<i64>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    user: One<User>,
    tags: Vec<String>,
}

fn main() {}
