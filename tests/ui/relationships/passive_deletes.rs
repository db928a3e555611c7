use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(cascade = "all", passive_deletes)]
    notes: Many<Note>,
    #[relationship(passive_deletes)]
    files: Many<File>,
    #[relationship(passive_deletes)]
    marks: Many<Mark>,
    #[relationship(passive_deletes)]
    pages: Many<Page>,
    #[relationship(passive_deletes)]
    seats: Many<Seat>,
    #[relationship(secondary = UserTag, passive_deletes)]
    tags: Many<Tag>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id, on_delete = "set null")]
    user_id: Option<i64>,
    #[relationship(passive_deletes)]
    user: Option<One<User>>,
}

#[derive(Mapped)]
struct File {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id, on_delete = "cascade")]
    user_id: Option<i64>,
}

#[derive(Mapped)]
struct Mark {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

#[derive(Mapped)]
struct Page {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id, on_delete = "set default", server_default = "1")]
    user_id: Option<i64>,
}

#[derive(Mapped)]
struct Seat {
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
struct UserTag {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

fn main() {}
