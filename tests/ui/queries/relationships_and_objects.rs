use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "user")]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "notes")]
    user: One<User>,
}

fn ask(user: &Obj<User>, note: &Obj<Note>) {
    let _ = select(Note).filter(Note::user.contains(user));
    let _ = select(User).filter(User::notes.is(note));
    let _ = select(Note).filter(Note::user.in_([user]));
    let _ = select(Note).filter(Note::user.is(User));
    let _ = select(Note).filter(Note::user.is(5));
}

fn main() {}
