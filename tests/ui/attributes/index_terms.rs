use orm::prelude::*;

#[derive(Mapped)]
#[mapped(
    index(columns(name), on = Both::name.desc()),
    index(name = "none"),
    index(on(name)),
    index(columns(name), filter),
    strict = "yes",
    without_rowid,
    confirm_deleted_rows = "no",
    comment
)]
struct Both {
    #[column(primary_key)]
    id: i64,
    #[column(comment = 5, sort_order)]
    name: String,
}

fn main() {}
