use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = Link, back_populates = "users")]
    tags: Many<Tag>,
}

#[derive(Table)]
struct Link {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
