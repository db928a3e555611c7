use orm::prelude::*;

#[derive(Mapped)]
#[mapped(tabel = "user_account")]
struct User {
    #[column(primary_key)]
    id: i64,
    clone: String,
    #[relationship(lazy = "never")]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
