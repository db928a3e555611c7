use orm::prelude::*;

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key(name = "fk"))]
    no_column: i64,
    #[column(foreign_key())]
    nothing: i64,
    #[column(foreign_key("user.id" name = "fk"))]
    no_comma: i64,
    #[column(foreign_key(7, name = "fk"))]
    number: i64,
    #[column(foreign_key("user.id", nam = "fk"))]
    unknown: i64,
    #[column(foreign_key("user.id", name = 7, on_update = "nothing"))]
    words: i64,
    #[column(foreign_key("user.id", on_delete = "cascade", deferrable), on_delete = "restrict")]
    twice: i64,
}

fn main() {}
