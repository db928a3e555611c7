//! Rows that need each other: of a widget's entries one is its favourite, whose key is written by an update of its own.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "entry", registry = Zoo)]
pub struct Entry {
    #[column(primary_key)]
    pub entry_id: i64,
    pub name: Option<String>,
    #[column(foreign_key = Widget::widget_id)]
    pub widget_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(table = "widget", registry = Zoo)]
pub struct Widget {
    #[column(primary_key)]
    pub widget_id: i64,
    pub name: Option<String>,
    #[column(foreign_key(Entry::entry_id, name = "fk_favorite_entry"))]
    pub favorite_entry_id: Option<i64>,
    #[relationship(foreign_keys = Entry::widget_id, order_by = Entry::entry_id)]
    pub entries: Many<Entry>,
    #[relationship(foreign_keys = Widget::favorite_entry_id, post_update)]
    pub favorite_entry: Option<One<Entry>>,
}
