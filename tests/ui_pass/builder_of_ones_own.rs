// Structs of the user's own that are called as the derived ones: these give way.
use orm::prelude::*;

#[derive(Mapped)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

/// Something else.
pub struct UserBuilder {
    pub name: &'static str,
}

/// Something else.
pub enum UserAttrs {
    Name,
}

pub fn new(builder: UserBuilder) -> impl IntoObj<User> {
    User::builder().name(builder.name)
}

fn main() {
    let _ = |session: &Session| session.add(new(UserBuilder { name: "ed" }))?.name();
    let _ = UserAttrs::Name;
    // In a function.
    #[derive(Mapped)]
    struct Note {
        #[column(primary_key)]
        id: i64,
    }
    struct NoteBuilder;
    let _ = (Note::builder(), NoteBuilder);
    {
        #[derive(Mapped)]
        #[mapped(table = "other_user")]
        struct User {
            #[column(primary_key)]
            id: i64,
        }
        let _: UserBuilder = User::builder();
    }
}
