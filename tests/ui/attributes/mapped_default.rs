// `default` derives `Default`, which can't tell what only the database knows.
use orm::prelude::*;

#[derive(Mapped)]
#[mapped(default = 1, eager_defaults = "yes")]
struct Flag {
    #[column(primary_key)]
    id: i64,
}

#[derive(Table)]
#[mapped(eager_defaults)]
struct Link {
    #[column(primary_key, server_default = "7")]
    id: i64,
}

#[derive(Mapped)]
#[mapped(default)]
struct Doc {
    #[column(primary_key)]
    id: i64,
    #[column(server_default = "current_timestamp")]
    made: String,
    #[column(server_default = "'x'")]
    number: i64,
    #[column(server_default = "'draft'")]
    kind: Kind,
}

struct Kind;

fn main() {
    let _ = Doc::default();
}
