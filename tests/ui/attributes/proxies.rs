use orm::prelude::*;

#[derive(Mapped)]
#[mapped(
    proxy(names = notes.text),
    proxy(texts: String = note.text),
    proxy(labels: String = label.text),
    proxy(far: String = posts.text),
    proxy(many: String = large.text),
    proxy(label: String = notes.text),
    proxy(twice: String = notes.text),
    proxy(twice: String = notes.text),
    proxy(set_label: String = notes.text),
    proxy(clone: String = notes.text),
    proxy(keyed: String = by_length.text),
    proxy(shown: String = notes.text, viewonly, creator = |text| Note::builder().text(text)),
    proxy(gone: String = notes.text, cascade_scalar_deletes),
    proxy(first: String = first_note.text, cascade_scalar_deletes, create_on_none_assignment),
    proxy(other: String = notes.text, scalar)
)]
struct User {
    #[column(primary_key)]
    id: i64,
    label: String,
    notes: Many<Note>,
    #[relationship(target = "Post", primaryjoin = "User.id == Post.id")]
    posts: Many<AnyClass>,
    large: Dynamic<Note>,
    #[relationship(key = |note| note.text().map(|text| text.len() as i64))]
    by_length: ManyMap<i64, Note>,
    #[relationship(foreign_keys = User::note_id)]
    first_note: Option<One<Note>>,
    #[column(foreign_key = Note::id)]
    note_id: Option<i64>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = User::id)]
    user_id: i64,
}

#[derive(Table)]
#[mapped(proxy(names: String = notes.text))]
struct Link {
    id: i64,
}

fn main() {}
