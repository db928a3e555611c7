use orm::prelude::*;

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = "user.id", on_delete = cascade, on_update = "nul", deferrable = "initialy deferred")]
    a: i64,
}

fn main() {}
