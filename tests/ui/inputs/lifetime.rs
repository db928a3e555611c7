use orm::prelude::*;

#[derive(Mapped)]
struct Text<'a> {
    #[column(primary_key)]
    id: i64,
    text: &'a str,
}

fn main() {}
