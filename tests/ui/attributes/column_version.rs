use orm::prelude::*;

#[derive(Mapped)]
struct Owner {
    #[column(primary_key, version_id)]
    id: i64,
}

#[derive(Mapped)]
struct Account {
    #[column(primary_key)]
    id: i64,
    #[column(version_id)]
    first: i64,
    #[column(version_id = "manual")]
    second: i64,
}

#[derive(Mapped)]
struct Entry {
    #[column(primary_key)]
    id: i64,
    #[column(version_id, foreign_key = Account::id)]
    account_id: i64,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(version_id, default = 5)]
    version: Option<i64>,
}

#[derive(Mapped)]
struct Page {
    #[column(primary_key)]
    id: i64,
    #[column(version_id, deferred)]
    version: i64,
}

#[derive(Mapped)]
struct Sheet {
    #[column(primary_key)]
    id: i64,
    #[column(version_id = "manul")]
    version: i64,
    #[column(version_id = 1)]
    other: i64,
    #[column(version_id = false)]
    last: i64,
}

#[derive(Table)]
struct Link {
    #[column(primary_key)]
    id: i64,
    #[column(version_id)]
    version: i64,
}

fn main() {}
