use orm::prelude::*;

#[derive(Mapped)]
#[mapped(check(sql = id > 0, name = check))]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
