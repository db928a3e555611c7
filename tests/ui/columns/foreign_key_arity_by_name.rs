use orm::prelude::*;

#[derive(Mapped)]
struct Account {
    #[column(primary_key)]
    org: i64,
    #[column(primary_key)]
    num: i64,
}

#[derive(Mapped)]
#[mapped(foreign_key(columns(org), references("account.org", "account.num")))]
struct Note {
    #[column(primary_key)]
    id: i64,
    org: i64,
}

fn main() {}
