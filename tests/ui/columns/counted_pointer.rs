use std::rc::Rc;

use orm::prelude::*;

#[derive(Mapped)]
struct Car {
    #[column(primary_key)]
    id: i64,
    name: Rc<String>,
}

fn main() {}
