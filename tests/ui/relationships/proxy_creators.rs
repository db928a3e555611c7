use orm::prelude::*;

#[derive(Mapped)]
#[mapped(
    proxy(texts: Option<String> = notes.text),
    proxy(kinds: One<Kind> = notes.kind, creator = |kind: Obj<Kind>| Kind::builder().name("x")),
    proxy(authors: String = notes.author, creator = |author: i64| Note::builder()),
    proxy(optional: Option<One<Kind>> = notes.kind, viewonly),
    proxy(first: String = note.author, create_on_none_assignment, creator = |author| Note::builder().author(author))
)]
struct User {
    #[column(primary_key)]
    id: i64,
    notes: Many<Note>,
    note: Option<One<Note>>,
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
