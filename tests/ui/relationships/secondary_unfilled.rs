use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = Membership)]
    groups: Many<Group>,
    #[relationship(secondary = Membership, viewonly)]
    read: Many<Group>,
}

#[derive(Mapped)]
struct Group {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct Membership {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(primary_key, foreign_key = Group::id)]
    group_id: i64,
    note: Option<String>,
    #[column(server_default = "1")]
    number: i64,
    #[column(computed = "user_id + group_id")]
    sum: i64,
    #[column(computed = "user_id * group_id", stored)]
    product: i64,
    #[column(server_default)]
    by_trigger: i64,
    role: String,
}

fn main() {}
