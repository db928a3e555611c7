use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "user")]
    notes: Many<Note>,
}

#[derive(Mapped)]
pub struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[column(foreign_key = other::User::id)]
    other_id: i64,
    #[relationship(back_populates = "notes")]
    user: One<other::User>,
}

mod other {
    use orm::prelude::*;

    #[derive(Mapped)]
    #[mapped(table = "other_user")]
    pub struct User {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(back_populates = "user")]
        pub notes: Many<super::Note>,
    }
}

fn main() {}
