use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = select(Link).filter(Link::user_id.gt(1)))]
    written: Many<Group>,
    #[relationship(secondary = "join(Link, User)")]
    written_text: Many<Group>,
    #[relationship(secondary = 5)]
    number: Many<Group>,
}

#[derive(Mapped)]
struct Link {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Group::id)]
    group_id: i64,
}

#[derive(Mapped)]
struct Group {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
