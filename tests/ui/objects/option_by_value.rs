use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

#[derive(Mapped)]
struct Ticket {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    user: Option<One<User>>,
}

fn pass_on(from: &Obj<Ticket>, to: &Obj<Ticket>) -> orm::Result<()> {
    to.set_user(from.user()?)
}

fn main() {}
