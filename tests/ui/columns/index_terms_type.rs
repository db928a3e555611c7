use orm::prelude::*;

#[derive(Mapped)]
#[mapped(index(on = "name"), index(columns(name), filter = Both::name))]
struct Both {
    #[column(primary_key)]
    id: i64,
    #[column(sort_order = "first")]
    name: String,
}

fn main() {}
