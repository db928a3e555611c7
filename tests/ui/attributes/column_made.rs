use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key, onupdate = 1)]
    id: i64,
    #[column(onupdate = 1, server_onupdate)]
    both: i64,
    #[column(foreign_key = User::id, server_onupdate)]
    parent_id: Option<i64>,
    #[column(computed = "both + 1", default = 1, server_default, onupdate = 1, validate = check)]
    computed: i64,
    #[column(computed = "both;")]
    ended: i64,
    #[column(stored)]
    plain: i64,
    #[column(version_id, onupdate = 1)]
    version: i64,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key, server_default)]
    name: String,
    #[column(version_id = "server", default = 1)]
    version: i64,
    #[column(server_onupdate = 1, computed, stored = "yes")]
    wrong: i64,
}

#[derive(Mapped)]
#[mapped(default)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(server_default)]
    text: String,
    #[column(server_default = 5)]
    number: i64,
}

#[derive(Table)]
#[mapped(confirm_deleted_rows = false)]
struct Link {
    #[column(onupdate = 1)]
    left: i64,
    #[column(server_onupdate)]
    right: i64,
    #[column(active_history)]
    middle: i64,
}

fn main() {}
