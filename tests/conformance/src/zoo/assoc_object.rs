//! An association object, both ways on both sides, `delete-orphan`.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "association", registry = Zoo)]
pub struct Association {
    #[column(primary_key, foreign_key = Left::id)]
    pub left_id: i64,
    #[column(primary_key, foreign_key = Right::id)]
    pub right_id: i64,
    pub extra: Option<String>,
    #[relationship(back_populates = "rights")]
    pub left: One<Left>,
    #[relationship(back_populates = "lefts")]
    pub right: One<Right>,
}

#[derive(Mapped)]
#[mapped(table = "left", registry = Zoo)]
pub struct Left {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(back_populates = "left", cascade = "all, delete-orphan", order_by = Association::right_id)]
    pub rights: Many<Association>,
}

#[derive(Mapped)]
#[mapped(table = "right", registry = Zoo)]
pub struct Right {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(back_populates = "right", cascade = "all, delete-orphan", order_by = Association::left_id)]
    pub lefts: Many<Association>,
}
