use orm::prelude::*;

#[derive(Mapped)]
#[mapped(unique(columns(nmae)), unique(name = 7, columns(id, id)))]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
