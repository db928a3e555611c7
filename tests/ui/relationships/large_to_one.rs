use orm::prelude::*;

type Notes = Dynamic<Note>;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(lazy = "joined")]
    notes: Notes,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    #[relationship]
    user: WriteOnly<User>,
}

fn main() {}
