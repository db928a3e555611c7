use orm::AnyClass;
use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(target = "Note")]
    notes: Many<Note>,
    #[relationship]
    more: Many<AnyClass>,
    #[relationship(target = "blog/Post")]
    posts: Many<AnyClass>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
