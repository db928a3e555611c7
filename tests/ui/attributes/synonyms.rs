use orm::prelude::*;

#[derive(Mapped)]
#[mapped(
    synonym,
    synonym = "other",
    synonym(other: name),
    synonym(),
    synonym(other = nme),
    synonym(a = b, b = a),
    synonym(id = name),
    synonym(title = name, title = id),
    synonym(set_name = id),
    synonym(fmt = id),
    synonym(more = many)
)]
struct Node {
    #[column(primary_key)]
    id: i64,
    name: String,
}

#[derive(Mapped)]
#[mapped(synonym(parts = rest))]
struct Whole {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "whole")]
    rest: Many<Part>,
}

// As with SQLAlchemy, the reverse side is named by its own name.
#[derive(Mapped)]
struct Part {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Whole::id)]
    whole_id: i64,
    #[relationship(back_populates = "parts")]
    whole: One<Whole>,
}

#[derive(Table)]
#[mapped(synonym(other = id))]
struct Link {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
