use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(uniqe)]
    name: String,
    #[relationship(back_populates = "user", cascade = "al")]
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

fn main() {
    let user = User::builder().name("ed").notes([Note::builder()]);
    let _ = Note::builder().user(user);
    let _ = (User::name.eq("ed"), User::notes, Note::user, User);
}
