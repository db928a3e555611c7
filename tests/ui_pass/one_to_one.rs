// One to one: the side without the foreign key may own the other.
use orm::prelude::*;
use orm::IntoObj;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "user", cascade = "all, delete-orphan")]
    profile: Option<One<Profile>>,
    with: String,
    to_value: i64,
}

#[derive(Mapped)]
struct Profile {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "profile")]
    user: One<User>,
}

fn main() {
    let _ = || -> orm::Result<()> {
        let user = User::builder().profile(Profile::builder()).into_obj()?;
        // A field of the name of an operation of the handle is what the user gets.
        let with: String = user.with()?;
        let number: i64 = user.to_value()?;
        user.set_profile(None)?;
        drop((with, number));
        Ok(())
    };
}
