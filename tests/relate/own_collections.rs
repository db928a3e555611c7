//! Collection types of one's own: views over lists, sets and keyed collections.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Collection, CollectionType, IntoObj, ManyAs, MapCollection};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    Own
);

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Own, table = "own_post")]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "post", cascade = "all, delete-orphan", order_by = Note::id)]
    notes: ManyAs<Sorted>,
    #[relationship(key = Tag::name, cascade = "all, delete-orphan", order_by = Tag::id)]
    tags: ManyAs<Tags>,
    marks: ManyAs<Marks>,
    #[relationship(ordered_by = Line::place)]
    lines: ManyAs<Lines>,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Own, table = "own_note")]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = Post::id)]
    post_id: Option<i64>,
    #[relationship(back_populates = "notes")]
    post: Option<One<Post>>,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Own, table = "own_tag")]
struct Tag {
    #[column(primary_key)]
    id: i64,
    name: String,
    weight: i64,
    #[column(foreign_key = Post::id)]
    post_id: i64,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Own, table = "own_mark")]
struct Mark {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Post::id)]
    post_id: Option<i64>,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Own, table = "own_line")]
struct Line {
    #[column(primary_key)]
    id: i64,
    place: Option<i64>,
    #[column(foreign_key = Post::id)]
    post_id: Option<i64>,
}

/// Notes by their texts, each text once.
struct Sorted(Collection<Note>);

impl CollectionType for Sorted {
    type Field = Many<Note>;

    fn of(items: Collection<Note>) -> Self {
        Sorted(items)
    }
}

impl Sorted {
    fn texts(&self) -> orm::Result<Vec<String>> {
        let mut texts = self.0.iter()?.map(|note| note.text()).collect::<orm::Result<Vec<_>>>()?;
        texts.sort();
        Ok(texts)
    }

    fn add(&self, text: &str) -> orm::Result<bool> {
        let is_new = !self.texts()?.iter().any(|other| other == text);
        if is_new {
            self.0.append(Note::builder().text(text))?;
        }
        Ok(is_new)
    }

    fn take_first(&self) -> orm::Result<Obj<Note>> {
        let first = self.0.iter()?.min_by_key(|note| note.text().unwrap_or_default());
        match first {
            Some(note) => self.0.remove(&note).map(|()| note),
            None => self.0.pop(),
        }
    }
}

/// Tags with what they weigh together.
struct Tags(MapCollection<String, Tag>);

impl CollectionType for Tags {
    type Field = ManyMap<String, Tag>;

    fn of(items: MapCollection<String, Tag>) -> Self {
        Tags(items)
    }
}

impl Tags {
    fn weight(&self) -> orm::Result<i64> {
        self.0.values()?.map(|tag| tag.weight()).sum()
    }
}

/// A set that only grows.
struct Marks(Collection<Mark>);

impl CollectionType for Marks {
    type Field = ManySet<Mark>;

    fn of(items: Collection<Mark>) -> Self {
        Marks(items)
    }
}

/// A list that keeps its order.
struct Lines(Collection<Line>);

impl CollectionType for Lines {
    type Field = Many<Line>;

    fn of(items: Collection<Line>) -> Self {
        Lines(items)
    }
}

fn own() -> (Db, Session) {
    let db = Db::empty();
    Own::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn a_list_with_methods_of_its_own() {
    let (db, session) = own();
    let post = session.add(Post::builder().notes([Note::builder().text("red")])).unwrap();
    assert!(post.notes().add("blue").unwrap() && !post.notes().add("red").unwrap());
    session.commit().unwrap();
    assert_eq!(post.notes().texts().unwrap(), ["blue", "red"]);
    // What comes by the other side is there too.
    let green = session.add(Note::builder().text("green").post(&post)).unwrap();
    assert_eq!(post.notes().texts().unwrap(), ["blue", "green", "red"]);
    let first = post.notes().take_first().unwrap();
    assert_eq!((first.text().unwrap().as_str(), first.post().unwrap()), ("blue", None));
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "own_post" DEFAULT VALUES
        INSERT INTO "own_note" ("text", "post_id") VALUES (?, ?) ['red', 1]
        INSERT INTO "own_note" ("text", "post_id") VALUES (?, ?) ['blue', 1]
        SELECT "id" FROM "own_post" WHERE "id" = ? [1]
        SELECT "own_note"."id", "own_note"."text", "own_note"."post_id" FROM "own_note" WHERE ? = "own_note"."post_id" ORDER BY "own_note"."id" [1]
        INSERT INTO "own_note" ("text", "post_id") VALUES (?, ?) ['green', 1]
        DELETE FROM "own_note" WHERE "id" = ? [2]
    "#]].assert_eq(&db.sql());
    post.set_notes([&green]).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select text from own_note"), "'green'\n");
    post.set_notes(Vec::<Obj<Note>>::new()).unwrap();
    assert_eq!(code(post.notes().take_first()), Code::IndexOutOfRange);
}

#[test]
fn sets_keyed_collections_and_ordered_lists() {
    let (db, session) = own();
    let tag = |name: &str, weight: i64| Tag::builder().name(name).weight(weight);
    let mark = Mark::builder().into_obj().unwrap();
    let post = Post::builder().tags([tag("a", 1), tag("b", 2)]).marks([&mark, &mark]);
    let post = session.add(post.lines([Line::builder(), Line::builder()])).unwrap();
    post.tags().0.insert(tag("a", 5)).unwrap();
    session.commit().unwrap();
    assert_eq!((post.tags().weight().unwrap(), post.marks().0.len().unwrap()), (7, 1));
    assert_eq!(post.lines().0.get(1).unwrap().unwrap().place().unwrap(), Some(1));
    assert_eq!(db.rows("select name, weight from own_tag order by name"), "'a'|5\n'b'|2\n");
}

#[test]
fn loaded_by_options_asked_for_and_nested_in_values() {
    let (db, session) = own();
    for text in ["red", "blue"] {
        session.add(Post::builder().notes([Note::builder().text(text)])).unwrap();
    }
    session.commit().unwrap();
    session.expunge_all();
    db.sql();
    let posts = session.scalars(select(Post).options(selectin(Post::notes))).unwrap().all().unwrap();
    for (post, text) in posts.iter().zip(["red", "blue"]) {
        assert_eq!(post.notes().texts().unwrap(), [text]);
    }
    assert_eq!(db.statements(), 2);
    let with_red = select(Post::id).filter(Post::notes.any(Note::text.eq("red")));
    assert_eq!(session.scalars(with_red).unwrap().one().unwrap(), 1);
    let value = posts[0].to_value_nested().unwrap();
    assert_eq!(value.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["red"]);
    assert_eq!(posts[0].to_value().unwrap(), Post { id: 1, ..Post::default() });
    let new =
        Post { notes: vec![Note { text: "new".to_owned(), ..Note::default() }].into(), ..Post::default() };
    assert_eq!(new.clone().notes.into_vec().unwrap().len(), 1);
    assert!(new.notes.is_loaded() && !new.lines.is_loaded());
    let new = session.add(new).unwrap();
    assert_eq!(new.notes().texts().unwrap(), ["new"]);
}

/// One within another, as deep as it may be.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Own, table = "own_twig")]
struct Twig {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Twig::id)]
    twig_id: Option<i64>,
    twigs: ManyAs<Twigs>,
}

struct Twigs;

impl CollectionType for Twigs {
    type Field = Many<Twig>;

    fn of(_: Collection<Twig>) -> Self {
        Twigs
    }
}

#[test]
fn values_in_each_other_are_let_go_of_however_deep_they_are() {
    let mut twig = Twig::default();
    for id in 0..100_000 {
        twig = Twig { id, twigs: vec![twig].into(), ..Twig::default() };
    }
    assert_eq!(twig.twigs.get().map(<[Twig]>::len), Some(1));
    drop(twig);
}

/// An item that gets its place is changed, also before it is in a session.
#[test]
fn the_place_of_a_new_item_is_a_change() {
    let post = Post::builder().into_obj().unwrap();
    let line = Line::builder().into_obj().unwrap();
    let before = Obj::any(&line).is_modified();
    post.lines().0.append(&line).unwrap();
    assert_eq!((before, Obj::any(&line).is_modified()), (false, true));
}

/// What isn't in a collection isn't taken out of it: neither side changes, and the orphan isn't deleted.
#[test]
fn what_is_not_in_it_is_not_taken_out() {
    let db = Db::empty();
    Own::create_all(&db.engine).unwrap();
    let session = db.session();
    let (one, other) = session.add_all((Post::builder(), Post::builder())).unwrap();
    other.notes().add("a").unwrap();
    session.commit().unwrap();
    let note = other.notes().0.get(0).unwrap().unwrap();
    session.expire_all().unwrap();
    let savepoint = session.begin_nested().unwrap();
    assert_eq!(code(one.notes().0.remove(&note)), Code::NotInCollection);
    assert!(!session.is_dirty());
    savepoint.commit().unwrap();
    session.commit().unwrap();
    assert_eq!(note.post().unwrap(), Some(other));
    assert_eq!(db.rows("select count(*) from own_note"), "1\n");
}
