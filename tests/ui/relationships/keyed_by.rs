use orm::prelude::*;

#[derive(Mapped)]
struct Item {
    #[column(primary_key)]
    id: i64,
    without: ManyMap<String, Note>,
    #[relationship(key)]
    by_nothing: ManyMap<String, Note>,
    #[relationship(key = "keyword")]
    by_text: ManyMap<String, Note>,
    #[relationship(key = (Note::keyword,))]
    by_a_tuple_of_one: ManyMap<String, Note>,
    #[relationship(key = (Note::keyword, "id"))]
    by_a_part_that_is_a_text: ManyMap<(String, i64), Note>,
    #[relationship(key = Note::keyword, ignore_unpopulated_attribute = 1)]
    ignoring: ManyMap<String, Note>,
    #[relationship(ignore_unpopulated_attribute)]
    ignoring_nothing: Many<Note>,
    #[relationship(key = Note::keyword)]
    list: Many<Note>,
    #[relationship(key = Note::keyword)]
    one: Option<One<Note>>,
    #[relationship(key = Note::keyword, target = "Note")]
    by_name: ManyMap<String, AnyClass>,
    #[relationship(key = Note::keyword, ordered_by = Note::id)]
    ordered: ManyMap<String, Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    keyword: String,
    #[column(foreign_key = Item::id)]
    item_id: Option<i64>,
}

fn main() {}
