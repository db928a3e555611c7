use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id, on_delete = "set null")]
    user_id: i64,
    #[column(foreign_key = User::id, on_update = "set null")]
    editor_id: i64,
    #[column(foreign_key(User::id, on_delete = "set default"))]
    reader_id: i64,
}

fn main() {}
