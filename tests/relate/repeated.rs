//! What stands in a list more than once, and replacements of all items: what changes, in memory, on the other side and in the
//! database, as SQLAlchemy has it.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Code, IntoObj};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    Repeats
);

#[derive(Mapped, Default)]
#[mapped(registry = Repeats)]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "post")]
    notes: Many<Note>,
    #[relationship(back_populates = "post", cascade = "all, delete-orphan")]
    parts: Many<Part>,
    #[relationship(secondary = PostTag, back_populates = "posts")]
    tags: Many<Tag>,
    #[relationship(secondary = PostTag, viewonly)]
    tags_once: ManySet<Tag>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Repeats)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = Post::id)]
    post_id: Option<i64>,
    #[relationship(back_populates = "notes")]
    post: Option<One<Post>>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Repeats)]
struct Part {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Post::id)]
    post_id: i64,
    #[relationship(back_populates = "parts")]
    post: One<Post>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Repeats)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = PostTag, back_populates = "tags")]
    posts: Many<Post>,
}

#[derive(Table)]
#[mapped(registry = Repeats)]
struct PostTag {
    #[column(primary_key, foreign_key = Post::id)]
    post_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

fn repeats() -> (Db, Session) {
    let db = Db::empty();
    Repeats::create_all(&db.engine).unwrap();
    db.sql();
    let session = db.session();
    (db, session)
}

fn note(text: &str) -> Obj<Note> {
    Note { text: text.into(), ..Note::default() }.into_obj().unwrap()
}

/// The texts of its notes.
fn texts(post: &Obj<Post>) -> String {
    post.notes().iter().unwrap().map(|note| note.text().unwrap()).collect()
}

/// A post with these notes, committed and read again.
fn post(session: &Session, notes: &[&Obj<Note>]) -> Obj<Post> {
    let notes: Vec<_> = notes.iter().map(|note| (*note).clone()).collect();
    let post = session.add(Post::builder().notes(notes)).unwrap();
    session.commit().unwrap();
    post.notes().len().unwrap();
    post
}

/// What has come to the notes, what stays and what has gone, and what the flush writes of it.
fn changes(db: &Db, session: &Session, post: &Obj<Post>, expected: Expect) {
    let history = Obj::any(post).history("notes").unwrap();
    let text = |any: &orm::AnyObj| match any.get("text").unwrap() {
        orm::Value::Text(text) => text,
        other => panic!("{other:?} is no text"),
    };
    let parts = [history.added, history.unchanged, history.deleted];
    let parts = parts.map(|part| part.iter().map(text).collect::<String>());
    db.sql();
    session.flush().unwrap();
    expected.assert_eq(&format!("+{} ={} -{}\n{}", parts[0], parts[1], parts[2], db.sql()));
}

/// It is written once. One that goes leaves the other one; the last one lets go.
#[test]
fn an_object_twice_in_a_list() {
    let (db, session) = repeats();
    let [n, m] = ["n", "m"].map(note);
    let post = session.add(Post::builder().notes([n.clone(), n.clone(), m.clone()])).unwrap();
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        +nnm = -
        INSERT INTO "post" DEFAULT VALUES
        INSERT INTO "note" ("text", "post_id") VALUES (?, ?) ['n', 1]
        INSERT INTO "note" ("text", "post_id") VALUES (?, ?) ['m', 1]
    "#]],
    );
    assert_eq!(texts(&post), "nnm");
    post.notes().remove(&n).unwrap();
    assert_eq!((texts(&post), n.post().unwrap()), ("nm".into(), Some(post.clone())));
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        + =nm -
    "#]],
    );
    post.notes().remove(&n).unwrap();
    assert_eq!((texts(&post), n.post().unwrap()), ("m".into(), None));
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        + =m -n
        UPDATE "note" SET "post_id" = ? WHERE "id" = ? [NULL, 1]
    "#]],
    );
    session.commit().unwrap();
    // Rows know of one only.
    post.notes().append(&m).unwrap();
    assert_eq!(texts(&post), "mm");
    session.commit().unwrap();
    assert_eq!(texts(&post), "m");
}

/// By its other side an object goes from one place.
#[test]
fn an_object_twice_that_goes_by_its_other_side() {
    let (db, session) = repeats();
    let n = note("n");
    let post = session.add(Post::builder().notes([n.clone(), n.clone()])).unwrap();
    session.flush().unwrap();
    n.set_post(None).unwrap();
    assert_eq!(texts(&post), "n");
    session.commit().unwrap();
    assert_eq!((texts(&post), db.rows("select post_id from note")), (String::new(), "NULL\n".into()));
}

/// An orphan is who stands in the list no more.
#[test]
fn an_object_twice_that_must_have_a_parent() {
    let (db, session) = repeats();
    let part = Part::default().into_obj().unwrap();
    let post = session.add(Post::builder().parts([part.clone(), part.clone()])).unwrap();
    session.flush().unwrap();
    post.parts().remove(&part).unwrap();
    assert_eq!((post.parts().len().unwrap(), part.post().unwrap()), (1, post.clone()));
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from part"), "1\n");
    post.parts().remove(&part).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from part"), "0\n");
}

/// Two links of the same objects are one row too many, which the database refuses.
#[test]
fn an_object_twice_over_an_association() {
    let (db, session) = repeats();
    let tag = Tag::default().into_obj().unwrap();
    let post = session.add(Post::builder().tags([tag.clone(), tag.clone()])).unwrap();
    assert_eq!((post.tags().len().unwrap(), tag.posts().len().unwrap()), (2, 2));
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    let tag = Tag::default().into_obj().unwrap();
    let post = session.add(Post::builder().tags([&tag])).unwrap();
    session.commit().unwrap();
    post.tags().append(&tag).unwrap();
    assert_eq!(post.tags().len().unwrap(), 2);
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    assert_eq!(post.tags_once().len().unwrap(), 1);
    assert_eq!(db.rows("select count(*) from post_tag"), "1\n");
}

/// Of a replacement only who comes and who goes is changed; who stays isn't touched, in whatever order and however often.
#[test]
fn a_replacement_changes_who_comes_and_goes() {
    let (db, session) = repeats();
    let [a, b, c] = ["a", "b", "c"].map(note);
    let post = post(&session, &[&a, &b]);
    post.notes().replace([&b, &c]).unwrap();
    assert_eq!((a.post().unwrap(), c.post().unwrap()), (None, Some(post.clone())));
    assert!(!Obj::any(&b).is_modified() && Obj::any(&a).is_modified() && Obj::any(&c).is_modified());
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        +c =b -a
        UPDATE "note" SET "post_id" = ? WHERE "id" = ? [NULL, 1]
        INSERT INTO "note" ("text", "post_id") VALUES (?, ?) ['c', 1]
    "#]],
    );
    post.notes().replace([&c, &b]).unwrap();
    assert_eq!(texts(&post), "cb");
    assert!(!Obj::any(&b).is_modified() && !Obj::any(&c).is_modified());
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        + =cb -
    "#]],
    );
    post.notes().replace([&b, &b, &c]).unwrap();
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        + =bbc -
    "#]],
    );
    post.notes().replace([&b, &c]).unwrap();
    assert_eq!(b.post().unwrap(), Some(post.clone()));
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        + =bc -
    "#]],
    );
    // Of an object that comes twice, each place is told of.
    post.notes().replace([&a, &a, &c]).unwrap();
    assert_eq!((texts(&post), b.post().unwrap()), ("aac".into(), None));
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        +aa =c -b
        UPDATE "note" SET "post_id" = ? WHERE "id" = ? [1, 1]
        UPDATE "note" SET "post_id" = ? WHERE "id" = ? [NULL, 2]
    "#]],
    );
    // While all go, one that stands there twice stands there still: in memory it keeps its reference, as in SQLAlchemy.
    post.notes().clear().unwrap();
    assert_eq!((a.post().unwrap(), c.post().unwrap()), (Some(post.clone()), None));
    changes(
        &db,
        &session,
        &post,
        expect![[r#"
        + = -aac
        UPDATE "note" SET "post_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "note" SET "post_id" = ? WHERE "id" = ? [NULL, 3]
    "#]],
    );
    assert_eq!(texts(&post), "");
    session.commit().unwrap();
    assert_eq!(a.post().unwrap(), None);
}

/// Who comes from another list leaves that one.
#[test]
fn a_replacement_takes_from_another_list() {
    let (db, session) = repeats();
    let [a, b] = ["a", "b"].map(note);
    let (from, to) = (post(&session, &[&a]), post(&session, &[&b]));
    from.notes().len().unwrap();
    to.notes().replace([&a]).unwrap();
    assert_eq!((texts(&from), texts(&to)), (String::new(), "a".into()));
    changes(
        &db,
        &session,
        &to,
        expect![[r#"
        +a = -b
        UPDATE "note" SET "post_id" = ? WHERE "id" = ? [2, 1]
        UPDATE "note" SET "post_id" = ? WHERE "id" = ? [NULL, 2]
    "#]],
    );
}
