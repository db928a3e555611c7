use orm::prelude::*;

#[derive(Mapped)]
#[mapped(foreign_key(columns = org, references("user.id")), foreign_key(columns(orgg), references("user.id")))]
struct Note {
    #[column(primary_key)]
    id: i64,
    org: i64,
}

fn main() {}
