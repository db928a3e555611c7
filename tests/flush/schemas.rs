//! What a flush writes where tables are in two databases.

use expect_test::expect;
use tests::schemas::*;
use tests::show;

/// A transaction is one in both.
#[test]
fn rows_of_both_databases_are_written_in_order() {
    let db = two();
    let session = db.session();
    let tag = session.add(Tag::builder().name("x")).unwrap();
    let mark = session.add(Mark::builder().mark_id(5)).unwrap();
    let boss = Reader::builder().name("boss");
    let ed = Reader::builder()
        .name("ed")
        .boss(boss)
        .tags([&tag])
        .marks([&mark])
        .letters([Letter::builder().text("a")]);
    let ed = session.add(ed).unwrap();
    let person = session.add(Person::builder().name("ed").reader(&ed)).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "marks" ("mark_id") VALUES (?) [5]
        INSERT INTO "tags" ("name") VALUES (?) ['x']
        INSERT INTO "archive"."people" ("name", "boss_id") VALUES (?, ?) ['boss', NULL]
        INSERT INTO "archive"."people" ("name", "boss_id") VALUES (?, ?) ['ed', 1]
        INSERT INTO "archive"."links" ("tag_id", "reader_id") VALUES (?, ?) [1, 2]
        INSERT INTO "archive"."marks" ("reader_id", "mark_id") VALUES (?, ?) [2, 1]
        INSERT INTO "letters" ("reader_id", "text") VALUES (?, ?) [2, 'a']
        INSERT INTO "people" ("name", "reader_id") VALUES (?, ?) ['ed', 2]
    "#]]
    .assert_eq(&db.sql());
    ed.set_name("Ed").unwrap();
    person.set_name("Ed").unwrap();
    ed.tags().remove(&tag).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM archive.links"), "1\n");
    assert_eq!(ed.name().unwrap(), "ed");
    db.sql();
    ed.set_name("Ed").unwrap();
    ed.tags().clear().unwrap();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "archive"."people" SET "name" = ? WHERE "id" = ? ['Ed', 2]
        SELECT "tags"."id", "tags"."name" FROM "tags", "archive"."links" WHERE ? = "archive"."links"."reader_id" AND "tags"."id" = "archive"."links"."tag_id" ORDER BY "tags"."id" [2]
        DELETE FROM "archive"."links" WHERE "reader_id" = ? AND "tag_id" = ? [2, 1]
    "#]].assert_eq(&db.sql());
    person.set_reader(None).unwrap();
    session.delete(&ed).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "id", "name", "reader_id" FROM "people" WHERE "id" = ? [1]
        UPDATE "people" SET "reader_id" = ? WHERE "id" = ? [NULL, 1]
        SELECT "id", "name", "boss_id" FROM "archive"."people" WHERE "id" = ? [2]
        SELECT "letters"."id", "letters"."reader_id", "letters"."text" FROM "letters" WHERE ? = "letters"."reader_id" ORDER BY "letters"."id" [2]
        SELECT "archive"."people"."id", "archive"."people"."name", "archive"."people"."boss_id" FROM "archive"."people" WHERE ? = "archive"."people"."boss_id" ORDER BY "archive"."people"."id" [2]
        SELECT "tags"."id", "tags"."name" FROM "tags", "archive"."links" WHERE ? = "archive"."links"."reader_id" AND "tags"."id" = "archive"."links"."tag_id" ORDER BY "tags"."id" [2]
        SELECT "marks"."id", "marks"."mark_id" FROM "marks", "archive"."marks" AS "marks_2" WHERE ? = "marks_2"."reader_id" AND "marks"."id" = "marks_2"."mark_id" ORDER BY "marks"."id" [2]
        DELETE FROM "archive"."marks" WHERE "reader_id" = ? AND "mark_id" = ? [2, 1]
        DELETE FROM "letters" WHERE "id" = ? [1]
        DELETE FROM "archive"."people" WHERE "id" = ? [2]
    "#]].assert_eq(&db.sql());
    assert_eq!(
        db.rows("SELECT (SELECT count(*) FROM letters) + (SELECT count(*) FROM archive.people)"),
        "1\n"
    );
}

#[test]
fn a_key_of_two_columns_goes_from_one_database_to_the_other() {
    let db = two();
    let session = db.session();
    let volume = Volume::builder().series("s").number(1).pages([Page::builder()]);
    let volume = session.add(volume).unwrap();
    session.commit().unwrap();
    session.delete(&volume).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "archive"."volumes" ("series", "number") VALUES (?, ?) ['s', 1]
        INSERT INTO "pages" ("series", "number") VALUES (?, ?) ['s', 1]
        SELECT "series", "number" FROM "archive"."volumes" WHERE "series" = ? AND "number" = ? ['s', 1]
        SELECT "pages"."id", "pages"."series", "pages"."number" FROM "pages" WHERE ? = "pages"."series" AND ? = "pages"."number" ORDER BY "pages"."id" ['s', 1]
        DELETE FROM "pages" WHERE "id" = ? [1]
        DELETE FROM "archive"."volumes" WHERE "series" = ? AND "number" = ? ['s', 1]
    "#]].assert_eq(&db.sql());
}

/// SQLite names a table without its schema.
#[test]
fn a_constraint_that_is_broken_is_about_the_class_of_the_statement() {
    let db = two_filled();
    let session = db.session();
    let reader = session.add(Reader::builder().name("ed")).unwrap();
    let told = show(session.flush());
    session.rollback().unwrap();
    let person = session.add(Person::builder().name("ed")).unwrap();
    let told = told + "\n" + &show(session.flush());
    expect![[r#"
        [integrity] `Reader.name`: UNIQUE constraint failed: people.name
        [integrity] `Person.name`: UNIQUE constraint failed: people.name"#]]
    .assert_eq(&told);
    drop((reader, person));
}
