use orm::prelude::*;
use orm::aliased_as;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn main() {
    let rows = select(User).subquery("rows");
    let _ = aliased_as(User::id, &rows);
}
