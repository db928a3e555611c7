use std::cell::{Cell, RefCell};

use orm::prelude::*;

#[derive(Mapped)]
struct Car {
    #[column(primary_key)]
    id: i64,
    count: Cell<i64>,
    name: Option<RefCell<String>>,
}

fn main() {}
