use orm::prelude::*;

#[derive(Mapped)]
#[mapped(
    proxy(authors: String = notes.author, viewonly),
    proxy(texts: Option<String> = notes.text, creator = |text| Note::builder().text(text).author("ed")),
    proxy(kind: One<Kind> = note.kind, creator = |kind| Note::builder().kind(kind).author("ed"))
)]
struct User {
    #[column(primary_key)]
    id: i64,
    notes: Many<Note>,
    note: Option<One<Note>>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: Option<String>,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[column(foreign_key = Kind::id)]
    kind_id: i64,
    kind: One<Kind>,
    author: String,
}

#[derive(Mapped)]
struct Kind {
    #[column(primary_key)]
    id: i64,
    name: String,
}

fn written(user: &Obj<User>) -> orm::Result<()> {
    user.authors().append("ed")?;
    user.texts().append(7)?;
    user.set_kind(None)?;
    user.set_texts("text")
}

fn main() {
    let _ = User::texts.has(Note::author.eq("ed"));
    let _ = User::kind.any(Kind::name.eq("x"));
    let _ = User::kind.eq("x");
    let _ = User::texts.eq(7);
    let _ = User::texts.is_none();
    let _ = User::texts.contains(7);
    let _ = select(User::texts);
    let _ = written;
}
