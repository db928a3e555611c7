use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn main() {
    let _ = select_text("SELECT * FROM user").rows::<Obj<User>>();
    let _ = select_text("SELECT id, name FROM user").rows::<(i64, User)>();
    let _ = select_text("SELECT name FROM user").rows::<&str>();
}
