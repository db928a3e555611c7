use orm::prelude::*;

type Notes = Many<Note>;

#[derive(Mapped)]
struct Item {
    #[column(primary_key)]
    id: i64,
    keyword: String,
    #[relationship(key = Note::number)]
    of_another_type: ManyMap<String, Note>,
}

#[derive(Mapped)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = Item::keyword)]
    of_another_class: ManyMap<String, Note>,
}

#[derive(Mapped)]
struct Page {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = Note::number)]
    no_map: Notes,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    number: i64,
    #[column(foreign_key = Item::id)]
    item_id: Option<i64>,
    #[column(foreign_key = Book::id)]
    book_id: Option<i64>,
    #[column(foreign_key = Page::id)]
    page_id: Option<i64>,
}

fn main() {}
