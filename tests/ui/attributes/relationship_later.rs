use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(distinct_target_key, uselist = false)]
    notes: Many<Note>,
    #[relationship(comparator_factory = Asks)]
    more: Many<Note>,
    #[relationship(query_class = Asks)]
    others: Dynamic<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
