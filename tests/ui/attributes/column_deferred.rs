use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key, deferred)]
    id: i64,
    #[column(deferred = 1)]
    name: String,
    #[column(deferred = false, deferred_group = "texts")]
    bio: String,
    #[column(deferred_raiseload, deferred = false)]
    text: String,
    #[column(deferred_group = " ")]
    notes: String,
    #[column(deferred_group)]
    more: String,
    #[column(deferred_raiseload = "yes")]
    rest: String,
}

#[derive(Table)]
struct Link {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[column(deferred_group = "texts")]
    text: String,
}

fn main() {}
