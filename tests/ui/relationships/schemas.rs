use orm::prelude::*;

#[derive(Mapped)]
#[mapped(schema = "archive")]
struct User {
    #[column(primary_key)]
    id: i64,
    // No foreign key leads from a database to another one, so that nothing would delete the rows.
    #[relationship(cascade = "all", passive_deletes)]
    notes: Many<Note>,
    #[relationship(secondary = UserTag, passive_deletes)]
    tags: Many<Tag>,
    // The foreign key leads to `user` of another database.
    files: Many<File>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id, on_delete = "cascade")]
    user_id: i64,
}

#[derive(Mapped)]
struct File {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = "user.id")]
    user_id: i64,
}

#[derive(Mapped)]
struct Mark {
    #[column(primary_key)]
    id: i64,
    // The key is of another type.
    #[column(foreign_key = User::id)]
    user_id: String,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key)]
    id: i64,
}

#[derive(Table)]
struct UserTag {
    #[column(primary_key, foreign_key = User::id, on_delete = "cascade")]
    user_id: i64,
    #[column(primary_key, foreign_key = Tag::id, on_delete = "cascade")]
    tag_id: i64,
}

fn main() {}
