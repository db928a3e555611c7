use orm::prelude::*;

type Notes = Many<Note>;

#[derive(Mapped)]
struct Item {
    #[column(primary_key)]
    id: i64,
    keyword: String,
    #[relationship(key = Note::number)]
    of_another_type: ManyMap<String, Note>,
    #[relationship(key = (Note::number, Note::text))]
    a_part_of_another_type: ManyMap<(String, String), Note>,
    #[relationship(key = (Note::number, Note::text))]
    a_part_too_many: ManyMap<String, Note>,
    #[relationship(key = Note::number)]
    a_part_too_few: ManyMap<(i64, String), Note>,
    #[relationship(key = Note::number)]
    keys_of_no_column: ManyMap<Vec<String>, Note>,
}

#[derive(Mapped)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = Item::keyword)]
    of_another_class: ManyMap<String, Note>,
    #[relationship(key = (Note::number, Item::keyword))]
    a_part_of_another_class: ManyMap<(i64, String), Note>,
    #[relationship(key = of_item)]
    a_function_of_another_class: ManyMap<String, Note>,
    #[relationship(ordered_by = Item::id)]
    in_order_of_another_class: Many<Note>,
}

#[derive(Mapped)]
struct Page {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = Note::number)]
    no_map: Notes,
    #[relationship(key = |note| note.number())]
    no_map_by_a_function: Notes,
    #[relationship(key = |note| note.number())]
    gives_another_type: ManyMap<String, Note>,
    #[relationship(key = of_note)]
    named_and_gives_another_type: ManyMap<String, Note>,
    #[relationship(key = Note::function)]
    a_function_of_a_class: ManyMap<i64, Note>,
    #[relationship(key = surely)]
    gives_no_result: ManyMap<i64, Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    number: i64,
    text: String,
    #[column(foreign_key = Item::id)]
    item_id: Option<i64>,
    #[column(foreign_key = Book::id)]
    book_id: Option<i64>,
    #[column(foreign_key = Page::id)]
    page_id: Option<i64>,
}

impl Note {
    fn function(note: &Obj<Note>) -> orm::Result<i64> {
        note.number()
    }
}

fn of_item(item: &Obj<Item>) -> orm::Result<String> {
    item.keyword()
}

fn of_note(note: &Obj<Note>) -> orm::Result<i64> {
    note.number()
}

fn surely(_: &Obj<Note>) -> i64 {
    1
}

fn main() {}
