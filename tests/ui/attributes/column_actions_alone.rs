use orm::prelude::*;

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(on_delete = "cascade")]
    a: i64,
    #[column(deferrable = "initially deferred")]
    b: i64,
}

fn main() {}
