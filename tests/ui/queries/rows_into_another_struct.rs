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
    text: Option<String>,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "notes")]
    user: One<User>,
}

#[derive(FromRow)]
struct Report {
    name: String,
    notes: i64,
}

fn rows(session: &Session) -> orm::Result<()> {
    session.execute(select((User::id, User::name)))?.into::<Report>();
    Ok(())
}

fn main() {}
