use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    age: Option<i64>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
}

fn main() {
    let _ = insert(User).rows([Note::builder().text("a")]);
}
