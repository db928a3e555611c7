//! Inner joins that become outer ones where they hang on an outer join, `innerjoin = "unnested"`, beside those that stay
//! within it.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Lazy, Live, Row};
use tests::models::{Item, Models as Stock, Order, User};
use tests::{Db, tree};

use super::loads;

mod library {
    //! A shelf may have no book, a book no chapter, a chapter no note.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Library
    );

    #[derive(Mapped)]
    #[mapped(registry = Library)]
    pub struct Shelf {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(lazy = "joined", order_by = Book::id, back_populates = "shelf")]
        pub books: Many<Book>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Library)]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Shelf::id)]
        pub shelf_id: Option<i64>,
        #[relationship(back_populates = "books")]
        pub shelf: Option<One<Shelf>>,
        #[relationship(lazy = "joined", innerjoin = "unnested", order_by = Chapter::id)]
        pub chapters: Many<Chapter>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Library)]
    pub struct Chapter {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Book::id)]
        pub book_id: i64,
        #[relationship(lazy = "joined", innerjoin = "nested", order_by = Note::id)]
        pub notes: Many<Note>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Library)]
    pub struct Note {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Chapter::id)]
        pub chapter_id: i64,
    }

    /// A box, which is in a box.
    #[derive(Mapped)]
    #[mapped(table = "box", registry = Library)]
    pub struct Case {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Case::id)]
        pub within: Option<i64>,
        #[relationship(lazy = "joined", join_depth = 2, innerjoin = "unnested", order_by = Case::id)]
        pub cases: Many<Case>,
        #[relationship(secondary = Sticker, order_by = Tag::id, backref(name = "cases", lazy = "joined", innerjoin = "unnested"))]
        pub tags: Many<Tag>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Library)]
    pub struct Tag {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Table)]
    #[mapped(registry = Library)]
    pub struct Sticker {
        #[column(primary_key, foreign_key = Case::id)]
        pub case_id: i64,
        #[column(primary_key, foreign_key = Tag::id)]
        pub tag_id: i64,
    }
}

/// The first shelf has a book with everything, one with a chapter that lacks a note, and one without chapters; the second
/// has no book.
fn library() -> Db {
    let db = Db::empty();
    library::Library::create_all(&db.engine).unwrap();
    db.run("INSERT INTO shelf VALUES (1), (2); INSERT INTO book VALUES (1, 1), (2, 1), (3, 1)");
    db.run("INSERT INTO chapter VALUES (1, 1), (2, 2); INSERT INTO note VALUES (1, 1)");
    db.run("INSERT INTO box VALUES (1, NULL), (2, 1), (3, 2); INSERT INTO tag VALUES (1), (2)");
    db.run("INSERT INTO sticker VALUES (2, 1)");
    db.sql();
    db
}

/// What a query gives, and its statements.
fn gives<T: Live>(query: orm::Select<Obj<T>>, expected: Expect)
where
    Obj<T>: Row<First = Obj<T>>,
{
    let db = library();
    let session = db.session();
    let objects = session.scalars(query).unwrap().all().unwrap();
    let mut told: String = objects.iter().map(|object| format!("{}\n", tree(object))).collect();
    told.push_str(&db.sql());
    expected.assert_eq(&told);
}

/// What hangs on it stays within its own join.
#[test]
fn declared_below_an_outer_join_and_below_none() {
    use library::*;
    gives(
        select(Shelf).order_by(Shelf::id),
        expect![[r#"
        Shelf#1(books: [Book#1(chapters: [Chapter#1(notes: [Note#1])]), Book#2(chapters: []), Book#3(chapters: [])])
        Shelf#2(books: [])
        SELECT "shelf"."id", "book_1"."id", "book_1"."shelf_id", "chapter_2"."id", "chapter_2"."book_id", "note_3"."id", "note_3"."chapter_id" FROM "shelf" LEFT JOIN "book" AS "book_1" ON "shelf"."id" = "book_1"."shelf_id" LEFT JOIN ("chapter" AS "chapter_2" JOIN "note" AS "note_3" ON "chapter_2"."id" = "note_3"."chapter_id") ON "book_1"."id" = "chapter_2"."book_id" ORDER BY "shelf"."id", "book_1"."id", "chapter_2"."id", "note_3"."id"
    "#]],
    );
    gives(
        select(Shelf).order_by(Shelf::id).limit(1),
        expect![[r#"
        Shelf#1(books: [Book#1(chapters: [Chapter#1(notes: [Note#1])]), Book#2(chapters: []), Book#3(chapters: [])])
        SELECT "shelf_1"."id", "book_2"."id", "book_2"."shelf_id", "chapter_3"."id", "chapter_3"."book_id", "note_4"."id", "note_4"."chapter_id" FROM (SELECT "shelf"."id" FROM "shelf" ORDER BY "shelf"."id" LIMIT ?) AS "shelf_1" LEFT JOIN "book" AS "book_2" ON "shelf_1"."id" = "book_2"."shelf_id" LEFT JOIN ("chapter" AS "chapter_3" JOIN "note" AS "note_4" ON "chapter_3"."id" = "note_4"."chapter_id") ON "book_2"."id" = "chapter_3"."book_id" ORDER BY "shelf_1"."id", "book_2"."id", "chapter_3"."id", "note_4"."id" [1]
    "#]],
    );
    gives(
        select(Book).order_by(Book::id),
        expect![[r#"
        Book#1(chapters: [Chapter#1(notes: [Note#1])])
        SELECT "book"."id", "book"."shelf_id", "chapter_1"."id", "chapter_1"."book_id", "note_2"."id", "note_2"."chapter_id" FROM "book" JOIN "chapter" AS "chapter_1" ON "book"."id" = "chapter_1"."book_id" JOIN "note" AS "note_2" ON "chapter_1"."id" = "note_2"."chapter_id" ORDER BY "book"."id", "chapter_1"."id", "note_2"."id"
    "#]],
    );
    // What leads to it from an object that is there is no outer join.
    let db = library();
    let session = db.session();
    let shelf = session.scalars(select(Shelf).options(lazy(Shelf::books)).limit(1)).unwrap().one().unwrap();
    assert_eq!(shelf.books().len().unwrap(), 1);
    let books = select(Shelf).options(selectin(Shelf::books)).order_by(Shelf::id);
    let shelves = db.session().scalars(books).unwrap().all().unwrap();
    assert_eq!(shelves[0].books().len().unwrap(), 1);
    expect![[r#"
        SELECT "shelf"."id" FROM "shelf" LIMIT ? [1]
        SELECT "book"."id", "book"."shelf_id", "chapter_1"."id", "chapter_1"."book_id", "note_2"."id", "note_2"."chapter_id" FROM "book" JOIN "chapter" AS "chapter_1" ON "book"."id" = "chapter_1"."book_id" JOIN "note" AS "note_2" ON "chapter_1"."id" = "note_2"."chapter_id" WHERE ? = "book"."shelf_id" ORDER BY "book"."id", "chapter_1"."id", "note_2"."id" [1]
        SELECT "shelf"."id" FROM "shelf" ORDER BY "shelf"."id"
        SELECT "book"."id", "book"."shelf_id", "chapter_1"."id", "chapter_1"."book_id", "note_2"."id", "note_2"."chapter_id" FROM "book" JOIN "chapter" AS "chapter_1" ON "book"."id" = "chapter_1"."book_id" JOIN "note" AS "note_2" ON "chapter_1"."id" = "note_2"."chapter_id" WHERE "book"."shelf_id" IN (SELECT +value FROM json_each(?)) ORDER BY "book"."id", "chapter_1"."id", "note_2"."id" ['[1,2]']
    "#]].assert_eq(&db.sql());
}

#[test]
fn options_say_it_anew() {
    use library::*;
    let shelves = || select(Shelf).order_by(Shelf::id);
    gives(
        shelves().options(default_load(Shelf::books).joined(Book::chapters).inner()),
        expect![[r#"
        Shelf#1(books: [Book#1(chapters: [Chapter#1(notes: [Note#1])])])
        Shelf#2(books: [])
        SELECT "shelf"."id", "book_1"."id", "book_1"."shelf_id", "chapter_2"."id", "chapter_2"."book_id", "note_3"."id", "note_3"."chapter_id" FROM "shelf" LEFT JOIN ("book" AS "book_1" JOIN "chapter" AS "chapter_2" ON "book_1"."id" = "chapter_2"."book_id" JOIN "note" AS "note_3" ON "chapter_2"."id" = "note_3"."chapter_id") ON "shelf"."id" = "book_1"."shelf_id" ORDER BY "shelf"."id", "book_1"."id", "chapter_2"."id", "note_3"."id"
    "#]],
    );
    gives(
        shelves().options(joined(Shelf::books).inner()),
        expect![[r#"
        Shelf#1(books: [Book#1(chapters: [Chapter#1(notes: [Note#1])])])
        SELECT "shelf"."id", "book_1"."id", "book_1"."shelf_id", "chapter_2"."id", "chapter_2"."book_id", "note_3"."id", "note_3"."chapter_id" FROM "shelf" JOIN "book" AS "book_1" ON "shelf"."id" = "book_1"."shelf_id" JOIN "chapter" AS "chapter_2" ON "book_1"."id" = "chapter_2"."book_id" JOIN "note" AS "note_3" ON "chapter_2"."id" = "note_3"."chapter_id" ORDER BY "shelf"."id", "book_1"."id", "chapter_2"."id", "note_3"."id"
    "#]],
    );
    gives(
        shelves().options(joined(Shelf::books).inner_unnested()),
        expect![[r#"
        Shelf#1(books: [Book#1(chapters: [Chapter#1(notes: [Note#1])])])
        SELECT "shelf"."id", "book_1"."id", "book_1"."shelf_id", "chapter_2"."id", "chapter_2"."book_id", "note_3"."id", "note_3"."chapter_id" FROM "shelf" JOIN "book" AS "book_1" ON "shelf"."id" = "book_1"."shelf_id" JOIN "chapter" AS "chapter_2" ON "book_1"."id" = "chapter_2"."book_id" JOIN "note" AS "note_3" ON "chapter_2"."id" = "note_3"."chapter_id" ORDER BY "shelf"."id", "book_1"."id", "chapter_2"."id", "note_3"."id"
    "#]],
    );
    gives(
        select(Book).order_by(Book::id).options(joined(Book::chapters).outer()),
        expect![[r#"
        Book#1(chapters: [Chapter#1(notes: [Note#1])])
        Book#2(chapters: [])
        Book#3(chapters: [])
        SELECT "book"."id", "book"."shelf_id", "chapter_1"."id", "chapter_1"."book_id", "note_2"."id", "note_2"."chapter_id" FROM "book" LEFT JOIN ("chapter" AS "chapter_1" JOIN "note" AS "note_2" ON "chapter_1"."id" = "note_2"."chapter_id") ON "book"."id" = "chapter_1"."book_id" ORDER BY "book"."id", "chapter_1"."id", "note_2"."id"
    "#]],
    );
    // Of two the later one counts.
    let both = (joined(Book::chapters).outer(), default_load(Book::chapters).inner_unnested());
    gives(
        select(Book).order_by(Book::id).options(both),
        expect![[r#"
        Book#1(chapters: [Chapter#1(notes: [Note#1])])
        SELECT "book"."id", "book"."shelf_id", "chapter_1"."id", "chapter_1"."book_id", "note_2"."id", "note_2"."chapter_id" FROM "book" JOIN "chapter" AS "chapter_1" ON "book"."id" = "chapter_1"."book_id" JOIN "note" AS "note_2" ON "chapter_1"."id" = "note_2"."chapter_id" ORDER BY "book"."id", "chapter_1"."id", "note_2"."id"
    "#]],
    );
}

#[test]
fn by_options() {
    let with = |option: orm::query::Load<User, Item>| select(User).order_by(User::id).options(option);
    loads(
        with(joined(User::orders).joined(Order::items).inner_unnested()),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        User#2(orders: [])
        User#3(orders: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "user_account"."id", "orders_1"."id", "item_3"."id"
    "#]],
    );
    loads(
        with(joined(User::orders).inner_unnested().joined(Order::items).inner_unnested()),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "user_account"."id", "orders_1"."id", "item_3"."id"
    "#]],
    );
    loads(
        with(joined(User::orders).inner_unnested().joined(Order::items)),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "user_account"."id", "orders_1"."id", "item_3"."id"
    "#]],
    );
    loads(
        with(joined(User::orders).joined(Order::items).inner_unnested()).limit(2),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        User#2(orders: [])
        SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "orders_2"."id", "orders_2"."note", "orders_2"."user_id", "item_4"."id", "item_4"."name" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" LEFT JOIN "orders" AS "orders_2" ON "user_account_1"."id" = "orders_2"."user_id" LEFT JOIN ("order_item" AS "order_item_3" JOIN "item" AS "item_4" ON "item_4"."id" = "order_item_3"."item_id") ON "orders_2"."id" = "order_item_3"."order_id" ORDER BY "user_account_1"."id", "orders_2"."id", "item_4"."id" [2]
    "#]],
    );
    // By which join the query itself has what it reads from counts for nothing.
    loads(
        select(User)
            .outer_join(User::orders)
            .order_by(User::id)
            .options(contains_eager(User::orders).joined(Order::items).inner_unnested()),
        expect![[r#"
            User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" ORDER BY "user_account"."id", "item_2"."id"
        "#]],
    );
}

#[test]
fn by_names() {
    let relationship = |class: &str, name: &str| Stock::mapper(class).unwrap().relationship(name).unwrap();
    let (orders, items) = (relationship("User", "orders"), relationship("Order", "items"));
    let inner = items.load(Lazy::Joined).inner_unnested();
    let query = select(User).order_by(User::id).options(orders.load(Lazy::Joined).options([inner]));
    loads(
        query,
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        User#2(orders: [])
        User#3(orders: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "user_account"."id", "orders_1"."id", "item_3"."id"
    "#]],
    );
    let query = select(User).order_by(User::id).options(orders.load(Lazy::Joined).inner_unnested());
    loads(
        query,
        expect![[r#"
        User#1(orders: [Order#1, Order#2])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id" FROM "user_account" JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" ORDER BY "user_account"."id", "orders_1"."id"
    "#]],
    );
    let outer = orders.load(Lazy::Joined).inner().outer();
    loads(
        select(User).order_by(User::id).options(outer),
        expect![[r#"
        User#1(orders: [Order#1, Order#2])
        User#2(orders: [])
        User#3(orders: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" ORDER BY "user_account"."id", "orders_1"."id"
    "#]],
    );
}

#[test]
fn of_a_class_in_itself_and_through_a_table() {
    use library::*;
    gives(
        select(Case).order_by(Case::id),
        expect![[r#"
        Case#1(cases: [Case#2(cases: [Case#3])])
        SELECT "box"."id", "box"."within", "box_1"."id", "box_1"."within", "box_2"."id", "box_2"."within" FROM "box" JOIN "box" AS "box_1" ON "box"."id" = "box_1"."within" JOIN "box" AS "box_2" ON "box_1"."id" = "box_2"."within" ORDER BY "box"."id", "box_1"."id", "box_2"."id"
    "#]],
    );
    gives(
        select(Tag).order_by(Tag::id),
        expect![[r#"
        Tag#1(cases: [Case#2(cases: [Case#3])])
        SELECT "tag"."id", "box_2"."id", "box_2"."within", "box_3"."id", "box_3"."within" FROM "tag" JOIN ("sticker" AS "sticker_1" JOIN "box" AS "box_2" ON "box_2"."id" = "sticker_1"."case_id") ON "tag"."id" = "sticker_1"."tag_id" JOIN "box" AS "box_3" ON "box_2"."id" = "box_3"."within" ORDER BY "tag"."id", "box_3"."id"
    "#]],
    );
    gives(
        select(Case).order_by(Case::id).options((lazy(Case::cases), joined(Case::tags).joined(Tag::cases))),
        expect![[r#"
            Case#1(tags: [])
            Case#2(tags: [Tag#1(cases: [Case#2])])
            Case#3(tags: [])
            SELECT "box"."id", "box"."within", "tag_2"."id", "box_4"."id", "box_4"."within" FROM "box" LEFT JOIN ("sticker" AS "sticker_1" JOIN "tag" AS "tag_2" ON "tag_2"."id" = "sticker_1"."tag_id") ON "box"."id" = "sticker_1"."case_id" LEFT JOIN ("sticker" AS "sticker_3" JOIN "box" AS "box_4" ON "box_4"."id" = "sticker_3"."case_id") ON "tag_2"."id" = "sticker_3"."tag_id" ORDER BY "box"."id", "tag_2"."id"
        "#]],
    );
}
