// A field that the struct doesn't have, has of another type, or has besides; a field that nobody may see.
use orm::prelude::*;

mod other {
    pub struct Song {
        pub id: i64,
        pub title: String,
        pub seconds: Option<i64>,
    }

    pub struct Private {
        pub id: i64,
        secret: String,
    }
}

#[derive(Mapped)]
#[mapped(remote = "other::Song")]
struct Misspelled {
    #[column(primary_key)]
    id: i64,
    titel: String,
    seconds: Option<i64>,
}

#[derive(Mapped)]
#[mapped(remote = "other::Song")]
struct OtherType {
    #[column(primary_key)]
    id: i64,
    title: String,
    seconds: i64,
}

#[derive(Mapped)]
#[mapped(remote = "other::Song")]
struct Missing {
    #[column(primary_key)]
    id: i64,
    title: String,
}

#[derive(Mapped)]
#[mapped(remote = "other::Private")]
struct Hidden {
    #[column(primary_key)]
    id: i64,
    secret: String,
}

#[derive(Mapped)]
#[mapped(remote = "other::Nothing")]
struct Nothing {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
