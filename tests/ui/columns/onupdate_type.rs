use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(onupdate = "now")]
    changed: i64,
    #[column(onupdate = User::name)]
    copied: Option<i64>,
}

fn main() {}
