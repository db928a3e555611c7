//! Lists that keep the places of their items in a column: what is numbered and what isn't, loaded or not, on both sides.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Collection, IntoObj, joined};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    Lists
);

/// The list is numbered from 0.
#[derive(Mapped, Default)]
#[mapped(registry = Lists)]
struct Slide {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "slide", ordered_by = Bullet::position, cascade = "all, delete-orphan")]
    bullets: Many<Bullet>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Lists)]
struct Bullet {
    #[column(primary_key)]
    id: i64,
    text: String,
    position: Option<i64>,
    #[column(foreign_key = Slide::id)]
    slide_id: Option<i64>,
    #[relationship(back_populates = "bullets")]
    slide: Option<One<Slide>>,
}

/// One way, numbered from 1, and numbered again whenever something is appended or loaded.
#[derive(Mapped)]
#[mapped(registry = Lists)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[relationship(ordered_by = Page::number, count_from = 1, reorder_on_append)]
    pages: Many<Page>,
}

#[derive(Mapped)]
#[mapped(registry = Lists)]
struct Page {
    #[column(primary_key)]
    id: i64,
    number: u8,
    #[column(foreign_key = Book::id)]
    book_id: Option<i64>,
}

/// Places that are no numbers in a row, and another order of loading.
#[derive(Mapped)]
#[mapped(registry = Lists)]
struct Outline {
    #[column(primary_key)]
    id: i64,
    #[relationship(ordered_by = Point::letter, numbering = letter, order_by = Point::letter.desc())]
    points: Many<Point>,
    #[relationship(ordered_by = Step::at, numbering = |index| (index as i64 + 1) * 10)]
    steps: Many<Step>,
}

fn letter(index: usize) -> String {
    ["a", "b", "c"].get(index).copied().unwrap_or("z").to_owned()
}

#[derive(Mapped)]
#[mapped(registry = Lists)]
struct Point {
    #[column(primary_key)]
    id: i64,
    letter: Option<String>,
    #[column(foreign_key = Outline::id)]
    outline_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Lists)]
struct Step {
    #[column(primary_key)]
    id: i64,
    at: Option<i64>,
    #[column(foreign_key = Outline::id)]
    outline_id: Option<i64>,
}

fn lists() -> (Db, Session) {
    let db = Db::empty();
    Lists::create_all(&db.engine).unwrap();
    db.sql();
    let session = db.session();
    (db, session)
}

fn bullet(text: &str) -> Obj<Bullet> {
    Bullet { text: text.into(), ..Bullet::default() }.into_obj().unwrap()
}

/// The texts and positions.
fn seen(bullets: Collection<Bullet>) -> String {
    let position = |one: &Obj<Bullet>| one.position().unwrap().map_or("-".to_owned(), |at| at.to_string());
    let all = bullets.iter().unwrap();
    all.map(|one| format!("{}{}", one.text().unwrap(), position(&one))).collect::<Vec<_>>().join(" ")
}

/// A slide with bullets of these texts, flushed.
fn slide(session: &Session, texts: &[&str]) -> Obj<Slide> {
    let bullets: Vec<_> = texts.iter().map(|text| bullet(text)).collect();
    let slide = session.add(Slide::builder().bullets(bullets)).unwrap();
    session.flush().unwrap();
    slide
}

/// What is appended gets its place unless it has one; what is put in between moves the others.
#[test]
fn what_comes_to_a_list() {
    let (db, session) = lists();
    let slide = slide(&session, &["a", "b"]);
    assert_eq!(seen(slide.bullets()), "a0 b1");
    let kept = bullet("k");
    kept.set_position(7).unwrap();
    slide.bullets().append(&kept).unwrap();
    slide.bullets().append(bullet("c")).unwrap();
    assert_eq!(seen(slide.bullets()), "a0 b1 k7 c3");
    slide.bullets().reorder().unwrap();
    assert_eq!(seen(slide.bullets()), "a0 b1 k2 c3");
    session.flush().unwrap();
    db.sql();
    slide.bullets().insert(1, bullet("i")).unwrap();
    assert_eq!(seen(slide.bullets()), "a0 i1 b2 k3 c4");
    session.commit().unwrap();
    expect![[r#"
        UPDATE "bullet" SET "position" = ? WHERE "id" = ? [2, 2]
        UPDATE "bullet" SET "position" = ? WHERE "id" = ? [3, 3]
        UPDATE "bullet" SET "position" = ? WHERE "id" = ? [4, 4]
        INSERT INTO "bullet" ("text", "position", "slide_id") VALUES (?, ?, ?) ['i', 1, 1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(seen(slide.bullets()), "a0 i1 b2 k3 c4");
    expect![[r#"
        SELECT "id" FROM "slide" WHERE "id" = ? [1]
        SELECT "bullet"."id", "bullet"."text", "bullet"."position", "bullet"."slide_id" FROM "bullet" WHERE ? = "bullet"."slide_id" ORDER BY "bullet"."position" [1]
    "#]]
    .assert_eq(&db.sql());
}

/// The others close up; what went keeps the number that it had.
#[test]
fn what_leaves_a_list() {
    let (db, session) = lists();
    let slide = slide(&session, &["a", "b", "c", "d", "e"]);
    let all: Vec<_> = slide.bullets().iter().unwrap().collect();
    db.sql();
    slide.bullets().remove(&all[1]).unwrap();
    assert_eq!(seen(slide.bullets()), "a0 c1 d2 e3");
    assert_eq!(all[1].position().unwrap(), Some(1));
    slide.bullets().pop_at(0).unwrap();
    slide.bullets().pop().unwrap();
    assert_eq!(seen(slide.bullets()), "c0 d1");
    session.flush().unwrap();
    expect![[r#"
        UPDATE "bullet" SET "position" = ? WHERE "id" = ? [0, 3]
        UPDATE "bullet" SET "position" = ? WHERE "id" = ? [1, 4]
        DELETE FROM "bullet" WHERE "id" = ? [1]
        DELETE FROM "bullet" WHERE "id" = ? [2]
        DELETE FROM "bullet" WHERE "id" = ? [5]
    "#]]
    .assert_eq(&db.sql());
    // Not there, and nothing is numbered.
    all[2].set_position(9).unwrap();
    assert_eq!(code(slide.bullets().remove(&all[1])), Code::NotInCollection);
    assert_eq!(seen(slide.bullets()), "c9 d1");
    // Nothing is left to be numbered.
    slide.bullets().clear().unwrap();
    assert_eq!(all[3].position().unwrap(), Some(1));
}

/// A replacement is what is appended one by one: who has a number keeps it, until `reorder`.
#[test]
fn a_replacement() {
    let (_, session) = lists();
    let slide = slide(&session, &["a", "b", "c"]);
    let [a, b, c] = [0, 1, 2].map(|at| slide.bullets().get(at).unwrap().unwrap());
    slide.bullets().replace([&c, &bullet("n"), &a]).unwrap();
    assert_eq!(seen(slide.bullets()), "c2 n1 a0");
    slide.bullets().reorder().unwrap();
    assert_eq!(seen(slide.bullets()), "c0 n1 a2");
    assert_eq!(b.position().unwrap(), Some(1));
    session.commit().unwrap();
    assert_eq!(seen(slide.bullets()), "c0 n1 a2");
    slide.set_bullets([&a, &c]).unwrap();
    assert_eq!(seen(slide.bullets()), "a2 c0");
}

/// The other side appends and removes too; in the list that an item leaves the others close up.
#[test]
fn from_one_parent_to_another() {
    let (db, session) = lists();
    let (from, to) = (slide(&session, &["a", "b", "c"]), slide(&session, &["x"]));
    let b = from.bullets().get(1).unwrap().unwrap();
    db.sql();
    b.set_slide(&to).unwrap();
    assert_eq!((seen(from.bullets()), seen(to.bullets())), ("a0 c1".into(), "x0 b1".into()));
    session.flush().unwrap();
    expect![[r#"
        UPDATE "bullet" SET "slide_id" = ? WHERE "id" = ? [2, 2]
        UPDATE "bullet" SET "position" = ? WHERE "id" = ? [1, 3]
    "#]]
    .assert_eq(&db.sql());
    b.set_slide(None).unwrap();
    assert_eq!((seen(to.bullets()), b.position().unwrap()), ("x0".into(), Some(1)));
    // A fresh one has no number yet.
    let fresh = bullet("f");
    fresh.set_slide(&from).unwrap();
    assert_eq!(seen(from.bullets()), "a0 c1 f2");
}

/// What waits for a list that isn't loaded is numbered when it is.
#[test]
fn a_list_that_is_not_loaded() {
    let (db, session) = lists();
    let slide = slide(&session, &["a", "b", "c"]);
    let a = slide.bullets().get(0).unwrap().unwrap();
    session.commit().unwrap();
    a.slide().unwrap();
    let n = bullet("n");
    n.set_slide(&slide).unwrap();
    assert_eq!(n.position().unwrap(), None);
    assert!(!slide.bullets().is_loaded().unwrap());
    session.add(&n).unwrap();
    let before_flush = |session: &Session| session.no_autoflush(|_| seen(slide.bullets()));
    assert_eq!(before_flush(&session), "a0 b1 c2 n3");
    session.commit().unwrap();
    a.slide().unwrap();
    a.set_slide(None).unwrap();
    assert!(!slide.bullets().is_loaded().unwrap());
    assert_eq!(before_flush(&session), "b0 c1 n2");
    session.commit().unwrap();
    assert_eq!(db.rows("select text, position from bullet order by position"), "'b'|0\n'c'|1\n'n'|2\n");
}

/// What is loaded gets a number where its row has none, and all are numbered where that was said.
#[test]
fn what_is_loaded() {
    for beside in [false, true] {
        let (db, session) = lists();
        slide(&session, &["a", "b", "c"]);
        session.add(Book::builder().pages([Page::builder(), Page::builder()])).unwrap();
        session.commit().unwrap();
        db.run("update bullet set position = null where text = 'b'; update page set number = number + 4");
        session.expunge_all();
        db.sql();
        let (slides, books) = (select(Slide), select(Book));
        let (slides, books) = match beside {
            true => (slides.options(joined(Slide::bullets)), books.options(joined(Book::pages))),
            false => (slides, books),
        };
        let slide = session.scalars(slides).unwrap().one().unwrap();
        assert_eq!(seen(slide.bullets()), "b0 a0 c2");
        let book = session.scalars(books).unwrap().one().unwrap();
        let numbers: Vec<_> = book.pages().iter().unwrap().map(|page| page.number().unwrap()).collect();
        assert_eq!(numbers, [1, 2]);
        session.flush().unwrap();
        let written =
            db.sql().lines().filter(|line| line.starts_with("UPDATE")).collect::<Vec<_>>().join("\n");
        expect![[r#"
            UPDATE "bullet" SET "position" = ? WHERE "id" = ? [0, 2]
            UPDATE "page" SET "number" = ? WHERE "id" = ? [1, 1]
            UPDATE "page" SET "number" = ? WHERE "id" = ? [2, 2]"#]]
        .assert_eq(&written);
    }
}

/// Numbers from another one on, again and again; and a column that can't hold one.
#[test]
fn numbers_from_one() {
    let (_, session) = lists();
    let book = session.add(Book::builder()).unwrap();
    let page = book.pages().append(Page::builder().number(40)).unwrap();
    assert_eq!(page.number().unwrap(), 1);
    for _ in 0..254 {
        book.pages().append(Page::builder()).unwrap();
    }
    let error = book.pages().append(Page::builder()).unwrap_err();
    expect!["[value] `Page.number`: 256 is out of the range of `u8`"].assert_eq(&error.to_string());
    // As with any change that follows from another, the item is there.
    assert_eq!(book.pages().len().unwrap(), 256);
}

/// Places as a function says them; the order of loading as `order_by` says it.
#[test]
fn places_that_are_no_numbers_in_a_row() {
    let (_, session) = lists();
    let points = [Point::builder(), Point::builder(), Point::builder()];
    let outline = Outline::builder().points(points).steps([Step::builder(), Step::builder()]);
    let outline = session.add(outline).unwrap();
    let letters = |outline: &Obj<Outline>| -> String {
        outline.points().iter().unwrap().map(|point| point.letter().unwrap().unwrap()).collect()
    };
    assert_eq!(letters(&outline), "abc");
    session.commit().unwrap();
    assert_eq!(letters(&outline), "cba");
    outline.points().reorder().unwrap();
    assert_eq!(letters(&outline), "abc");
    outline.points().insert(0, Point::builder()).unwrap();
    assert_eq!(letters(&outline), "abcz");
    let steps: Vec<_> = outline.steps().iter().unwrap().map(|step| step.at().unwrap()).collect();
    assert_eq!(steps, [Some(10), Some(20)]);
}

/// A rollback takes the numbers back with the rest.
#[test]
fn a_rollback() {
    let (_, session) = lists();
    let slide = slide(&session, &["a", "b", "c"]);
    session.commit().unwrap();
    let point = session.begin_nested().unwrap();
    slide.bullets().pop_at(0).unwrap();
    let fresh = bullet("n");
    slide.bullets().insert(0, &fresh).unwrap();
    session.flush().unwrap();
    assert_eq!(seen(slide.bullets()), "n0 b1 c2");
    point.rollback().unwrap();
    assert_eq!(seen(slide.bullets()), "a0 b1 c2");
    // What has no row any more has what it was given.
    assert_eq!(fresh.position().unwrap(), Some(0));
    slide.bullets().append(&fresh).unwrap();
    assert_eq!(seen(slide.bullets()), "a0 b1 c2 n0");
}

/// Plain values and merged objects are appended as any others.
#[test]
fn values_and_merged_objects() {
    let (db, session) = lists();
    let values = ["a", "b"].map(|text| Bullet { text: text.into(), ..Bullet::default() });
    let slide = session.add(Slide { id: 1, bullets: Many::new(values.into()) }).unwrap();
    assert_eq!(seen(slide.bullets()), "a0 b1");
    session.commit().unwrap();
    let other = db.session();
    let given = Slide::builder().id(1).bullets([bullet("x"), bullet("y")]);
    let merged = other.merge(given).unwrap();
    assert_eq!(seen(merged.bullets()), "x0 y1");
    other.commit().unwrap();
    assert_eq!(db.rows("select text, position from bullet order by position"), "'x'|0\n'y'|1\n");
}

/// A list that keeps no places has none to be put in order.
#[test]
fn reorder_without_a_column() {
    let zoo = Db::new();
    let session = zoo.session();
    let user = session.add(tests::models::User::builder().name("ed")).unwrap();
    let error = user.addresses().reorder().unwrap_err();
    expect!["[wrong-state] `User.addresses`: the collection keeps no places of its items in a column; help: write `ordered_by = Address::...`"]
        .assert_eq(&error.to_string());
}

/// An item whose row is gone can't be asked for its number: the change that asked is made, and says so.
#[test]
fn an_item_whose_row_is_gone() {
    let (_, session) = lists();
    let slide = slide(&session, &["a", "b", "c"]);
    let b = slide.bullets().get(1).unwrap().unwrap();
    session.commit().unwrap();
    slide.bullets().len().unwrap();
    session.expire(&b).unwrap();
    session.connection().unwrap().execute_batch("delete from bullet where text = 'b'").unwrap();
    assert_eq!(code(slide.bullets().pop()), Code::ObjectDeleted);
    assert_eq!(slide.bullets().len().unwrap(), 2);
}

/// Past the end is the end; one that takes the place of another one gets its number.
#[test]
fn places_of_what_is_put_in() {
    let (db, session) = lists();
    let slide = slide(&session, &["a", "b", "c"]);
    slide.bullets().insert(999, bullet("z")).unwrap();
    assert_eq!(seen(slide.bullets()), "a0 b1 c2 z3");
    slide.bullets().pop_at(1).unwrap();
    slide.bullets().insert(1, bullet("n")).unwrap();
    assert_eq!(seen(slide.bullets()), "a0 n1 c2 z3");
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "bullet" ("text", "position", "slide_id") VALUES (?, ?, ?) ['z', 3, 1]
        INSERT INTO "bullet" ("text", "position", "slide_id") VALUES (?, ?, ?) ['n', 1, 1]
        DELETE FROM "bullet" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(seen(slide.bullets()), "a0 n1 c2 z3");
}

/// With `reorder_on_append` a replacement numbers all of its items.
#[test]
fn a_replacement_that_numbers_again() {
    let (_, session) = lists();
    let [a, b, c, d] = [(); 4].map(|()| Page::builder().into_obj().unwrap());
    let book = session.add(Book::builder().pages([&a, &b, &c])).unwrap();
    let numbers = |book: &Obj<Book>| -> Vec<u8> {
        book.pages().iter().unwrap().map(|page| page.number().unwrap()).collect()
    };
    assert_eq!(numbers(&book), [1, 2, 3]);
    book.pages().replace([&d, &b, &a]).unwrap();
    assert_eq!(numbers(&book), [1, 2, 3]);
    assert_eq!([&a, &b, &c, &d].map(|page| page.number().unwrap()), [3, 2, 3, 1]);
    session.commit().unwrap();
    assert_eq!(book.pages().iter().unwrap().collect::<Vec<_>>(), [d, b, a]);
}
