use orm::prelude::*;
use orm::{Collection, CollectionType, ManyAs};

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    notes: ManyAs<Notes>,
    other: ManyAs<Other>,
    #[relationship(key = Note::text)]
    keyed: ManyAs<Notes>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = User::id)]
    user_id: i64,
}

struct Notes(Collection<Note>);

impl CollectionType for Notes {
    type Field = Many<Note>;

    fn of(items: Collection<Note>) -> Self {
        Notes(items)
    }
}

struct Other;

fn main() {}
