use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    notes: Dynamic<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    user: Option<One<User>>,
}

fn main() {
    let _ = select(User).join(User::notes).options(contains_eager(User::notes));
    let _ = select(Note).options(selectin(Note::user).options(lazy(User::notes)));
    let _ = select(Note).options(selectin(User::notes.and(Note::id.gt(1))));
}
