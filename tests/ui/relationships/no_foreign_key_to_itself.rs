use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship]
    users: Many<User>,
    #[relationship(secondary = UserUser, primaryjoin = User::id.gt(UserUser::first))]
    linked: Many<User>,
}

#[derive(Table)]
struct UserUser {
    first: i64,
    second: i64,
}

fn main() {}
