use orm::prelude::*;

#[derive(Mapped)]
#[mapped(
    proxy(misspelt: String = notes.txet, viewonly),
    proxy(required: String = notes.text, viewonly),
    proxy(column: One<Kind> = notes.text, viewonly),
    proxy(other: One<User> = notes.kind, viewonly),
    proxy(several: Many<Kind> = notes.kind, viewonly),
    proxy(vector: Vec<Kind> = notes.kind, viewonly)
)]
struct User {
    #[column(primary_key)]
    id: i64,
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: Option<String>,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[column(foreign_key = Kind::id)]
    kind_id: i64,
    kind: One<Kind>,
    author: String,
}

#[derive(Mapped)]
struct Kind {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn main() {}
