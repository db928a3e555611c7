use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(name = nick, check = 5)]
    name: String,
    #[column(server_default = 0)]
    age: i64,
    #[column(info = 7, active_history = "always")]
    nick: Option<String>,
}

fn main() {}
