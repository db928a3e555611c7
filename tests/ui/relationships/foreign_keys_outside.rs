use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(foreign_keys = [Note::user_id, Note::id])]
    notes: Many<Note>,
    #[relationship(secondary = Link, foreign_keys = [Link::user_id, Link::tag_id, Link::number])]
    tags: Many<Tag>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key)]
    id: i64,
}

#[derive(Table)]
struct Link {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
    number: Option<i64>,
}

fn main() {}
