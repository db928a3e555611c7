use orm::prelude::*;

#[derive(Mapped)]
#[mapped(table = " ", schema = "")]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(name = "")]
    name: String,
}

fn main() {}
