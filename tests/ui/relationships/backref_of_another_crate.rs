use orm::prelude::*;

#[derive(Mapped)]
struct Comment {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = tests::models::User::id)]
    user_id: Option<i64>,
    #[relationship(backref = "comments")]
    user: Option<One<tests::models::User>>,
}

fn main() {}
