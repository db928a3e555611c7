//! Queries over tables of two databases.

use expect_test::expect;
use orm::prelude::*;
use orm::query::IntoSelect;
use orm::{Row, Session};
use tests::Db;
use tests::schemas::*;

fn asked<R: Row + std::fmt::Debug>((db, session): (&Db, &Session), query: impl IntoSelect<R>) -> String {
    db.sql();
    let rows = session.execute(query).and_then(|rows| rows.all());
    super::told(db, rows)
}

/// Columns are named with their schema, as by SQLAlchemy; an alias has none.
#[test]
fn columns_and_aliases() {
    let db = two_filled();
    let session = db.session();
    let boss = aliased(Reader);
    let told = [
        asked(
            (&db, &session),
            select((Reader::name, Letter::text)).join(Reader::letters).order_by(Letter::id),
        ),
        asked((&db, &session), select((Reader::name, boss.of(Reader::name))).join(Reader::boss.to(boss))),
        asked((&db, &session), select(Reader::name).filter(Reader::tags.any(Tag::name.eq("x")))),
        asked(
            (&db, &session),
            select(Tag::name).join(Tag::readers).filter(Reader::name.eq("ed")).order_by(Tag::id),
        ),
        asked(
            (&db, &session),
            select(Link::tag_id).filter(Link::reader_id.gt(0)).order_by(Link::tag_id.desc()),
        ),
        asked(
            (&db, &session),
            select(Reader::name)
                .filter(Reader::id.in_(select(Letter::reader_id).filter(Letter::reader_id.eq(Reader::id)))),
        ),
        asked((&db, &session), {
            let ed = select((Reader::id, Reader::name)).filter(Reader::name.eq("ed")).cte("people");
            select(ed.of(Reader::name)).from(&ed)
        }),
    ];
    expect![[r#"
        ("ed", "a")
        ("ed", "b")
        SELECT "archive"."people"."name", "letters"."text" FROM "archive"."people" JOIN "letters" ON "archive"."people"."id" = "letters"."reader_id" ORDER BY "letters"."id"
        ("ed", "boss")
        SELECT "archive"."people"."name", "people_1"."name" FROM "archive"."people" JOIN "archive"."people" AS "people_1" ON "people_1"."id" = "archive"."people"."boss_id"
        "ed"
        SELECT "archive"."people"."name" FROM "archive"."people" WHERE EXISTS (SELECT ? FROM "tags", "archive"."links" WHERE "archive"."people"."id" = "archive"."links"."reader_id" AND "tags"."id" = "archive"."links"."tag_id" AND "tags"."name" = ?) [1, 'x']
        "x"
        "y"
        SELECT "tags"."name" FROM "tags" JOIN ("archive"."links" JOIN "archive"."people" ON "archive"."people"."id" = "archive"."links"."reader_id") ON "tags"."id" = "archive"."links"."tag_id" WHERE "archive"."people"."name" = ? ORDER BY "tags"."id" ['ed']
        2
        1
        SELECT "archive"."links"."tag_id" FROM "archive"."links" WHERE "archive"."links"."reader_id" > ? ORDER BY "archive"."links"."tag_id" DESC [0]
        "ed"
        SELECT "archive"."people"."name" FROM "archive"."people" WHERE "archive"."people"."id" IN (SELECT "letters"."reader_id" FROM "letters" WHERE "letters"."reader_id" = "archive"."people"."id")
        "ed"
        WITH "people_1" AS (SELECT "archive"."people"."id", "archive"."people"."name" FROM "archive"."people" WHERE "archive"."people"."name" = ?) SELECT "people_1_1"."name" FROM "people_1" AS "people_1_1" ['ed']
    "#]].assert_eq(&told.concat());
}

/// Within one statement they go by different names, wherever they stand: SQLite would take one for the other.
#[test]
fn tables_of_one_name_are_told_apart() {
    let db = two_filled();
    let session = db.session();
    let told = [
        asked((&db, &session), select((Person::name, Reader::id)).join(Person::reader)),
        asked((&db, &session), select(Person::name).filter(Person::reader.has(Reader::name.eq("ed")))),
        asked(
            (&db, &session),
            select(Person::name).filter(exists(select(Reader).filter(Reader::id.eq(Person::id)))),
        ),
        asked((&db, &session), select(Reader::name).filter(Reader::marks.any(Mark::mark_id.eq(7)))),
    ];
    expect![[r#"
        ("ed", 2)
        SELECT "people"."name", "people_1"."id" FROM "people" JOIN "archive"."people" AS "people_1" ON "people_1"."id" = "people"."reader_id"
        "ed"
        SELECT "people"."name" FROM "people" WHERE EXISTS (SELECT ? FROM "archive"."people" AS "people_1" WHERE "people_1"."id" = "people"."reader_id" AND "people_1"."name" = ?) [1, 'ed']
        "ed"
        "none"
        SELECT "people"."name" FROM "people" WHERE EXISTS (SELECT "people_1"."id", "people_1"."name", "people_1"."boss_id" FROM "archive"."people" AS "people_1" WHERE "people_1"."id" = "people"."id")
        "ed"
        SELECT "archive"."people"."name" FROM "archive"."people" WHERE EXISTS (SELECT ? FROM "marks" AS "marks_1", "archive"."marks" WHERE "archive"."people"."id" = "archive"."marks"."reader_id" AND "marks_1"."id" = "archive"."marks"."mark_id" AND "marks_1"."mark_id" = ?) [1, 7]
    "#]].assert_eq(&told.concat());
}

#[test]
fn statements_that_write() {
    let db = two_filled();
    let session = db.session();
    let with_letters = Reader::letters.any(Letter::text.eq("a"));
    let changed =
        session.run(update(Reader).set(Reader::name, "Ed").filter(with_letters).returning(Reader::name));
    let told = super::told(&db, changed);
    let kept = insert(Reader)
        .rows([Reader::builder().id(1).name("x")])
        .on_conflict(Reader::id)
        .set(Reader::name, excluded(Reader::name))
        .filter(Reader::name.ne("k"))
        .returning((Reader::id, Reader::name));
    let told = told + &super::told(&db, session.run(kept));
    let gone =
        delete(Volume).filter(Volume::pages.any(Page::id.gt(0))).returning((Volume::series, Volume::number));
    let told = told + &super::told(&db, session.run(gone));
    let letters = select(func::count(Letter::id)).filter(Letter::reader_id.eq(Reader::id)).scalar();
    let counted =
        update(Reader).set(Reader::name, "one").filter(Reader::id.eq(1)).returning((Reader, letters));
    let counted = session
        .run(counted)
        .map(|rows| rows.into_iter().map(|(reader, n)| (reader.name().unwrap(), n)).collect());
    let told = told + &super::told::<(String, i64)>(&db, counted);
    expect![[r#"
        "Ed"
        UPDATE "archive"."people" SET "name" = ? WHERE EXISTS (SELECT ? FROM "letters" WHERE "archive"."people"."id" = "letters"."reader_id" AND "letters"."text" = ?) RETURNING "people"."name" ['Ed', 1, 'a']
        (1, "x")
        INSERT INTO "archive"."people" ("id", "name", "boss_id") VALUES (?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "name" = "excluded"."name" WHERE "archive"."people"."name" <> ? RETURNING "people"."id", "people"."name" [1, 'x', NULL, 'k']
        ("s", 1)
        DELETE FROM "archive"."volumes" WHERE EXISTS (SELECT ? FROM "pages" WHERE "archive"."volumes"."series" = "pages"."series" AND "archive"."volumes"."number" = "pages"."number" AND "pages"."id" > ?) RETURNING "volumes"."series", "volumes"."number" [1, 0]
        ("one", 0)
        UPDATE "archive"."people" SET "name" = ? WHERE "archive"."people"."id" = ? RETURNING "people"."id", "people"."name", "people"."boss_id", (SELECT count("letters"."id") FROM "letters" WHERE "letters"."reader_id" = "people"."id") ['one', 1]
    "#]].assert_eq(&told);
}
