// Where a struct has the builder's name, the builder gets another one.
use orm::prelude::*;

#[derive(Mapped)]
#[mapped(builder = NewUser)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

/// Something else.
struct UserBuilder {
    name: &'static str,
}

fn new(builder: UserBuilder) -> NewUser {
    User::builder().name(builder.name)
}

fn main() {
    let _ = |session: &Session| session.add(new(UserBuilder { name: "ed" }));
}
