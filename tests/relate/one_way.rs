//! Relationships that no other one leads back to, and an association that is used as a table and as a class.

use expect_test::expect;
use orm::Code;
use orm::prelude::*;
use tests::{Db, code};

orm::registry!(
    /// These classes.
    pub OneWay
);

#[derive(Mapped, Debug)]
#[mapped(registry = OneWay)]
pub struct Parent {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(order_by = Child::id)]
    pub children: Many<Child>,
    /// By the name of a table, which may be any name.
    #[relationship(secondary = "parent tag", order_by = Tag::id)]
    pub tags: Many<Tag>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = OneWay)]
pub struct Child {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Parent::id)]
    pub parent_id: Option<i64>,
    #[column(foreign_key = School::id)]
    pub school_id: Option<i64>,
    #[relationship]
    pub school: Option<One<School>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = OneWay)]
pub struct School {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Mapped, Debug)]
#[mapped(registry = OneWay)]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
}

/// It has no primary key.
#[derive(Table)]
#[mapped(registry = OneWay, table = "parent tag")]
pub struct ParentTag {
    #[column(foreign_key = Parent::id)]
    pub parent_id: i64,
    #[column(foreign_key = Tag::id)]
    pub tag_id: i64,
}

/// It has its books through a table, and the rows of that table as objects.
#[derive(Mapped, Debug)]
#[mapped(registry = OneWay)]
pub struct Reader {
    #[column(primary_key)]
    pub id: i64,
    pub loans: Many<Loan>,
    #[relationship(secondary = Loan, overlaps = "loans, book", order_by = Book::id)]
    pub books: Many<Book>,
    #[relationship(secondary = Loan, viewonly, order_by = Book::id)]
    pub shown: Many<Book>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = OneWay)]
pub struct Loan {
    #[column(primary_key, foreign_key = Reader::id)]
    pub reader_id: i64,
    #[column(primary_key, foreign_key = Book::id)]
    pub book_id: i64,
    pub note: Option<String>,
    #[relationship]
    pub book: One<Book>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = OneWay)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
}

fn one_way() -> (Db, Session) {
    let db = Db::empty();
    OneWay::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn a_collection() {
    let (db, session) = one_way();
    let parent = session.add(Parent::builder().children([Child::builder(), Child::builder()])).unwrap();
    session.flush().unwrap();
    let first = parent.children().get(0).unwrap().unwrap();
    parent.children().remove(&first).unwrap();
    session.flush().unwrap();
    session.delete(&parent).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "parent" DEFAULT VALUES
        INSERT INTO "child" ("parent_id", "school_id") VALUES (?, ?) [1, NULL]
        INSERT INTO "child" ("parent_id", "school_id") VALUES (?, ?) [1, NULL]
        UPDATE "child" SET "parent_id" = ? WHERE "id" = ? [NULL, 1]
        SELECT "tag"."id" FROM "tag", "parent tag" WHERE ? = "parent tag"."parent_id" AND "tag"."id" = "parent tag"."tag_id" ORDER BY "tag"."id" [1]
        UPDATE "child" SET "parent_id" = ? WHERE "id" = ? [NULL, 2]
        DELETE FROM "parent" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("select id, parent_id from child order by id"), "1|NULL\n2|NULL\n");
}

/// Nothing of a child tells that it is in a collection without a reverse side, so that the key of its parent counts: of one
/// that came to the collection, and not of one that was there already. It is so in SQLAlchemy.
#[test]
fn keys_that_are_set_by_hand_beside_a_collection() {
    let (db, session) = one_way();
    session.add_all((Parent::builder(), Parent::builder())).unwrap();
    session.commit().unwrap();
    let parent = session.get_one::<Parent>(1).unwrap();
    let before = session.add(Child::builder().parent_id(2)).unwrap();
    parent.children().append(&before).unwrap();
    let after = session.add(Child::builder()).unwrap();
    parent.children().append(&after).unwrap();
    after.set_parent_id(Some(2)).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select id, parent_id from child order by id"), "1|1\n2|1\n");
    assert_eq!(parent.children().len().unwrap(), 2);
    before.set_parent_id(Some(2)).unwrap();
    after.set_parent_id(None).unwrap();
    parent.children().append(Child::builder()).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select id, parent_id from child order by id"), "1|2\n2|NULL\n3|1\n");
}

#[test]
fn a_reference() {
    let (db, session) = one_way();
    let child = session.add(Child::builder().school(School::builder())).unwrap();
    session.flush().unwrap();
    child.set_school(School::builder()).unwrap();
    session.flush().unwrap();
    assert_eq!(child.school_id().unwrap(), Some(2));
    child.set_school(None).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "school" DEFAULT VALUES
        INSERT INTO "child" ("parent_id", "school_id") VALUES (?, ?) [NULL, 1]
        INSERT INTO "school" DEFAULT VALUES
        UPDATE "child" SET "school_id" = ? WHERE "id" = ? [2, 1]
        UPDATE "child" SET "school_id" = ? WHERE "id" = ? [NULL, 1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn links() {
    let (db, session) = one_way();
    let parent = session.add(Parent::builder().tags([Tag::builder(), Tag::builder()])).unwrap();
    session.commit().unwrap();
    assert_eq!(parent.tags().len().unwrap(), 2);
    let [first, second] = [1, 2].map(|id| session.get_one::<Tag>(id).unwrap());
    parent.tags().remove(&first).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "parent" DEFAULT VALUES
        INSERT INTO "tag" DEFAULT VALUES
        INSERT INTO "tag" DEFAULT VALUES
        INSERT INTO "parent tag" ("parent_id", "tag_id") VALUES (?, ?) [1, 1]
        INSERT INTO "parent tag" ("parent_id", "tag_id") VALUES (?, ?) [1, 2]
        SELECT "id" FROM "parent" WHERE "id" = ? [1]
        SELECT "tag"."id" FROM "tag", "parent tag" WHERE ? = "parent tag"."parent_id" AND "tag"."id" = "parent tag"."tag_id" ORDER BY "tag"."id" [1]
        DELETE FROM "parent tag" WHERE "parent_id" = ? AND "tag_id" = ? [1, 1]
    "#]].assert_eq(&db.sql());
    // Nothing leads from a tag to its parents, so that their links stay, and the database refuses.
    session.delete(&second).unwrap();
    db.sql();
    assert_eq!(code(session.flush()), Code::Integrity);
    expect![[r#"
        SELECT "id" FROM "tag" WHERE "id" = ? [2]
        DELETE FROM "tag" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
    session.rollback().unwrap();
    // A row that stands twice is one object.
    db.run("insert into \"parent tag\" values (1, 1), (1, 1), (1, 2)");
    assert_eq!(parent.tags().iter().unwrap().collect::<Vec<_>>(), [first, second]);
}

/// The links of what is deleted go by any relationship that it has.
#[test]
fn links_of_what_is_deleted() {
    let (db, session) = one_way();
    let parent = session.add(Parent::builder().tags([Tag::builder()])).unwrap();
    session.commit().unwrap();
    db.sql();
    session.delete(&parent).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "id" FROM "parent" WHERE "id" = ? [1]
        SELECT "child"."id", "child"."parent_id", "child"."school_id" FROM "child" WHERE ? = "child"."parent_id" ORDER BY "child"."id" [1]
        SELECT "tag"."id" FROM "tag", "parent tag" WHERE ? = "parent tag"."parent_id" AND "tag"."id" = "parent tag"."tag_id" ORDER BY "tag"."id" [1]
        DELETE FROM "parent tag" WHERE "parent_id" = ? AND "tag_id" = ? [1, 1]
        DELETE FROM "parent" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn an_association_object() {
    let (db, session) = one_way();
    let reader = session.add(Reader::builder()).unwrap();
    reader.loans().append(Loan::builder().note("till May").book(Book::builder())).unwrap();
    session.commit().unwrap();
    let mut found = Vec::new();
    for loan in reader.loans() {
        let loan = loan.unwrap();
        found.push((loan.note().unwrap().unwrap(), loan.book().unwrap().id().unwrap()));
    }
    assert_eq!(found, [("till May".to_owned(), 1)]);
    expect![[r#"
        INSERT INTO "book" DEFAULT VALUES
        INSERT INTO "reader" DEFAULT VALUES
        INSERT INTO "loan" ("reader_id", "book_id", "note") VALUES (?, ?, ?) [1, 1, 'till May']
        SELECT "id" FROM "reader" WHERE "id" = ? [1]
        SELECT "loan"."reader_id", "loan"."book_id", "loan"."note" FROM "loan" WHERE ? = "loan"."reader_id" [1]
        SELECT "id" FROM "book" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
}

/// Neither relationship knows of a change of the other until it is loaded again.
#[test]
fn a_table_that_is_a_class_too() {
    let (db, session) = one_way();
    let book = session.add(Book::builder()).unwrap();
    let reader = session.add(Reader::builder()).unwrap();
    session.commit().unwrap();
    assert_eq!((reader.loans().len().unwrap(), reader.shown().len().unwrap()), (0, 0));
    db.sql();
    reader.books().append(&book).unwrap();
    session.flush().unwrap();
    assert_eq!((reader.loans().len().unwrap(), reader.shown().len().unwrap()), (0, 0));
    // Within the transaction it is expired, and shows what was written.
    session.expire(&reader).unwrap();
    let loan = reader.loans().get(0).unwrap().unwrap();
    assert_eq!((loan.note().unwrap(), reader.shown().len().unwrap()), (None, 1));
    expect![[r#"
        SELECT "book"."id" FROM "book", "loan" WHERE ? = "loan"."reader_id" AND "book"."id" = "loan"."book_id" ORDER BY "book"."id" [1]
        SELECT "id" FROM "book" WHERE "id" = ? [1]
        INSERT INTO "loan" ("reader_id", "book_id") VALUES (?, ?) [1, 1]
        SELECT "id" FROM "reader" WHERE "id" = ? [1]
        SELECT "loan"."reader_id", "loan"."book_id", "loan"."note" FROM "loan" WHERE ? = "loan"."reader_id" [1]
        SELECT "book"."id" FROM "book", "loan" WHERE ? = "loan"."reader_id" AND "book"."id" = "loan"."book_id" ORDER BY "book"."id" [1]
    "#]].assert_eq(&db.sql());
    session.commit().unwrap();
    // What is only shown isn't written.
    reader.shown().clear().unwrap();
    session.commit().unwrap();
    assert_eq!((db.rows("select book_id from loan"), reader.shown().len().unwrap()), ("1\n".to_owned(), 1));
    // The other way round: a row that is written as an object is a link when the links are loaded again.
    let other = session.add(Book::builder()).unwrap();
    assert_eq!(reader.books().len().unwrap(), 1);
    reader.loans().append(Loan::builder().book(&other).note("late")).unwrap();
    session.flush().unwrap();
    assert_eq!(reader.books().len().unwrap(), 1);
    session.expire(&reader).unwrap();
    assert_eq!(reader.books().iter().unwrap().collect::<Vec<_>>(), [book, other]);
    // Links go by their two keys, whatever else their rows hold.
    reader.books().clear().unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "loan" WHERE "reader_id" = ? AND "book_id" = ? [1, 1]
        DELETE FROM "loan" WHERE "reader_id" = ? AND "book_id" = ? [1, 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("select count(*) from loan"), "0\n");
}

/// Both write the same row.
#[test]
fn a_link_that_is_written_as_a_row_and_as_an_object() {
    let (db, session) = one_way();
    let book = session.add(Book::builder()).unwrap();
    let reader = session.add(Reader::builder()).unwrap();
    session.flush().unwrap();
    reader.books().append(&book).unwrap();
    reader.loans().append(Loan::builder().book(&book)).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    assert_eq!(db.rows("select count(*) from loan"), "0\n");
}
