//! What `Dynamic` and `WriteOnly` collections have in common: what they say of their changes, which statements they run from
//! either side, and what is asked of them.

use expect_test::expect;
use orm::prelude::*;
use orm::{AnyObj, Code, ObjectState, with_parent};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Press
);

#[derive(Mapped)]
#[mapped(registry = Press)]
pub struct Paper {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(back_populates = "paper", order_by = Article::title)]
    pub articles: Dynamic<Article>,
    #[relationship(back_populates = "paper", passive_deletes, order_by = Letter::title)]
    pub letters: WriteOnly<Letter>,
    #[relationship(secondary = PaperPlace, back_populates = "papers", order_by = PaperPlace::place_id.desc())]
    pub places: Dynamic<Place>,
    #[relationship(secondary = PaperReader, back_populates = "papers", passive_deletes, order_by = PaperReader::reader_id.desc())]
    pub readers: WriteOnly<Reader>,
}

#[derive(Mapped)]
#[mapped(registry = Press)]
pub struct Article {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(foreign_key = Paper::id)]
    pub paper_id: Option<i64>,
    #[relationship(back_populates = "articles")]
    pub paper: Option<One<Paper>>,
}

#[derive(Mapped)]
#[mapped(registry = Press)]
pub struct Letter {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(foreign_key = Paper::id, on_delete = "set null")]
    pub paper_id: Option<i64>,
    #[relationship(back_populates = "letters")]
    pub paper: Option<One<Paper>>,
}

#[derive(Mapped)]
#[mapped(registry = Press)]
pub struct Place {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = PaperPlace, back_populates = "places")]
    pub papers: Dynamic<Paper>,
    #[relationship]
    pub streets: Many<Street>,
}

#[derive(Mapped)]
#[mapped(registry = Press)]
pub struct Street {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Place::id)]
    pub place_id: Option<i64>,
}

#[derive(Table)]
#[mapped(registry = Press)]
pub struct PaperPlace {
    #[column(primary_key, foreign_key = Paper::id)]
    pub paper_id: i64,
    #[column(primary_key, foreign_key = Place::id)]
    pub place_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Press)]
pub struct Reader {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = PaperReader, back_populates = "readers", passive_deletes)]
    pub papers: WriteOnly<Paper>,
}

#[derive(Table)]
#[mapped(registry = Press)]
pub struct PaperReader {
    #[column(primary_key, foreign_key = Paper::id, on_delete = "cascade")]
    pub paper_id: i64,
    #[column(primary_key, foreign_key = Reader::id, on_delete = "cascade")]
    pub reader_id: i64,
}

fn press() -> (Db, Session) {
    let db = Db::empty();
    Press::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

/// What a collection says of its changes: what came, what stayed, what went.
fn history(paper: &Obj<Paper>, name: &str) -> (Vec<AnyObj>, Vec<AnyObj>, Vec<AnyObj>) {
    let said = Obj::any(paper).history(name).unwrap();
    (said.added, said.unchanged, said.deleted)
}

/// What a collection says of its changes while its object is new, and when it has a row.
macro_rules! changes {
    ($test:ident, $Item:ident, $items:ident, $set_items:ident) => {
        fn $test() {
            let (db, session) = press();
            let item = |title: &str| $Item::builder().title(title).into_obj().unwrap();
            let any = |items: &[&Obj<$Item>]| items.iter().map(|one| Obj::any(one)).collect::<Vec<_>>();
            let of = |paper: &Obj<Paper>| history(paper, stringify!($items));
            // Of a new object.
            let (new, a) = (Paper::builder().name("n").into_obj().unwrap(), item("a"));
            new.$items().add(&a).unwrap();
            assert_eq!(of(&new), (any(&[&a]), vec![], vec![]));
            new.$items().remove(&a).unwrap();
            assert_eq!(of(&new), (vec![], vec![], vec![]));
            new.$items().add(&a).unwrap();
            a.set_paper(None).unwrap();
            assert_eq!(of(&new), (vec![], vec![], vec![]));
            let [b, c, d] = ["b", "c", "d"].map(item);
            new.$set_items([&a, &b]).unwrap();
            new.$set_items([&b, &c, &d]).unwrap();
            assert_eq!(of(&new), (any(&[&b, &c, &d]), vec![], vec![]));
            assert_eq!(a.paper().unwrap(), None);
            // Of one with a row; nothing is asked for it.
            let paper = session.add(Paper::builder().name("p")).unwrap();
            session.flush().unwrap();
            let [a, b, c] = ["a", "b", "c"].map(item);
            paper.$items().add(&a).unwrap();
            assert_eq!(of(&paper), (any(&[&a]), vec![], vec![]));
            paper.$items().add(&b).unwrap();
            session.flush().unwrap();
            assert_eq!(of(&paper), (vec![], vec![], vec![]));
            db.sql();
            paper.$items().add(&c).unwrap();
            paper.$items().remove(&b).unwrap();
            assert_eq!(of(&paper), (any(&[&c]), vec![], any(&[&b])));
            assert_eq!(db.sql(), "");
            session.flush().unwrap();
            // Whether it is there already nobody looks up: it is written where it is anyway.
            paper.$items().add(&a).unwrap();
            assert_eq!(of(&paper), (any(&[&a]), vec![], vec![]));
            db.sql();
            session.flush().unwrap();
            assert_eq!(db.sql(), "");
            // Of one that is expired, from either side.
            session.expire_all().unwrap();
            paper.$items().remove(&a).unwrap();
            assert_eq!(of(&paper), (vec![], vec![], any(&[&a])));
            session.flush().unwrap();
            session.expire_all().unwrap();
            assert_eq!(c.paper().unwrap().as_ref(), Some(&paper));
            c.set_paper(None).unwrap();
            assert_eq!(of(&paper), (vec![], vec![], any(&[&c])));
            session.flush().unwrap();
            // What isn't in it goes without a trace in the database.
            let alone = item("alone");
            paper.$items().remove(&alone).unwrap();
            assert_eq!(of(&paper), (vec![], vec![], any(&[&alone])));
            db.sql();
            session.flush().unwrap();
            assert_eq!((db.sql(), of(&paper)), (String::new(), (vec![], vec![], vec![])));
        }
    };
}

changes!(of_dynamic, Article, articles, set_articles);
changes!(of_write_only, Letter, letters, set_letters);

#[test]
fn what_they_say_of_their_changes() {
    of_dynamic();
    of_write_only();
}

#[test]
fn what_they_say_of_links() {
    let (_db, session) = press();
    let paper = session.add(Paper::builder().name("p")).unwrap();
    let place = paper.places().append(Place::builder()).unwrap();
    let reader = paper.readers().add(Reader::builder()).unwrap();
    assert_eq!(history(&paper, "places").0, [Obj::any(&place)]);
    assert_eq!(history(&paper, "readers").0, [Obj::any(&reader)]);
    session.flush().unwrap();
    session.expire_all().unwrap();
    place.papers().remove(&paper).unwrap();
    reader.papers().remove(&paper).unwrap();
    session.no_autoflush(|_| {
        assert_eq!(history(&paper, "places"), (vec![], vec![], vec![Obj::any(&place)]));
        assert_eq!(history(&paper, "readers"), (vec![], vec![], vec![Obj::any(&reader)]));
    });
    assert_eq!(paper.places().all().unwrap(), []);
    assert_eq!(session.scalars(reader.papers().select()).unwrap().all().unwrap(), []);
}

/// Nothing of a collection is loaded where an item comes or goes: only what is expired of the objects themselves.
#[test]
fn what_comes_and_goes_is_written_alone() {
    let (db, session) = press();
    let paper = session.add(Paper::builder().name("p")).unwrap();
    let article = paper.articles().append(Article::builder().title("a")).unwrap();
    let letter = paper.letters().add(Letter::builder().title("a")).unwrap();
    session.commit().unwrap();
    db.sql();
    paper.articles().push(Article::builder().title("b")).unwrap();
    paper.letters().add(Letter::builder().title("b")).unwrap();
    session.flush().unwrap();
    expect![[r#"
        SELECT "id", "name" FROM "paper" WHERE "id" = ? [1]
        INSERT INTO "article" ("title", "paper_id") VALUES (?, ?) ['b', 1]
        INSERT INTO "letter" ("title", "paper_id") VALUES (?, ?) ['b', 1]
    "#]]
    .assert_eq(&db.sql());
    session.commit().unwrap();
    db.sql();
    paper.articles().remove(&article).unwrap();
    paper.letters().remove(&letter).unwrap();
    session.flush().unwrap();
    expect![[r#"
        SELECT "id", "title", "paper_id" FROM "article" WHERE "id" = ? [1]
        UPDATE "article" SET "paper_id" = ? WHERE "id" = ? [NULL, 1]
        SELECT "id", "title", "paper_id" FROM "letter" WHERE "id" = ? [1]
        UPDATE "letter" SET "paper_id" = ? WHERE "id" = ? [NULL, 1]
        SELECT "id", "name" FROM "paper" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    // There and back again, and another one in its place.
    paper.articles().push(&article).unwrap();
    paper.letters().add(&letter).unwrap();
    session.flush().unwrap();
    paper.articles().remove(&article).unwrap();
    paper.articles().push(Article::builder().title("c")).unwrap();
    paper.letters().remove(&letter).unwrap();
    paper.letters().add(Letter::builder().title("c")).unwrap();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "article" SET "paper_id" = ? WHERE "id" = ? [1, 1]
        UPDATE "letter" SET "paper_id" = ? WHERE "id" = ? [1, 1]
        UPDATE "article" SET "paper_id" = ? WHERE "id" = ? [NULL, 1]
        INSERT INTO "article" ("title", "paper_id") VALUES (?, ?) ['c', 1]
        UPDATE "letter" SET "paper_id" = ? WHERE "id" = ? [NULL, 1]
        INSERT INTO "letter" ("title", "paper_id") VALUES (?, ?) ['c', 1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(Obj::state(&letter), ObjectState::Persistent);
    let titles = |table: &str| db.rows_in(&session, &format!("SELECT title FROM {table} WHERE paper_id = 1"));
    assert_eq!(titles("article"), "'b'\n'c'\n");
    assert_eq!(titles("letter"), "'b'\n'c'\n");
}

/// From the side of the item nothing is loaded either, whichever of the two objects comes to the session first, and whether
/// or not reading flushes.
#[test]
fn from_the_side_of_the_item() {
    for flushes in [true, false] {
        for by_paper in [true, false] {
            let (db, _) = press();
            let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(flushes));
            let paper = Paper::builder().name("p").into_obj().unwrap();
            let article = Article::builder().title("a").paper(&paper).into_obj().unwrap();
            let letter = Letter::builder().title("l").into_obj().unwrap();
            letter.set_paper(&paper).unwrap();
            if by_paper {
                session.add(&paper).unwrap();
            } else {
                session.add(&article).unwrap();
            }
            assert!(session.contains(&paper) && session.contains(&article) && session.contains(&letter));
            let flush = || if flushes { Ok(()) } else { session.flush() };
            flush().unwrap();
            let letters = || session.scalars(paper.letters().select()).unwrap().all().unwrap();
            assert_eq!(paper.articles().all().unwrap(), std::slice::from_ref(&article));
            assert_eq!(letters(), std::slice::from_ref(&letter));
            db.sql();
            article.set_paper(None).unwrap();
            letter.set_paper(None).unwrap();
            assert_eq!(db.sql(), "");
            if !flushes {
                assert_eq!(paper.articles().all().unwrap(), std::slice::from_ref(&article));
                assert_eq!(letters(), std::slice::from_ref(&letter));
            }
            flush().unwrap();
            assert_eq!(paper.articles().all().unwrap(), []);
            assert_eq!(letters(), []);
        }
    }
}

/// The object of a collection may be gone before the collection is asked.
#[test]
fn a_collection_keeps_its_object() {
    let (db, session) = press();
    db.run(
        "INSERT INTO paper VALUES (1, 'p'); INSERT INTO article VALUES (1, 'a', 1);
         INSERT INTO letter VALUES (1, 'a', 1)",
    );
    let articles = session.get_one::<Paper>(1).unwrap().articles();
    let letters = session.get_one::<Paper>(1).unwrap().letters();
    assert_eq!(articles.all().unwrap().len(), 1);
    assert_eq!(session.scalars(letters.select()).unwrap().count().unwrap(), 1);
}

fn filled() -> (Db, Session, Obj<Paper>) {
    let (db, session) = press();
    db.run(
        "INSERT INTO paper VALUES (1, 'p'), (2, 'q');
         INSERT INTO article VALUES (1, 'b', 1), (2, 'a', 1), (3, 'b', 1), (4, 'd', 2);
         INSERT INTO letter VALUES (1, 'b', 1), (2, 'a', 1), (3, 'b', 1), (4, 'd', 2);
         INSERT INTO place VALUES (1), (2), (3); INSERT INTO street VALUES (1, 1), (2, 1), (3, 2);
         INSERT INTO paper_place VALUES (1, 1), (1, 2), (2, 3);
         INSERT INTO reader VALUES (1), (2), (3); INSERT INTO paper_reader VALUES (1, 1), (1, 2), (2, 3)",
    );
    let paper = session.get_one::<Paper>(1).unwrap();
    db.sql();
    (db, session, paper)
}

/// What a query is ordered by comes behind the order of the relationship, each time anew; without an order there is none.
#[test]
fn orders_of_their_items() {
    let (db, session, paper) = filled();
    let ids = |articles: Vec<Obj<Article>>| articles.iter().map(|one| one.id().unwrap()).collect::<Vec<_>>();
    for _ in 0..2 {
        assert_eq!(ids(paper.articles().order_by(Article::id.desc()).all().unwrap()), [2, 3, 1]);
        let letters = session.scalars(paper.letters().select().order_by(Letter::id.desc())).unwrap();
        assert_eq!(letters.all().unwrap().iter().map(|one| one.id().unwrap()).collect::<Vec<_>>(), [2, 3, 1]);
    }
    expect![[r#"
        SELECT "article"."id", "article"."title", "article"."paper_id" FROM "article" WHERE ? = "article"."paper_id" ORDER BY "article"."title", "article"."id" DESC [1]
        SELECT "letter"."id", "letter"."title", "letter"."paper_id" FROM "letter" WHERE ? = "letter"."paper_id" ORDER BY "letter"."title", "letter"."id" DESC [1]
        SELECT "article"."id", "article"."title", "article"."paper_id" FROM "article" WHERE ? = "article"."paper_id" ORDER BY "article"."title", "article"."id" DESC [1]
        SELECT "letter"."id", "letter"."title", "letter"."paper_id" FROM "letter" WHERE ? = "letter"."paper_id" ORDER BY "letter"."title", "letter"."id" DESC [1]
    "#]].assert_eq(&db.sql());
    let mut none = ids(paper.articles().order_by(Article::id).order_by_none().all().unwrap());
    none.sort_unstable();
    assert_eq!(none, [1, 2, 3]);
    let none = paper.letters().select().order_by_none();
    assert_eq!(session.scalars(none).unwrap().all().unwrap().len(), 3);
    assert!(!db.sql().contains("ORDER BY"));
    // Walking through it asks once, and counts nothing before.
    assert_eq!(paper.articles().into_iter().map(Result::unwrap).count(), 3);
    assert_eq!(db.statements(), 1);
}

/// Linked items come in the order of their links, joined to what else is asked; the links are named in conditions.
#[test]
fn links_are_part_of_the_query() {
    let (db, session, paper) = filled();
    let ids = |places: &[Obj<Place>]| places.iter().map(|one| one.id().unwrap()).collect::<Vec<_>>();
    assert_eq!(ids(&paper.places().all().unwrap()), [2, 1]);
    assert_eq!(ids(&paper.places().filter(PaperPlace::place_id.eq(1)).all().unwrap()), [1]);
    assert_eq!(ids(&paper.places().slice(1..).unwrap()), [1]);
    assert_eq!(paper.places().count().unwrap(), 2);
    let readers = session.scalars(paper.readers().select()).unwrap().all().unwrap();
    assert_eq!(readers.iter().map(|one| one.id().unwrap()).collect::<Vec<_>>(), [2, 1]);
    let streets = paper.places().limit(9).select().join(Place::streets).filter(Street::id.ne(1));
    assert_eq!(ids(&session.scalars(streets).unwrap().all().unwrap()), [2, 1]);
    expect![[r#"
        SELECT "place"."id" FROM "place", "paper_place" WHERE ? = "paper_place"."paper_id" AND "place"."id" = "paper_place"."place_id" ORDER BY "paper_place"."place_id" DESC [1]
        SELECT "place"."id" FROM "place", "paper_place" WHERE ? = "paper_place"."paper_id" AND "place"."id" = "paper_place"."place_id" AND "paper_place"."place_id" = ? ORDER BY "paper_place"."place_id" DESC [1, 1]
        SELECT "place"."id" FROM "place", "paper_place" WHERE ? = "paper_place"."paper_id" AND "place"."id" = "paper_place"."place_id" ORDER BY "paper_place"."place_id" DESC LIMIT -1 OFFSET ? [1, 1]
        SELECT count(*) FROM (SELECT DISTINCT * FROM (SELECT "place"."id" FROM "place", "paper_place" WHERE ? = "paper_place"."paper_id" AND "place"."id" = "paper_place"."place_id") AS "counted") AS "rows" [1]
        SELECT "reader"."id" FROM "reader", "paper_reader" WHERE ? = "paper_reader"."paper_id" AND "reader"."id" = "paper_reader"."reader_id" ORDER BY "paper_reader"."reader_id" DESC [1]
        SELECT "place"."id" FROM "place" JOIN "street" ON "place"."id" = "street"."place_id", "paper_place" WHERE ? = "paper_place"."paper_id" AND "place"."id" = "paper_place"."place_id" AND "street"."id" <> ? ORDER BY "paper_place"."place_id" DESC LIMIT ? [1, 1, 9]
    "#]].assert_eq(&db.sql());
    // Both sides are read.
    let place = session.get_one::<Place>(3).unwrap();
    let new = paper.places().append(Place::builder()).unwrap();
    paper.places().push(&place).unwrap();
    assert_eq!(ids(&paper.places().all().unwrap()), [4, 3, 2, 1]);
    assert_eq!(new.papers().all().unwrap(), std::slice::from_ref(&paper));
    assert_eq!(place.papers().count().unwrap(), 2);
    let of = select(Place::id).filter(with_parent(&paper, Paper::places)).order_by(Place::id);
    assert_eq!(session.scalars(of).unwrap().all().unwrap(), [1, 2, 3, 4]);
    // Joined by the same table again, the links of the collection are still its own.
    db.sql();
    let shared = paper.places().select().join(Place::papers).filter(Paper::id.eq(2));
    assert_eq!(ids(&session.scalars(&shared).unwrap().all().unwrap()), [3]);
    assert_eq!(session.scalars(&shared).unwrap().count().unwrap(), 1);
    let within = select(Street::id)
        .filter(Street::place_id.in_(select(Place::id).filter(Place::papers.contains(&paper))));
    assert_eq!(session.scalars(within.order_by(Street::id)).unwrap().all().unwrap(), [1, 2, 3]);
    expect![[r#"
        SELECT "place"."id" FROM "place" JOIN ("paper_place" AS "paper_place_1" JOIN "paper" ON "paper"."id" = "paper_place_1"."paper_id") ON "place"."id" = "paper_place_1"."place_id", "paper_place" WHERE ? = "paper_place"."paper_id" AND "place"."id" = "paper_place"."place_id" AND "paper"."id" = ? ORDER BY "paper_place"."place_id" DESC [1, 2]
        SELECT count(*) FROM (SELECT DISTINCT * FROM (SELECT "place"."id" FROM "place" JOIN ("paper_place" AS "paper_place_1" JOIN "paper" ON "paper"."id" = "paper_place_1"."paper_id") ON "place"."id" = "paper_place_1"."place_id", "paper_place" WHERE ? = "paper_place"."paper_id" AND "place"."id" = "paper_place"."place_id" AND "paper"."id" = ? ORDER BY "paper_place"."place_id" DESC) AS "counted") AS "rows" [1, 2]
        SELECT "street"."id" FROM "street" WHERE "street"."place_id" IN (SELECT "place"."id" FROM "place" WHERE EXISTS (SELECT ? FROM "paper", "paper_place" WHERE "place"."id" = "paper_place"."place_id" AND "paper"."id" = "paper_place"."paper_id" AND "paper"."id" = ?)) ORDER BY "street"."id" [1, 1]
    "#]].assert_eq(&db.sql());
}

/// Statements of a collection give back objects, of one that is flushed only when they run too.
#[test]
fn statements_of_a_collection_give_back_objects() {
    for is_flushed in [true, false] {
        let (db, session) = press();
        let letters = ["a", "b", "c"].map(|title| Letter::builder().title(title));
        let paper = session.add(Paper::builder().name("p").letters(letters)).unwrap();
        if is_flushed {
            session.flush().unwrap();
            db.sql();
        }
        let update = paper.letters().update().set(Letter::title, Letter::title.concat("!"));
        let updated = session.run(update.returning(Letter)).unwrap();
        let told = db.sql();
        assert!(updated.iter().all(|one| one.paper().unwrap().as_ref() == Some(&paper)));
        let mut titles: Vec<_> = updated.iter().map(|one| one.title().unwrap()).collect();
        titles.sort_unstable();
        assert_eq!(titles, ["a!", "b!", "c!"]);
        if is_flushed {
            expect![[r#"
                UPDATE "letter" SET "title" = "letter"."title" || ? WHERE ? = "letter"."paper_id" RETURNING "letter"."id", "letter"."title", "letter"."paper_id" ['!', 1]
            "#]].assert_eq(&told);
        } else {
            expect![[r#"
                INSERT INTO "paper" ("name") VALUES (?) ['p']
                INSERT INTO "letter" ("title", "paper_id") VALUES (?, ?) ['a', 1]
                INSERT INTO "letter" ("title", "paper_id") VALUES (?, ?) ['b', 1]
                INSERT INTO "letter" ("title", "paper_id") VALUES (?, ?) ['c', 1]
                UPDATE "letter" SET "title" = "letter"."title" || ? WHERE ? = "letter"."paper_id" RETURNING "letter"."id", "letter"."title", "letter"."paper_id" ['!', 1]
            "#]].assert_eq(&told);
        }
        let delete = paper.letters().delete().filter(Letter::title.eq("b!"));
        let deleted = session.run(delete.returning(Letter)).unwrap();
        assert_eq!(deleted.len(), 1);
        assert_eq!(Obj::state(&deleted[0]), ObjectState::Deleted);
        let insert = paper.letters().insert().columns(Letter::title).rows(["d", "e"]);
        let inserted = session.run(insert.returning(Letter)).unwrap();
        assert_eq!(inserted.iter().map(|one| one.title().unwrap()).collect::<Vec<_>>(), ["d", "e"]);
        expect![[r#"
            DELETE FROM "letter" WHERE ? = "letter"."paper_id" AND "letter"."title" = ? RETURNING "letter"."id", "letter"."title", "letter"."paper_id", "letter"."id" [1, 'b!']
            INSERT INTO "letter" ("title", "paper_id") VALUES (?, ?) RETURNING "letter"."id", "letter"."title", "letter"."paper_id" ['d', 1]
            INSERT INTO "letter" ("title", "paper_id") VALUES (?, ?) RETURNING "letter"."id", "letter"."title", "letter"."paper_id" ['e', 1]
        "#]].assert_eq(&db.sql());
        assert_eq!(inserted[1].paper().unwrap().as_ref(), Some(&paper));
        assert_eq!(session.scalars(paper.letters().select()).unwrap().count().unwrap(), 4);
    }
}

/// Merging an object without items takes none away; merging a new one brings all of them.
#[test]
fn merging_what_has_no_items_takes_none_away() {
    let (db, session, _) = filled();
    let value = Paper {
        id: 1,
        name: "r".into(),
        articles: Dynamic::default(),
        letters: WriteOnly::default(),
        places: Dynamic::default(),
        readers: WriteOnly::default(),
    };
    let paper = session.merge(value).unwrap();
    session.commit().unwrap();
    assert_eq!(paper.articles().count().unwrap(), 3);
    assert_eq!(paper.places().count().unwrap(), 2);
    assert_eq!(session.scalars(paper.letters().select()).unwrap().count().unwrap(), 3);
    let new = Paper::builder().name("s").articles([Article::builder().title("x")]);
    let new = new.letters([Letter::builder().title("x")]).into_obj().unwrap();
    let merged = session.merge(&new).unwrap();
    assert_ne!(merged, new);
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT count(*) FROM article, letter WHERE article.paper_id = 3 AND letter.paper_id = 3"),
        "1\n"
    );
}

/// The only item, or why there is none.
#[test]
fn the_only_item() {
    let (_db, session, paper) = filled();
    assert_eq!(paper.articles().one().unwrap_err().code(), Code::MultipleResults);
    expect!["[multiple-results] `Paper.articles`: several items where one was asked for; help: filter more, or use `first()`"].assert_eq(&tests::show(paper.articles().one_or_none()));
    let other = session.get_one::<Paper>(2).unwrap();
    assert_eq!(other.articles().one().unwrap().id().unwrap(), 4);
    for is_added in [false, true] {
        let new = Paper::builder().name("n").into_obj().unwrap();
        if is_added {
            session.add(&new).unwrap();
        }
        assert_eq!(new.articles().all().unwrap(), []);
        assert_eq!(new.articles().one_or_none().unwrap(), None);
        assert_eq!(new.articles().one().unwrap_err().code(), Code::NoResult);
    }
    session.expunge(&paper).unwrap();
    let errors =
        [paper.articles().all().unwrap_err(), paper.articles().filter(Article::id.gt(0)).all().unwrap_err()];
    assert!(errors.iter().all(|error| error.code() == Code::Detached));
}
