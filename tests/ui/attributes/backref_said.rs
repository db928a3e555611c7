use orm::prelude::*;
use orm::{Collection, CollectionType, ManyAs};

type Notes = Many<Note>;

struct Own(Collection<Note>);

impl CollectionType for Own {
    type Field = Many<Note>;

    fn of(items: Collection<Note>) -> Self {
        Own(items)
    }
}

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(backref = "user", back_populates = "author")]
    twice: Many<Note>,
    #[relationship(backref = "author", one_way)]
    one_way: Many<Note>,
    #[relationship(backref(name = "editor", secondaryjoin = User::id.eq(Note::user_id)))]
    secondaryjoin: Many<Note>,
    #[relationship(backref = "a user")]
    named: Many<Note>,
    #[relationship(backref = "clone")]
    cloned: Many<Note>,
    #[relationship(backref = "reader")]
    alias: Notes,
    #[relationship(backref = "owner")]
    own: ManyAs<Own>,
    #[relationship(backref(name = "writers", set, dynamic, lazy = "joined"))]
    words: Many<Note>,
    #[relationship(viewonly, backref(name = "seer", cascade = "all", sync_backref))]
    seen: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    #[relationship(back_populates = "twice")]
    author: Option<One<User>>,
}

fn main() {}
