use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "user", foreign_keys = Note::user_id)]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[column(foreign_key = User::id)]
    editor_id: i64,
    #[relationship(back_populates = "notes", foreign_keys = Note::editor_id)]
    user: One<User>,
}

fn main() {}
