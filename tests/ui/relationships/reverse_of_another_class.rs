use orm::prelude::*;

#[derive(Mapped)]
struct Org {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "org")]
    notes: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[column(foreign_key = Org::id)]
    org_id: i64,
    #[relationship]
    org: One<Org>,
}

fn main() {}
