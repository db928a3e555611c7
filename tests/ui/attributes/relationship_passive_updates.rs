use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    name: String,
    #[relationship(passive_updates = 1)]
    notes: Many<Note>,
    #[relationship(viewonly, passive_updates = false)]
    read: Many<Note>,
    #[relationship(viewonly, passive_updates)]
    usual: Many<Note>,
    #[relationship(passive_update = false)]
    misspelled: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::name)]
    user_name: Option<String>,
}

fn main() {}
