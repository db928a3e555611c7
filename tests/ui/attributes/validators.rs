use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(validate)]
    email: String,
    #[column(validate = "email")]
    name: String,
    #[relationship(validate = 1, validate_removes, validate_backrefs = "no")]
    posts: Many<Post>,
}

#[derive(Mapped)]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(validate_backrefs = false)]
    user: One<User>,
}

fn any(id: i64) -> Result<i64, String> {
    Ok(id)
}

#[derive(Mapped)]
#[mapped(listen)]
struct Heard {
    #[column(primary_key)]
    id: i64,
}

fn listen(_: i64) {}

#[derive(Table)]
#[mapped(listen = listen)]
struct Link {
    #[column(validate = any)]
    user_id: i64,
}

fn main() {}
