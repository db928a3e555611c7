//! Classes whose tables are in two databases: the main one, and one that is attached as `archive`.

use orm::engine::Engine;
use orm::prelude::*;

use crate::Db;

orm::registry!(
    /// Tables of two databases.
    pub Schemas
);

/// In the other database.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Schemas, table = "people", schema = "archive")]
pub struct Reader {
    #[column(primary_key)]
    pub id: i64,
    #[column(index, unique)]
    pub name: String,
    #[column(foreign_key = Reader::id)]
    pub boss_id: Option<i64>,
    #[relationship(back_populates = "reports", remote_side = Reader::id)]
    pub boss: Option<One<Reader>>,
    #[relationship(back_populates = "boss", order_by = Reader::id)]
    pub reports: Many<Reader>,
    #[relationship(back_populates = "reader", cascade = "all, delete-orphan", order_by = Letter::id)]
    pub letters: Many<Letter>,
    #[relationship(secondary = Link, back_populates = "readers", order_by = Tag::id)]
    pub tags: Many<Tag>,
    #[relationship(secondary = "archive.marks", order_by = Mark::id)]
    pub marks: Many<Mark>,
    #[relationship(secondary = "archive.links", viewonly, order_by = Tag::name,
        primaryjoin = "Reader.id == archive.links.c.reader_id", secondaryjoin = "Tag.id == archive.links.c.tag_id")]
    pub tags_by_text: Many<Tag>,
}

/// In the main database, of the other one's readers.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Schemas, table = "letters")]
pub struct Letter {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = "archive.people.id")]
    pub reader_id: i64,
    pub text: String,
    #[relationship(back_populates = "letters")]
    pub reader: One<Reader>,
}

/// In the main database.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Schemas, table = "tags")]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(secondary = Link, back_populates = "tags", order_by = Reader::id)]
    pub readers: Many<Reader>,
    /// Through two tables of one name.
    #[relationship(
        secondary = "join(archive.links, archive.people, archive.links.c.reader_id == archive.people.c.id)\
                     .join(people, people.c.reader_id == archive.people.c.id)",
        primaryjoin = "Tag.id == archive.links.c.tag_id",
        secondaryjoin = "Letter.reader_id == people.c.reader_id",
        viewonly,
        order_by = "Letter.id"
    )]
    pub letters: Many<Letter>,
}

/// Links readers and tags.
#[derive(Table)]
#[mapped(registry = Schemas, table = "links", schema = "archive")]
pub struct Link {
    #[column(primary_key, foreign_key = Reader::id)]
    pub reader_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    pub tag_id: i64,
}

/// Its table is called like that which links it, in the other database.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Schemas, table = "marks")]
pub struct Mark {
    #[column(primary_key)]
    pub id: i64,
    pub mark_id: i64,
}

/// Links readers and marks.
#[derive(Table)]
#[mapped(registry = Schemas, table = "marks", schema = "archive")]
pub struct MarkOf {
    #[column(primary_key, foreign_key = Reader::id)]
    pub reader_id: i64,
    #[column(primary_key, foreign_key = Mark::id)]
    pub mark_id: i64,
}

/// Its table is called like that of readers, in the main database.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Schemas, table = "people")]
pub struct Person {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    #[column(foreign_key = Reader::id)]
    pub reader_id: Option<i64>,
    pub reader: Option<One<Reader>>,
}

/// By a key of two columns.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Schemas, table = "volumes", schema = "archive")]
pub struct Volume {
    #[column(primary_key)]
    pub series: String,
    #[column(primary_key)]
    pub number: i64,
    #[relationship(back_populates = "volume", cascade = "all, delete-orphan", order_by = Page::id)]
    pub pages: Many<Page>,
}

/// Of a key of two columns.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(
    registry = Schemas,
    table = "pages",
    foreign_key(columns(series, number), references(Volume::series, Volume::number))
)]
pub struct Page {
    #[column(primary_key)]
    pub id: i64,
    pub series: String,
    pub number: i64,
    #[relationship(back_populates = "pages")]
    pub volume: One<Volume>,
}

/// In memory, both, without tables.
pub fn two_databases() -> Db {
    let options = orm::sqlite::Engine::options().attach("archive", ":memory:");
    Db::over(Engine::from(options.in_memory().unwrap()), None)
}

/// Both with their tables.
pub fn two() -> Db {
    let db = two_databases();
    Schemas::create_all(&db.engine).unwrap();
    db.sql();
    db
}

/// Both with rows in them; nothing of them is in a session.
pub fn two_filled() -> Db {
    let db = two();
    let session = db.session();
    let letter = |text: &str| Letter::builder().text(text);
    let tags = ["x", "y"].map(|name| session.add(Tag::builder().name(name)).unwrap());
    let marks = [7, 8].map(|of| session.add(Mark::builder().mark_id(of)).unwrap());
    let boss = session.add(Reader::builder().name("boss")).unwrap();
    let ed = Reader::builder()
        .name("ed")
        .letters([letter("a"), letter("b")])
        .tags(&tags)
        .marks(&marks)
        .boss(&boss);
    let ed = session.add(ed).unwrap();
    session.add(Person::builder().name("ed").reader(&ed)).unwrap();
    session.add(Person::builder().name("none")).unwrap();
    session.add(Volume::builder().series("s").number(1).pages([Page::builder(), Page::builder()])).unwrap();
    session.commit().unwrap();
    drop((ed, boss, tags, marks, session));
    db.sql();
    db
}
