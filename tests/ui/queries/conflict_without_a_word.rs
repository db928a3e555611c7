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
    let session: &orm::Session = todo();
    let _ = session.run(insert(User).set(User::name, "ed").on_conflict(User::name));
}

fn todo<T>() -> T {
    unreachable!()
}
