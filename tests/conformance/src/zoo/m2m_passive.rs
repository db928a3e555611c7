//! Many to many whose links the database deletes.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Table)]
#[mapped(table = "link", registry = Zoo)]
pub struct Link {
    #[column(primary_key, foreign_key = Left::id, on_delete = "cascade")]
    pub left_id: i64,
    #[column(primary_key, foreign_key = Right::id, on_delete = "cascade")]
    pub right_id: i64,
}

#[derive(Mapped)]
#[mapped(table = "left", registry = Zoo)]
pub struct Left {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(secondary = "link", back_populates = "lefts", passive_deletes, order_by = Right::id)]
    pub rights: Many<Right>,
}

#[derive(Mapped)]
#[mapped(table = "right", registry = Zoo)]
pub struct Right {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(secondary = "link", back_populates = "rights", passive_deletes, order_by = Left::id)]
    pub lefts: Many<Left>,
}
