use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn add(session: &Session, user: &User) {
    let _ = session.add(user);
}

fn main() {}
