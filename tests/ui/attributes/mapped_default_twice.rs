use orm::prelude::*;

#[derive(Mapped)]
#[derive(Default)]
#[mapped(default)]
struct After {
    #[column(primary_key)]
    id: i64,
}

#[derive(Default)]
#[derive(Mapped)]
#[mapped(default)]
struct Before {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped, Default)]
#[mapped(default)]
struct Beside {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
