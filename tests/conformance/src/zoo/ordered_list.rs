//! One way, a list that keeps its places in a column, `delete-orphan`.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "slide", registry = Zoo)]
pub struct Slide {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(ordered_by = Bullet::position, cascade = "all, delete-orphan")]
    pub bullets: Many<Bullet>,
}

#[derive(Mapped)]
#[mapped(table = "bullet", registry = Zoo)]
pub struct Bullet {
    #[column(primary_key)]
    pub id: i64,
    pub text: Option<String>,
    pub position: Option<i64>,
    #[column(foreign_key = Slide::id)]
    pub slide_id: Option<i64>,
}
