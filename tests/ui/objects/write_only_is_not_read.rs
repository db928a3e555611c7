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
}

fn walk(user: &Obj<User>) {
    for note in user.notes() {
        drop(note);
    }
}

fn iterate(user: &Obj<User>) {
    user.notes().iter();
}

fn main() {}
