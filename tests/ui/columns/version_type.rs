use orm::prelude::*;

type Perhaps = Option<i64>;

fn next(current: Option<String>) -> String {
    current.unwrap_or_default()
}

#[derive(Mapped)]
struct Account {
    #[column(primary_key)]
    id: i64,
    #[column(version_id)]
    version: String,
}

#[derive(Mapped)]
struct Entry {
    #[column(primary_key)]
    id: i64,
    #[column(version_id = "manual")]
    version: Perhaps,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(version_id = next)]
    version: i64,
}

fn main() {}
