use orm::prelude::*;

#[derive(Mapped)]
#[mapped(schema = archive)]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
#[mapped(schema = "archive", schema = "other")]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(schema = "archive")]
    text: String,
    #[relationship(schema = "archive")]
    user: Option<One<Note>>,
}

#[derive(Table)]
#[mapped(schema)]
struct Link {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
