// A field may be called as an operation is: the accessor has the name, and the operation is a function of `Obj`.
use orm::prelude::*;

#[derive(Mapped)]
struct Meal {
    #[column(primary_key)]
    id: i64,
    with: String,
    to_value: i64,
    state: i64,
    any: bool,
    handle: i64,
    #[column(foreign_key = Meal::id)]
    from_handle: Option<i64>,
    #[relationship(remote_side = Meal::id)]
    downcast: Option<One<Meal>>,
}

fn main() {
    let _ = |meal: &Obj<Meal>| -> orm::Result<()> {
        let (with, to_value): (String, i64) = (meal.with()?, meal.to_value()?);
        meal.set_with("bread")?;
        meal.set_to_value(1)?;
        let known: bool = Obj::with(meal, |columns| columns.with.known().is_some())?;
        let value: Meal = Obj::to_value(meal)?;
        let rest = (meal.state()?, meal.any()?, meal.handle()?, meal.from_handle()?, meal.downcast()?);
        drop((with, to_value, known, value, rest, Obj::state(meal), Obj::any(meal)));
        Ok(())
    };
}
