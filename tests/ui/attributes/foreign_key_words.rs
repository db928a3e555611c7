use orm::prelude::*;

#[derive(Mapped)]
#[mapped(foreign_key(columns(org), references("org.id"), deferrable = "later", name = fk, index = 1))]
struct Note {
    #[column(primary_key)]
    id: i64,
    org: i64,
}

fn main() {}
