use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(backref(name = "user", set))]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

#[derive(Mapped)]
struct Part {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Part::id)]
    whole_id: Option<i64>,
    #[relationship(backref(name = "whole", remote_side = Part::whole_id))]
    parts: Many<Part>,
}

#[derive(Mapped)]
struct Letter {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Writer::id)]
    writer_id: Option<i64>,
}

#[derive(Mapped)]
struct Writer {
    #[column(primary_key)]
    id: i64,
    #[relationship(backref(name = "writer", cascade = "all, delete-orphan"))]
    letters: Many<Letter>,
}

fn main() {}
