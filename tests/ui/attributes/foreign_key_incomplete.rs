use orm::prelude::*;

#[derive(Mapped)]
#[mapped(foreign_key(columns(org, num), references("account.org")), foreign_key(columns(org)), foreign_key(columns(org, num), references(User::id, "account.num")))]
struct Note {
    #[column(primary_key)]
    id: i64,
    org: i64,
    num: i64,
}

fn main() {}
