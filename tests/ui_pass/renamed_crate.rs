// The crate may be reached by another path.
mod vendored {
    pub use orm as database;
}

mod models {
    use crate::vendored::database::prelude::*;

    #[derive(Mapped)]
    #[mapped(crate = crate::vendored::database)]
    pub struct User {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(back_populates = "user")]
        pub notes: Many<Note>,
    }

    #[derive(Mapped)]
    #[mapped(crate = crate::vendored::database)]
    pub struct Note {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = User::id)]
        pub user_id: i64,
        #[relationship(back_populates = "notes")]
        pub user: One<User>,
    }
}

fn main() {
    let _ = (models::User, models::User::notes);
}
