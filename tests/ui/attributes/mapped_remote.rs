// A class that describes a struct of another crate has the fields of that struct, of the same types.
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
#[mapped(remote = 7)]
struct Number {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
#[mapped(remote = "other Song")]
struct NoPath {
    #[column(primary_key)]
    id: i64,
}

#[derive(Table)]
#[mapped(remote = "other::Song")]
struct OfTable {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
