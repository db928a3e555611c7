use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn main() {
    let _ = select(User).filter(User::id.eq("x"));
    let _ = select(User).filter(User::name.eq(5));
    let _ = select(User).filter(User::name);
    let _ = select(User).filter("name");
}
