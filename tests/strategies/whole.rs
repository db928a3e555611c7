//! All objects of a class with what they lead to: of more than a list of keys names, by one statement without keys.

use expect_test::expect;
use orm::Select;
use orm::prelude::*;
use orm::query::IntoSelect;
use tests::Db;

orm::registry!(
    /// Authors and what they have written.
    pub Shelf
);

#[derive(Mapped)]
#[mapped(table = "author", registry = Shelf)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Author::id)]
    pub teacher_id: Option<i64>,
    #[relationship(back_populates = "author")]
    pub books: Many<Book>,
    #[relationship(order_by = Essay::id.desc())]
    pub essays: Many<Essay>,
    #[relationship(order_by = Poem::id.desc())]
    pub poems: Many<Poem>,
    #[relationship(secondary = AuthorTag)]
    pub tags: Many<Tag>,
    #[relationship]
    pub pupils: Many<Author>,
}

#[derive(Mapped)]
#[mapped(table = "book", registry = Shelf)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Author::id)]
    pub author_id: Option<i64>,
    #[relationship(back_populates = "books")]
    pub author: Option<One<Author>>,
    #[relationship]
    pub pages: Many<Page>,
}

#[derive(Mapped)]
#[mapped(table = "page", registry = Shelf)]
pub struct Page {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Book::id)]
    pub book_id: i64,
}

#[derive(Mapped)]
#[mapped(table = "essay", registry = Shelf)]
pub struct Essay {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Author::id)]
    pub author_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(table = "poem", registry = Shelf)]
pub struct Poem {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Author::id)]
    pub author_id: i64,
    #[relationship]
    pub lines: Many<Line>,
}

#[derive(Mapped)]
#[mapped(table = "line", registry = Shelf)]
pub struct Line {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Poem::id)]
    pub poem_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(table = "tag", registry = Shelf)]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    pub word: String,
}

#[derive(Table)]
#[mapped(table = "author_tag", registry = Shelf)]
pub struct AuthorTag {
    #[column(primary_key, foreign_key = Author::id)]
    pub author_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    pub tag_id: i64,
}

/// So many authors, of whom each has two books of a page each, an essay, a poem, a tag, and as pupil the author after him.
/// So many books more are nobody's.
fn filled(authors: usize, nobodys: usize) -> Db {
    let db = Db::empty();
    Shelf::create_all(&db.engine).unwrap();
    let to = |last: usize, columns: &str| {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT {columns} FROM n"
        )
    };
    db.run(&format!("INSERT INTO author {}", to(authors, "i, nullif(i - 1, 0)")));
    if nobodys > 0 {
        db.run(&format!("INSERT INTO book {}", to(nobodys, "i, NULL")));
    }
    let book = to(2 * authors, &format!("i + {nobodys}, i - (i > {authors}) * {authors}"));
    db.run(&format!("INSERT INTO book {book}"));
    db.run(&format!("INSERT INTO page {}", to(2 * authors, &format!("i, i + {nobodys}"))));
    for table in ["essay", "poem"] {
        db.run(&format!("INSERT INTO {table} {}", to(authors, "i, i")));
    }
    db.run("INSERT INTO tag VALUES (1, 'old'), (2, 'new')");
    db.run(&format!("INSERT INTO author_tag {}", to(authors, "i, i % 2 + 1")));
    db.sql();
    db
}

/// How many books the authors of a query have, each the right two, and how many statements it takes.
fn books(db: &Db, query: impl IntoSelect<Obj<Author>>) -> (usize, usize) {
    let count = |sql: &str| db.rows(sql).trim().parse::<i64>().unwrap();
    let nobodys = count("SELECT count(*) FROM book WHERE author_id IS NULL");
    let all = count("SELECT count(*) FROM author");
    let session = db.session();
    let authors = session.scalars(query).unwrap().all().unwrap();
    let statements = db.statements();
    let mut books = 0;
    for author in &authors {
        let id = author.id().unwrap();
        let ids: Vec<i64> = author.books().iter().unwrap().map(|book| book.id().unwrap()).collect();
        assert_eq!(ids, [nobodys + id, nobodys + id + all]);
        books += ids.len();
    }
    assert_eq!(db.statements(), 0, "they are loaded");
    (books, statements)
}

#[test]
fn one_statement_reads_what_all_lead_to() {
    let db = filled(501, 3);
    let query = || {
        select(Author).options(selectin(Author::books).selectin(Book::pages)).options(selectin(Author::tags))
    };
    let session = db.session();
    let authors = session.scalars(query()).unwrap().all().unwrap();
    expect![[r#"
        SELECT "author"."id", "author"."teacher_id" FROM "author"
        SELECT "book"."id", "book"."author_id" FROM "book"
        SELECT "tag"."id", "tag"."word", "author_tag"."author_id" FROM "tag", "author_tag" WHERE "tag"."id" = "author_tag"."tag_id"
        SELECT "page"."id", "page"."book_id" FROM "page"
    "#]]
    .assert_eq(&db.sql());
    assert!(authors.iter().all(|author| author.tags().len().unwrap() == 1));
    let pages = authors.iter().flat_map(|author| author.books().iter().unwrap());
    assert_eq!(pages.map(|book| book.pages().len().unwrap()).sum::<usize>(), 1_002);
    assert_eq!(db.statements(), 0);
    // Of a row that is nobody's there is no object.
    for (book, statements) in [(4, 0), (3, 1)] {
        assert!(session.get::<Book>(book).unwrap().is_some());
        assert_eq!(db.statements(), statements);
    }
    // Plain values take the same.
    let values = session.values(query()).unwrap().all().unwrap();
    assert_eq!(db.statements(), 4);
    for (author, value) in authors.iter().zip(&values) {
        let (books, tags) = (value.books.get().unwrap(), value.tags.get().unwrap());
        let ids: Vec<i64> = books.iter().map(|book| book.id).collect();
        assert_eq!(ids, author.books().iter().unwrap().map(|book| book.id().unwrap()).collect::<Vec<_>>());
        assert!(books.iter().all(|book| book.pages.get().unwrap()[0].book_id == book.id));
        assert_eq!((tags.len(), tags[0].id), (1, author.id().unwrap() % 2 + 1));
    }
}

#[test]
fn each_strategy_that_loads_for_all_does() {
    let db = filled(501, 0);
    assert_eq!(books(&db, select(Author).options(selectin(Author::books))), (1_002, 2));
    assert_eq!(books(&db, select(Author).options(immediate(Author::books))), (1_002, 2));
    assert_eq!(books(&db, select(Author).options(subquery(Author::books))), (1_002, 2));
    // In whatever order the objects come.
    assert_eq!(
        books(&db, select(Author).order_by(Author::id.desc()).options(selectin(Author::books))),
        (1_002, 2)
    );
}

#[test]
fn what_a_list_names_is_asked_for_by_it() {
    let db = filled(500, 0);
    assert_eq!(books(&db, select(Author).options(selectin(Author::books))), (1_000, 2));
    let session = db.session();
    session.scalars(select(Author).options(selectin(Author::books))).unwrap().all().unwrap();
    assert!(db.sql().contains("json_each"));
}

#[test]
fn a_part_of_the_objects_is_asked_for_by_lists() {
    let db = filled(600, 0);
    let of = || select(Author).options(selectin(Author::books));
    assert_eq!(books(&db, of().filter(Author::id.gt(0))), (1_200, 3));
    assert_eq!(books(&db, of().limit(10_000)), (1_200, 3));
    assert_eq!(books(&db, of().join(Author::poems)), (1_200, 3));
    // Rows that are given one by one aren't held.
    let session = db.session();
    session.scalars(of()).unwrap().each(|_| Ok(())).unwrap();
    session.values(of()).unwrap().each(|_| Ok(())).unwrap();
    assert_eq!(db.statements(), 6);
}

#[test]
fn rows_that_are_nobodys_end_it() {
    // So many are read before it is looked at them, and they don't outnumber the others.
    for nobodys in [1_000, 1_001] {
        let db = filled(600, nobodys);
        let statements = if nobodys > 1_000 { 4 } else { 2 };
        assert_eq!(books(&db, select(Author).options(selectin(Author::books))), (1_200, statements));
        let session = db.session();
        let query = select(Author).options(selectin(Author::books).selectin(Book::pages));
        let values = session.values(query).unwrap().all().unwrap();
        // What lists lead to is asked for by lists.
        assert_eq!(db.statements(), if nobodys > 1_000 { 4 + 3 } else { 3 });
        for value in values {
            let books = value.books.get().unwrap();
            assert_eq!(books.len(), 2);
            assert!(books.iter().all(|book| book.author_id == Some(value.id)));
            assert!(books.iter().all(|book| book.pages.get().unwrap()[0].book_id == book.id));
        }
    }
}

#[test]
fn an_order_or_a_condition_needs_that_each_row_is_somebodys() {
    let db = filled(501, 0);
    let statements = |query: Select<Obj<Author>>| {
        let session = db.session();
        session.scalars(query).unwrap().all().unwrap();
        db.statements()
    };
    assert_eq!(statements(select(Author).options(selectin(Author::essays))), 3);
    assert_eq!(statements(select(Author).options(selectin(Author::poems))), 2);
    let session = db.session();
    session.scalars(select(Author).options(selectin(Author::poems))).unwrap().all().unwrap();
    assert!(db.sql().ends_with(
        "SELECT \"poem\".\"id\", \"poem\".\"author_id\" FROM \"poem\" ORDER BY \"poem\".\"id\" DESC\n"
    ));
    assert_eq!(statements(select(Author).options(selectin(Author::books).and(Book::id.gt(501)))), 3);
    let query = || select(Author).options(selectin(Author::poems).and(Poem::id.gt(100)));
    assert_eq!(statements(query()), 2);
    let authors = session.scalars(query().populate_existing()).unwrap().all().unwrap();
    assert_eq!(authors.iter().map(|author| author.poems().len().unwrap()).sum::<usize>(), 401);
    // What they lead to is a part of its class.
    let db = filled(1_002, 0);
    let session = db.session();
    let some = selectin(Author::poems).and(Poem::id.gt(1));
    session.values(select(Author).options(some.selectin(Poem::lines))).unwrap().all().unwrap();
    assert_eq!(db.statements(), 1 + 1 + 3);
}

#[test]
fn what_many_lead_to_by_its_key_is_asked_for_by_lists() {
    let db = filled(501, 0);
    let session = db.session();
    let books = session.scalars(select(Book).options(selectin(Book::author))).unwrap().all().unwrap();
    assert_eq!(db.statements(), 3);
    assert!(books.iter().all(|book| book.author().unwrap().is_some()));
    assert_eq!(db.statements(), 0);
}

#[test]
fn what_is_loaded_stays_and_few_that_are_left_are_asked_for_by_lists() {
    let db = filled(1_200, 0);
    let session = db.session();
    let query = || select(Author).options(selectin(Author::books));
    let first = session.scalars(query().filter(Author::id.le(100))).unwrap().all().unwrap();
    // The database has another row of one, and one doesn't know of it.
    first[0].books().remove(&first[0].books().get(0).unwrap().unwrap()).unwrap();
    // What was appended before it was loaded is in it.
    let last = session.get_one::<Author>(1_200).unwrap();
    let new = session.add(Book::builder().id(9_000)).unwrap();
    last.books().push(&new).unwrap();
    db.sql();
    let all = session.scalars(query().autoflush(false)).unwrap().all().unwrap();
    assert_eq!(db.statements(), 2);
    let lengths = |all: &[Obj<Author>]| [0, 1, 1_199].map(|at| all[at].books().len().unwrap());
    assert_eq!(lengths(&all), [1, 2, 3]);
    session.rollback().unwrap();
    let kept = session.scalars(query().filter(Author::id.le(650))).unwrap().all().unwrap();
    assert_eq!(db.statements(), 3);
    let all = session.scalars(query()).unwrap().all().unwrap();
    // Fewer than half are left.
    assert_eq!(db.statements(), 1 + 2);
    assert!(all.iter().all(|author| author.books().len().unwrap() == 2));
    // Overwritten is what they lead to as well, by rows that are somebody's.
    session.connection().unwrap().execute_batch("UPDATE book SET author_id = 1 WHERE id = 2").unwrap();
    db.sql();
    let all = session.scalars(query().populate_existing()).unwrap().all().unwrap();
    assert_eq!((db.statements(), kept.len()), (2, 650));
    assert_eq!(lengths(&all), [3, 1, 2]);
}

#[test]
fn a_class_that_leads_to_itself() {
    let db = filled(1_200, 0);
    let session = db.session();
    let query = || select(Author).options(selectin(Author::pupils).selectin(Author::pupils));
    let authors = session.scalars(query()).unwrap().all().unwrap();
    assert_eq!(db.statements(), 2, "those that were asked for lead on");
    for (author, next) in authors.iter().zip(&authors[1..]) {
        assert_eq!(author.pupils().get(0).unwrap().as_ref(), Some(next));
    }
    let values = session.values(query()).unwrap().all().unwrap();
    assert_eq!(db.statements(), 3);
    let next = &values[0].pupils.get().unwrap()[0];
    assert_eq!((next.id, next.pupils.get().unwrap()[0].id), (2, 3));
}

mod keys {
    //! Keys of other kinds.

    use orm::prelude::*;
    use tests::Db;

    orm::registry!(
        /// These classes.
        pub Other
    );

    #[derive(Mapped)]
    #[mapped(table = "place", registry = Other)]
    struct Place {
        #[column(primary_key)]
        x: i64,
        #[column(primary_key)]
        y: i64,
        #[relationship]
        things: Many<Thing>,
    }

    #[derive(Mapped)]
    #[mapped(table = "thing", registry = Other, foreign_key(columns(x, y), references(Place::x, Place::y)))]
    struct Thing {
        #[column(primary_key)]
        id: i64,
        x: Option<i64>,
        y: Option<i64>,
    }

    #[derive(Mapped)]
    #[mapped(table = "word", registry = Other)]
    struct Word {
        #[column(primary_key)]
        text: String,
        #[relationship]
        uses: Many<Use>,
    }

    #[derive(Mapped)]
    #[mapped(table = "use", registry = Other)]
    struct Use {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = Word::text)]
        word: Option<String>,
    }

    const NUMBERS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 501)";

    fn filled() -> Db {
        let db = Db::empty();
        Other::create_all(&db.engine).unwrap();
        db.run(&format!("INSERT INTO place {NUMBERS} SELECT i, i % 7 FROM n"));
        db.run(&format!("INSERT INTO thing {NUMBERS} SELECT i, i, i % 7 FROM n"));
        db.run("INSERT INTO thing VALUES (900, NULL, NULL), (901, 1, NULL)");
        db.run(&format!("INSERT INTO word {NUMBERS} SELECT 'w' || i FROM n"));
        db.run(&format!("INSERT INTO \"use\" {NUMBERS} SELECT i, 'w' || i FROM n"));
        db.sql();
        db
    }

    #[test]
    fn of_several_integers() {
        let db = filled();
        let session = db.session();
        let query = || select(Place).options(selectin(Place::things));
        let places = session.scalars(query()).unwrap().all().unwrap();
        assert_eq!(db.statements(), 2);
        for place in &places {
            let things = place.things();
            assert_eq!(
                (things.len().unwrap(), things.get(0).unwrap().unwrap().x().unwrap()),
                (1, place.x().ok())
            );
        }
        let values = session.values(query()).unwrap().all().unwrap();
        assert_eq!(db.statements(), 2);
        assert!(values.iter().all(|place| place.things.get().unwrap()[0].y == Some(place.y)));
    }

    /// Which texts are the same is for the database to say.
    #[test]
    fn of_text() {
        let db = filled();
        let session = db.session();
        let query = || select(Word).options(selectin(Word::uses));
        let words = session.scalars(query()).unwrap().all().unwrap();
        assert_eq!(db.statements(), 3);
        assert!(words.iter().all(|word| word.uses().len().unwrap() == 1));
        session.values(query()).unwrap().all().unwrap();
        assert_eq!(db.statements(), 3);
    }
}
