use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(lazy = "selectin", join_depth)]
    notes: Many<Note>,
    #[relationship(lazy = "joined", innerjoin = "yes")]
    others: Many<Note>,
    #[relationship(load_on_pending = "yes")]
    pending: Many<Note>,
    #[relationship(backref(name = "owner", load_on_pending = 1))]
    owned: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
