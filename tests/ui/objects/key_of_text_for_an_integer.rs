use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn find(session: &Session) {
    let _ = session.get::<User>("1");
}

fn main() {}
