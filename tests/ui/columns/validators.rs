use orm::prelude::*;

fn number(value: i64) -> Result<i64, String> {
    Ok(value)
}

fn no_result(value: String) -> String {
    value
}

fn of_another(_: &Obj<Post>, value: String) -> Result<String, String> {
    Ok(value)
}

fn no_error(value: String) -> Result<String, i32> {
    Ok(value)
}

fn post_by_value(_: Obj<Post>) -> Result<(), String> {
    Ok(())
}

fn user(_: &Obj<User>) -> Result<(), String> {
    Ok(())
}

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(validate = number)]
    email: String,
    #[column(validate = no_result)]
    name: String,
    #[column(validate = of_another)]
    first: String,
    #[column(validate = no_error)]
    last: String,
    #[column(validate = missing)]
    nobody: String,
    #[relationship(validate = post_by_value, validate_removes = user)]
    posts: Many<Post>,
}

#[derive(Mapped)]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
}

fn listen(_: &mut orm::Listeners<'_, User>) {}

#[derive(Mapped)]
#[mapped(listen = listen)]
struct Heard {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
