use orm::prelude::*;

#[derive(Mapped)]
#[mapped(tabel = "users")]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
#[mapped(tablename = "groups", colour = 1)]
struct Group {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
#[mapped(batch = false, always_refresh, passive_updates = false, inherits = Group)]
struct Note {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
