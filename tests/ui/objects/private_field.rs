mod garage {
    use orm::prelude::*;

    #[derive(Mapped)]
    pub struct Car {
        #[column(primary_key)]
        pub id: i64,
        secret: String,
        #[column(foreign_key = Car::id)]
        tows_id: Option<i64>,
        #[relationship(remote_side = Car::id)]
        tows: Option<One<Car>>,
    }
}

fn look(car: &orm::Obj<garage::Car>) {
    let _ = car.secret();
    let _ = car.set_secret("x");
    let _ = garage::Car::secret;
    let _ = garage::Car::tows;
    let _ = garage::Car::builder().secret("x");
    let _ = car.with(|columns| columns.secret.clone());
}

fn main() {}
