use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(lazy = "selectin")]
    notes: WriteOnly<Note>,
    #[relationship(lazy = "select")]
    more_notes: Dynamic<Note>,
    #[relationship(load_on_pending)]
    pending_notes: Dynamic<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
