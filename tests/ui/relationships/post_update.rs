use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "user", post_update)]
    notes: Many<Note>,
    #[relationship(secondary = UserTag, back_populates = "users", post_update)]
    tags: Many<Tag>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "notes", post_update)]
    user: One<User>,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "tags", post_update)]
    users: Many<User>,
}

#[derive(Table)]
struct UserTag {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

fn main() {}
