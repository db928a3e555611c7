use orm::prelude::*;
use orm::undefer_group;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(deferred_group = "texts")]
    bio: String,
}

fn main() {
    // What is loaded can't be an error to read.
    let _ = select(User).options(undefer(User::bio).raise());
    let _ = select(User).options(undefer_group("texts").raise());
}
