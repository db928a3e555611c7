use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    name: String,
    #[relationship(passive_updates = false)]
    notes: Many<Note>,
    #[relationship(secondary = UserTag, passive_updates = false)]
    tags: Many<Tag>,
    #[relationship(passive_updates = false)]
    files: WriteOnly<File>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::name, on_update = "cascade")]
    user_name: Option<String>,
    #[relationship(passive_updates = false)]
    user: Option<One<User>>,
}

#[derive(Mapped)]
struct File {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::name)]
    user_name: Option<String>,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct UserTag {
    #[column(primary_key, foreign_key = User::name, on_update = "cascade")]
    user_name: String,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

fn main() {}
