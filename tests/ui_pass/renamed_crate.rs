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

mod imported {
    use crate::vendored::database as db;
    use db::prelude::*;

    #[derive(Mapped)]
    #[mapped(crate = db, table = "imported_user")]
    pub struct User {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped)]
    #[mapped(crate = self::db, table = "imported_note")]
    pub struct Note {
        #[column(primary_key)]
        pub id: i64,
    }

    pub mod within {
        use super::db::prelude::*;

        #[derive(Mapped)]
        #[mapped(crate = super::db, table = "imported_line")]
        pub struct Line {
            #[column(primary_key)]
            pub id: i64,
        }
    }
}

fn main() {
    let _ = (imported::User::builder(), imported::Note::builder(), imported::within::Line::builder());
    let _ = (models::User, models::User::notes);
}
