use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn send(user: Obj<User>) {
    std::thread::spawn(move || user.id());
}

fn main() {}
