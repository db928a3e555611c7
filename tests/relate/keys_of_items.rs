//! What gives the items of a keyed collection their keys: several columns, and functions.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, Lazy, Related, Value, all};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    Keys
);

/// By two columns, both ways, and one of them may be NULL in the row, but not in the key.
#[derive(Mapped, Default)]
#[mapped(registry = Keys)]
struct Hall {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = (Seat::line, Seat::number), back_populates = "hall", cascade = "all, delete-orphan")]
    seats: ManyMap<(String, i64), Seat>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Keys)]
struct Seat {
    #[column(primary_key)]
    id: i64,
    line: Option<String>,
    number: i64,
    text: String,
    #[column(foreign_key = Hall::id)]
    hall_id: Option<i64>,
    #[relationship(back_populates = "seats")]
    hall: Option<One<Hall>>,
}

type Boxes = ManyMap<(i64, i64, i64, i64, i64), Crate>;

/// `NULL` is a part of a key; what has no key is left out; five columns, by an alias.
#[derive(Mapped)]
#[mapped(registry = Keys)]
struct Store {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = (Crate::is_open, Crate::a))]
    crates: ManyMap<(bool, Option<i64>), Crate>,
    #[relationship(key = (Crate::is_open, Crate::a), ignore_unpopulated_attribute, viewonly)]
    numbered: ManyMap<(bool, i64), Crate>,
    #[relationship(key = (Crate::b, Crate::c, Crate::d, Crate::e, Crate::f), viewonly)]
    boxes: Boxes,
}

#[derive(Mapped, Default)]
#[mapped(registry = Keys)]
struct Crate {
    #[column(primary_key)]
    id: i64,
    is_open: bool,
    a: Option<i64>,
    b: i64,
    c: i64,
    d: i64,
    e: i64,
    f: i64,
    #[column(foreign_key = Store::id)]
    store_id: Option<i64>,
}

fn initial(book: &Obj<Book>) -> orm::Result<String> {
    Ok(book.title()?.chars().take(1).collect())
}

/// By a function that has a name, by closures, and through another object.
#[derive(Mapped)]
#[mapped(registry = Keys)]
struct Library {
    #[column(primary_key)]
    id: i64,
    #[relationship(key = initial, back_populates = "library")]
    books: ManyMap<String, Book>,
    #[relationship(key = |book| Ok(book.subtitle()?.map(|text| text.to_lowercase())), viewonly)]
    by_subtitle: ManyMap<String, Book>,
    #[relationship(
        key = |book| Ok(book.subtitle()?.map(|text| text.len() as i64)),
        ignore_unpopulated_attribute,
        viewonly
    )]
    by_length: ManyMap<i64, Book>,
    #[relationship(
        key = |book| match book.author()? {
            Some(author) => Ok(Some((author.name()?, book.title()?))),
            None => Ok(None),
        },
        ignore_unpopulated_attribute,
        viewonly
    )]
    by_author: ManyMap<(String, String), Book>,
}

#[derive(Mapped)]
#[mapped(registry = Keys)]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String,
    subtitle: Option<String>,
    #[column(foreign_key = Library::id)]
    library_id: Option<i64>,
    #[relationship(back_populates = "books")]
    library: Option<One<Library>>,
    #[column(foreign_key = Author::id)]
    author_id: Option<i64>,
    author: Option<One<Author>>,
}

#[derive(Mapped)]
#[mapped(registry = Keys)]
struct Author {
    #[column(primary_key)]
    id: i64,
    name: String,
}

/// A key that looks into the collection that it is the key of.
#[derive(Mapped)]
#[mapped(registry = Keys)]
struct Ring {
    #[column(primary_key)]
    id: i64,
    #[relationship(
        key = |bead| match bead.ring()? {
            Some(ring) => Ok(ring.beads().len()? as i64),
            None => Ok(0),
        },
        back_populates = "ring"
    )]
    beads: ManyMap<i64, Bead>,
}

#[derive(Mapped)]
#[mapped(registry = Keys)]
struct Bead {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Ring::id)]
    ring_id: Option<i64>,
    #[relationship(back_populates = "beads")]
    ring: Option<One<Ring>>,
}

fn keys() -> (Db, Session) {
    let db = Db::empty();
    Keys::create_all(&db.engine).unwrap();
    db.sql();
    let session = db.session();
    (db, session)
}

fn seat(line: &str, number: i64, text: &str) -> Obj<Seat> {
    Seat { line: Some(line.into()), number, text: text.into(), ..Seat::default() }.into_obj().unwrap()
}

/// A hall with seats, committed. Their texts are their places.
fn hall(session: &Session, seats: &[(&str, i64)]) -> Obj<Hall> {
    let seats: Vec<_> = seats.iter().map(|(line, at)| seat(line, *at, &format!("{line}{at}"))).collect();
    let hall = session.add(Hall::builder().seats(seats)).unwrap();
    session.commit().unwrap();
    hall
}

/// The keys and texts.
fn seen(hall: &Obj<Hall>) -> String {
    let all = hall.seats().iter().unwrap();
    let all = all.map(|((line, number), seat)| format!("{line}{number}:{}", seat.text().unwrap()));
    all.collect::<Vec<_>>().join(" ")
}

fn titles(books: orm::MapCollection<String, Book>) -> String {
    let all = books.iter().unwrap().map(|(key, book)| format!("{key}:{}", book.title().unwrap()));
    all.collect::<Vec<_>>().join(" ")
}

#[test]
fn several_columns() {
    let (db, session) = keys();
    let hall = hall(&session, &[("a", 1), ("a", 2), ("b", 1)]);
    db.sql();
    assert_eq!(seen(&hall), "a1:a1 a2:a2 b1:b1");
    let a2 = hall.seats().get(&("a", 2)).unwrap().unwrap();
    assert_eq!(hall.seats().get(&("a".to_owned(), 2)).unwrap(), Some(a2.clone()));
    assert!(hall.seats().contains_key(&("b", 1)).unwrap());
    assert!(!hall.seats().contains_key(&("b", 2)).unwrap());
    assert_eq!(hall.seats().keys().unwrap().next(), Some(("a".to_owned(), 1)));
    // Who comes under a key that is taken displaces who stands there; only the whole key counts.
    hall.seats().insert(seat("a", 2, "new")).unwrap();
    hall.seats().insert(seat("b", 2, "more")).unwrap();
    assert_eq!(hall.seats().remove(&("b", 1)).unwrap().unwrap().text().unwrap(), "b1");
    assert_eq!((seen(&hall), a2.hall().unwrap()), ("a1:a1 a2:new b2:more".into(), None));
    session.commit().unwrap();
    assert_eq!(seen(&hall), "a1:a1 a2:new b2:more");
    expect![[r#"
        SELECT "id" FROM "hall" WHERE "id" = ? [1]
        SELECT "seat"."id", "seat"."line", "seat"."number", "seat"."text", "seat"."hall_id" FROM "seat" WHERE ? = "seat"."hall_id" [1]
        INSERT INTO "seat" ("line", "number", "text", "hall_id") VALUES (?, ?, ?, ?) ['a', 2, 'new', 1]
        INSERT INTO "seat" ("line", "number", "text", "hall_id") VALUES (?, ?, ?, ?) ['b', 2, 'more', 1]
        DELETE FROM "seat" WHERE "id" = ? [2]
        DELETE FROM "seat" WHERE "id" = ? [3]
        SELECT "id" FROM "hall" WHERE "id" = ? [1]
        SELECT "seat"."id", "seat"."line", "seat"."number", "seat"."text", "seat"."hall_id" FROM "seat" WHERE ? = "seat"."hall_id" [1]
    "#]]
    .assert_eq(&db.sql());
}

/// Of a replacement the last with a key counts, and who stays is unchanged.
#[test]
fn a_replacement_by_several_columns() {
    let (db, session) = keys();
    let hall = hall(&session, &[("a", 1), ("b", 1)]);
    let b = hall.seats().get(&("b", 1)).unwrap().unwrap();
    db.sql();
    hall.seats().replace([seat("c", 1, "first"), b, seat("c", 1, "last"), seat("c", 2, "other")]).unwrap();
    assert_eq!(seen(&hall), "c1:last b1:b1 c2:other");
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "seat" ("line", "number", "text", "hall_id") VALUES (?, ?, ?, ?) ['c', 1, 'last', 1]
        INSERT INTO "seat" ("line", "number", "text", "hall_id") VALUES (?, ?, ?, ?) ['c', 2, 'other', 1]
        DELETE FROM "seat" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}

/// A part that is missing is a key that is missing, and the error names its column.
#[test]
fn a_part_that_is_missing() {
    let (db, session) = keys();
    let hall = hall(&session, &[("a", 1)]);
    let none = Seat::builder().line(None).number(1).text("x").into_obj().unwrap();
    let error = hall.seats().insert(&none).unwrap_err();
    expect!["[unset] `Seat.line`: Seat(new) has no key for `Hall.seats`; help: set it before the object comes to the collection, or leave such objects out: `ignore_unpopulated_attribute`"].assert_eq(&error.to_string());
    let unset = Seat::builder().line("a".to_owned()).text("x").into_obj().unwrap();
    let error = session.no_autoflush(|_| unset.set_hall(&hall)).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Unset, Some("number")));
    assert_eq!(seen(&hall), "a1:a1");
    session.rollback().unwrap();
    db.run("update seat set line = null");
    assert_eq!(code(hall.seats().len()), Code::Unset);

    // Where `NULL` is a part of the key it is as any other; where it isn't, what has it is left out.
    let of = |is_open, a, b| Crate { is_open, a, b, ..Crate::default() };
    let crates = [of(true, None, 1), of(true, Some(1), 2), of(false, None, 3), of(false, None, 4)];
    let store = session.add(Store::builder().crates(crates)).unwrap();
    session.commit().unwrap();
    let open: Vec<_> = store.crates().keys().unwrap().collect();
    assert_eq!(open, [(true, None), (true, Some(1)), (false, None)]);
    let shut = store.crates().get(&(false, None)).unwrap().unwrap();
    assert_eq!(shut.b().unwrap(), 4);
    assert_eq!(store.numbered().keys().unwrap().collect::<Vec<_>>(), [(true, 1)]);
    assert_eq!(store.boxes().get(&(4, 0, 0, 0, 0)).unwrap(), Some(shut));
}

/// A key of several columns isn't followed either; the item leaves from where it stands.
#[test]
fn a_part_that_changes() {
    let (_, session) = keys();
    let hall = hall(&session, &[("a", 1), ("a", 2)]);
    let [one, two] = [1, 2].map(|at| hall.seats().get(&("a", at)).unwrap().unwrap());
    one.set_number(2).unwrap();
    two.set_number(3).unwrap();
    assert_eq!(seen(&hall), "a1:a1 a2:a2");
    one.set_hall(None).unwrap();
    assert_eq!(seen(&hall), "a2:a2");
    two.set_hall(None).unwrap();
    assert_eq!(seen(&hall), "");
    // Taken out and put in again, it stands under its new key.
    hall.seats().insert(&two).unwrap();
    hall.seats().remove_item(&two).unwrap();
    two.set_line("z".to_owned()).unwrap();
    hall.seats().insert(&two).unwrap();
    assert_eq!(seen(&hall), "z3:a2");
    session.commit().unwrap();
    assert_eq!(seen(&hall), "z3:a2");
}

/// However it is loaded, by values, merged, and by names.
#[test]
fn every_way_to_have_them() {
    let (db, session) = keys();
    hall(&session, &[("a", 1), ("b", 1)]);
    for strategy in [Lazy::Select, Lazy::Joined, Lazy::SelectIn, Lazy::Subquery, Lazy::Immediate, Lazy::Batch]
    {
        let session = db.session();
        let halls = session.scalars(select(Hall).options(all(strategy))).unwrap().unique().all().unwrap();
        assert_eq!(halls.iter().map(seen).collect::<Vec<_>>(), ["a1:a1 b1:b1"], "{strategy:?}");
    }
    let value =
        |line: &str| Seat { line: Some(line.into()), number: 1, text: line.into(), ..Seat::default() };
    let hall =
        session.add(Hall { id: 0, seats: ManyMap::new(vec![value("x"), value("y"), value("x")]) }).unwrap();
    session.flush().unwrap();
    assert_eq!(seen(&hall), "x1:x y1:y");
    let Related::Keyed(named) = Obj::any(&hall).related("seats").unwrap() else { panic!("it is keyed") };
    assert_eq!(named[1].0.values(), [Value::Text("y".into()), Value::Int(1)]);
    session.commit().unwrap();
    let other = db.session();
    let merged = Hall::builder().id(hall.id().unwrap()).seats([seat("y", 1, "1"), seat("z", 2, "2")]);
    let merged = other.merge(merged).unwrap();
    assert_eq!(seen(&merged), "y1:1 z2:2");
    other.commit().unwrap();
    assert_eq!(db.rows("select count(*) from seat where hall_id = 2"), "2\n");
}

#[test]
fn a_function() {
    let (db, session) = keys();
    let library = session.add(Library::builder()).unwrap();
    library.books().extend([Book::builder().title("Emma"), Book::builder().title("Ulysses")]).unwrap();
    assert_eq!(titles(library.books()), "E:Emma U:Ulysses");
    session.commit().unwrap();
    let emma = library.books().get("E").unwrap().unwrap();
    let other = library.books().insert(Book::builder().title("Eve")).unwrap();
    assert_eq!((titles(library.books()), emma.library().unwrap()), ("E:Eve U:Ulysses".into(), None));
    assert_eq!(other.library().unwrap(), Some(library.clone()));
    // The key isn't followed: it stands where it stood, and leaves from there.
    other.set_title("Walden").unwrap();
    assert_eq!(titles(library.books()), "E:Walden U:Ulysses");
    session.commit().unwrap();
    assert_eq!(titles(library.books()), "U:Ulysses W:Walden");
    other.set_title("Xenia").unwrap();
    other.set_library(None).unwrap();
    assert_eq!(titles(library.books()), "U:Ulysses");
    session.commit().unwrap();
    assert_eq!(
        db.rows("select title from book where library_id is null order by title"),
        "'Emma'\n'Xenia'\n"
    );
}

/// A function gives no key where it gives `None`, and where what it reads was never set.
#[test]
fn a_function_that_gives_no_key() {
    let (db, session) = keys();
    let library = session.add(Library::builder()).unwrap();
    let error = library.books().insert(Book::builder()).unwrap_err();
    expect!["[unset] `Book.title`: Book(new) has no key for `Library.books`; help: set it before the object comes to the collection, or leave such objects out: `ignore_unpopulated_attribute`"].assert_eq(&error.to_string());
    library.books().insert(Book::builder().title("Emma").subtitle("A Novel".to_owned())).unwrap();
    library.books().insert(Book::builder().title("Ulysses")).unwrap();
    session.commit().unwrap();
    let error = library.by_subtitle().len().unwrap_err();
    expect!["[unset] `Book`: Book#2 has no key for `Library.by_subtitle`; help: set it before the object comes to the collection, or leave such objects out: `ignore_unpopulated_attribute`"].assert_eq(&error.to_string());
    assert_eq!(library.by_length().keys().unwrap().collect::<Vec<_>>(), [7]);
    db.run("update book set subtitle = title");
    session.rollback().unwrap();
    assert_eq!(library.by_subtitle().keys().unwrap().collect::<Vec<_>>(), ["emma", "ulysses"]);
    assert_eq!(library.by_length().keys().unwrap().collect::<Vec<_>>(), [4, 7]);
}

/// A key may be that of another object, which is loaded for it.
#[test]
fn a_function_that_reads_another_object() {
    let (db, session) = keys();
    let author = session.add(Author::builder().name("Joyce")).unwrap();
    let books = [Book::builder().title("Ulysses").author(&author), Book::builder().title("Beowulf")];
    let books = books.map(|book| book.subtitle("s".to_owned()));
    let library = session.add(Library::builder().books(books)).unwrap();
    session.commit().unwrap();
    for strategy in [Lazy::Select, Lazy::Joined, Lazy::SelectIn, Lazy::Subquery, Lazy::Immediate, Lazy::Batch]
    {
        let session = db.session();
        let of = select(Library).options(all(strategy));
        let library = session.scalars(of).unwrap().unique().one().unwrap();
        let found: Vec<_> = library.by_author().keys().unwrap().collect();
        assert_eq!(found, [("Joyce".to_owned(), "Ulysses".to_owned())], "{strategy:?}");
    }
    db.sql();
    let ulysses = library.by_author().get(&("Joyce", "Ulysses")).unwrap().unwrap();
    assert_eq!(ulysses.author().unwrap(), Some(author));
    expect![[r#"
        SELECT "id" FROM "library" WHERE "id" = ? [1]
        SELECT "book"."id", "book"."title", "book"."subtitle", "book"."library_id", "book"."author_id" FROM "book" WHERE ? = "book"."library_id" [1]
        SELECT "id", "name" FROM "author" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
}

/// What asks for itself is an error, and harms nothing.
#[test]
fn a_function_that_asks_for_itself() {
    let (db, session) = keys();
    let ring = session.add(Ring::builder()).unwrap();
    let bead = ring.beads().insert(Bead::builder()).unwrap();
    assert_eq!(ring.beads().keys().unwrap().collect::<Vec<_>>(), [0]);
    session.commit().unwrap();
    let error = ring.beads().len().unwrap_err();
    expect!["[wrong-state] `Bead`: the key of Bead#1 can't be told: what gives it asks for it again; help: let the key come from what is in the object, and not from the collection"].assert_eq(&error.to_string());
    assert_eq!(error.code(), Code::WrongState);
    bead.set_ring(None).unwrap();
    session.commit().unwrap();
    assert!(ring.beads().is_empty().unwrap());
    assert_eq!(db.rows("select ring_id from bead"), "NULL\n");
}
