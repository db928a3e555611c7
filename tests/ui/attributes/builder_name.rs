use orm::prelude::*;

#[derive(Mapped)]
#[mapped(builder = "NewCar")]
struct Car {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
#[mapped(builder = made::NewBus)]
struct Bus {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
