use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    notes: WriteOnly<Note>,
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
    let _ = select(User).options(selectin(User::notes));
    let _ = select(Note).options(joined(Note::user).joined(User::notes));
}
