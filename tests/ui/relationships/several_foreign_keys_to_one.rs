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
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[column(foreign_key = User::id)]
    editor_id: i64,
    #[relationship]
    user: One<User>,
}

fn main() {}
