use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
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

fn values(user: &Obj<User>) -> orm::Result<()> {
    user.to_value_with(Note::user)?;
    user.to_value_with((User::notes, User::name))?;
    user.to_value_with(User::notes.then(User::notes))?;
    user.to_value_with("notes")?;
    Ok(())
}

fn main() {}
