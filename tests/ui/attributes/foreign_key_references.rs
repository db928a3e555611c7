use orm::prelude::*;

#[derive(Mapped)]
#[mapped(foreign_key(columns(org), references = User::id), foreign_key(columns(org), references(7)))]
struct Note {
    #[column(primary_key)]
    id: i64,
    org: i64,
}

fn main() {}
