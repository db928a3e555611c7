//! Synonyms by their names: in texts of relationships, in queries by names, in what is expired and refreshed.

use expect_test::expect;
use orm::mapper::Mapper;
use orm::prelude::*;
use orm::{Code, Lazy, Value};
use tests::{Db, code, show};

orm::registry!(
    /// Classes that name each other by texts.
    ByText
);

#[derive(Mapped)]
#[mapped(registry = ByText, table = "text_author", synonym(pen_name = name, number = id, works = books))]
struct Author {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(
        target = "Book",
        primaryjoin = "Author.number == foreign(Book.writer)",
        order_by = "Book.headline.desc()",
        viewonly
    )]
    books: Many<AnyClass>,
    #[relationship(foreign_keys = "Book.writer", order_by = Book::id)]
    all: Many<Book>,
}

#[derive(Mapped)]
#[mapped(registry = ByText, table = "text_book", synonym(writer = author_id, headline = title))]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(foreign_key = Author::id)]
    author_id: i64,
}

fn books() -> (Db, Session, Obj<Author>) {
    let db = Db::empty();
    ByText::create_all(&db.engine).unwrap();
    let session = db.session();
    let books = ["a", "b"].map(|title| Book::builder().headline(title));
    let author = session.add(Author::builder().pen_name("Ann").all(books)).unwrap();
    session.commit().unwrap();
    db.sql();
    (db, session, author)
}

#[test]
fn in_texts_of_relationships() {
    let (db, _session, author) = books();
    author.name().unwrap();
    db.sql();
    let titles: Vec<Value> =
        author.works().iter().unwrap().map(|book| book.get("headline").unwrap()).collect();
    assert_eq!(titles, [Value::from("b"), "a".into()]);
    expect![[r#"
        SELECT "text_book"."id", "text_book"."title", "text_book"."author_id" FROM "text_book" WHERE ? = "text_book"."author_id" ORDER BY "text_book"."title" DESC [1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn of_objects_of_any_class() {
    let (db, session, author) = books();
    let any = Obj::any(&author);
    assert_eq!(any.history("works").unwrap(), any.history("books").unwrap());
    assert_eq!(any.get("pen_name").unwrap(), Value::from("Ann"));
    any.set("pen_name", &"Jo".into()).unwrap();
    assert_eq!((author.name().unwrap(), any.peek("pen_name").unwrap()), ("Jo".to_owned(), Some("Jo".into())));
    assert_eq!(any.collection("works").unwrap().len().unwrap(), 2);
    session.commit().unwrap();
    author.name().unwrap();
    session.expire_attributes(&author, &["pen_name"]).unwrap();
    assert!(any.is_expired("name").unwrap() && any.is_expired("pen_name").unwrap());
    db.sql();
    session.refresh_attributes(&author, &["pen_name"]).unwrap();
    expect![[r#"
        SELECT "id", "name" FROM "text_author" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    expect!["[unknown-attribute] `Author.pen_nam`: no such attribute; help: did you mean `pen_name`?"]
        .assert_eq(&show(any.get("pen_nam")));
}

#[test]
fn in_queries_by_names() {
    let (db, session, _author) = books();
    let mapper: &'static Mapper = ByText::mapper("Author").unwrap();
    let author = mapper.entity();
    let query = select(vec![author.attr("pen_name").unwrap().into()])
        .join(author.relationship("works").unwrap())
        .filter(author.attr("number").unwrap().eq(1));
    assert_eq!(session.execute(query).unwrap().all().unwrap().len(), 2);
    expect![[r#"
        SELECT "text_author"."name" FROM "text_author" JOIN "text_book" ON "text_author"."id" = "text_book"."author_id" WHERE "text_author"."id" = ? [1]
    "#]].assert_eq(&db.sql());
    session.expunge_all();
    let loaded = select(vec![(&author).into()])
        .options(author.load_only(&["pen_name"]).unwrap())
        .options(author.relationship("works").unwrap().load(Lazy::SelectIn));
    session.execute(loaded).unwrap().all().unwrap();
    expect![[r#"
        SELECT "text_author"."id", "text_author"."name" FROM "text_author"
        SELECT "text_book"."id", "text_book"."title", "text_book"."author_id" FROM "text_book" WHERE ? = "text_book"."author_id" ORDER BY "text_book"."title" DESC [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(code(author.attr("works")), Code::UnknownAttribute);
    let renamed = mapper.update().set(author.column("pen_name").unwrap(), Value::from("Jo"));
    assert_eq!(session.run(renamed).unwrap(), 1);
    assert_eq!(mapper.column_attribute("pen_name").unwrap().attribute(), "name");
    assert_eq!(mapper.relation_named("works").unwrap().name(), "books");
}

/// What is added to a class can't have the name of a synonym.
#[test]
fn the_name_is_taken() {
    orm::registry!(
        /// With a column that is added.
        Taken
    );

    #[derive(Mapped)]
    #[mapped(registry = Taken, table = "taken_one", synonym(other = name))]
    struct One {
        #[column(primary_key)]
        id: i64,
        name: String,
    }

    Taken::add_column("One", orm::mapper::NewColumn::of::<String>("other")).unwrap();
    let error = Taken::configure().unwrap_err();
    expect![[r#"
        [configuration] the mapping has a mistake
          [bad-option] `One.other`: the class has an attribute of that name already; help: give what is added another name"#]].assert_eq(&error.to_string());
}
