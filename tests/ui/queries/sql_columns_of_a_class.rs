use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn main() {
    let _ = select_text("SELECT id, name FROM user").columns(User);
    let _ = select_text("SELECT id, name FROM user").columns((User::id, "name"));
}
