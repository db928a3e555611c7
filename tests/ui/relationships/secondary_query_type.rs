use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = exists(select(Link)), viewonly)]
    groups: Many<Group>,
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
