use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(backref(name = "a", key = User::id, ignore_unpopulated_attribute))]
    notes: Many<Note>,
    #[relationship(backref(name = "b", ordered_by = User::id, count_from = 1, reorder_on_append))]
    others: Many<Note>,
    #[relationship(backref(name = "c", validate = may_come, validate_removes = may_go, validate_backrefs = false))]
    more: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
