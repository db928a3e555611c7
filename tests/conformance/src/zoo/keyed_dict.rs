//! Both ways, a collection keyed by a column of the child, `delete-orphan`.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "item", registry = Zoo)]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(key = Note::keyword, back_populates = "item", cascade = "all, delete-orphan")]
    pub notes: ManyMap<Option<String>, Note>,
}

#[derive(Mapped)]
#[mapped(table = "note", registry = Zoo)]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    pub keyword: Option<String>,
    pub text: Option<String>,
    #[column(foreign_key = Item::id)]
    pub item_id: Option<i64>,
    #[relationship(back_populates = "notes")]
    pub item: Option<One<Item>>,
}
