use orm::prelude::*;

#[derive(Mapped)]
struct Slide {
    #[column(primary_key)]
    id: i64,
    #[relationship(ordered_by = "position")]
    by_text: Many<Bullet>,
    #[relationship(ordered_by)]
    by_nothing: Many<Bullet>,
    #[relationship(ordered_by = Bullet::position, count_from, numbering, reorder_on_append = 1)]
    without_values: Many<Bullet>,
    #[relationship(count_from = 1)]
    counted: Many<Bullet>,
    #[relationship(numbering = |index| index)]
    numbered: Many<Bullet>,
    #[relationship(reorder_on_append)]
    reordered: Many<Bullet>,
    #[relationship(ordered_by = Bullet::position, count_from = 1, numbering = |index| index as i64)]
    twice: Many<Bullet>,
    #[relationship(ordered_by = Bullet::position)]
    set: ManySet<Bullet>,
    #[relationship(ordered_by = Bullet::position)]
    large: WriteOnly<Bullet>,
    #[relationship(ordered_by = Bullet::position)]
    one: Option<One<Bullet>>,
    #[relationship(ordered_by = Bullet::position, viewonly)]
    read: Many<Bullet>,
    #[relationship(ordered_by = Bullet::position, target = "Bullet")]
    by_name: Many<AnyClass>,
}

#[derive(Mapped)]
struct Bullet {
    #[column(primary_key)]
    id: i64,
    position: i64,
    #[column(foreign_key = Slide::id)]
    slide_id: Option<i64>,
}

fn main() {}
