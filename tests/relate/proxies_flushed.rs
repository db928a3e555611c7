//! Proxies through association objects whose keys are foreign keys, of objects that are in a session: what is loaded before an
//! association object is made finds nothing half made to flush.

use orm::prelude::*;
use tests::Db;

orm::registry!(
    /// These classes.
    Linked
);

#[derive(Mapped)]
#[mapped(
    registry = Linked,
    proxy(listed: One<Thing> = list.thing),
    proxy(set_of: One<Thing> = set.thing),
    proxy(mapped: One<Thing> = map.thing)
)]
struct Owner {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "owner", cascade = "all, delete-orphan")]
    list: Many<ListLink>,
    #[relationship(back_populates = "owner", cascade = "all, delete-orphan")]
    set: ManySet<SetLink>,
    #[relationship(key = MapLink::name, back_populates = "owner", cascade = "all, delete-orphan")]
    map: ManyMap<String, MapLink>,
}

#[derive(Mapped)]
#[mapped(registry = Linked)]
struct ListLink {
    #[column(primary_key, foreign_key = Owner::id)]
    owner_id: i64,
    #[column(primary_key, foreign_key = Thing::id)]
    thing_id: i64,
    #[relationship(back_populates = "list")]
    owner: One<Owner>,
    #[relationship(back_populates = "lists")]
    thing: One<Thing>,
}

#[derive(Mapped)]
#[mapped(registry = Linked)]
struct SetLink {
    #[column(primary_key, foreign_key = Owner::id)]
    owner_id: i64,
    #[column(primary_key, foreign_key = Thing::id)]
    thing_id: i64,
    #[relationship(back_populates = "set")]
    owner: One<Owner>,
    #[relationship(back_populates = "sets")]
    thing: One<Thing>,
}

#[derive(Mapped)]
#[mapped(registry = Linked)]
struct MapLink {
    #[column(primary_key, foreign_key = Owner::id)]
    owner_id: i64,
    #[column(primary_key, foreign_key = Thing::id)]
    thing_id: i64,
    name: String,
    #[relationship(back_populates = "map")]
    owner: One<Owner>,
    #[relationship(back_populates = "maps")]
    thing: One<Thing>,
}

#[derive(Mapped)]
#[mapped(registry = Linked)]
struct Thing {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "thing")]
    lists: Many<ListLink>,
    #[relationship(back_populates = "thing")]
    sets: Many<SetLink>,
    #[relationship(back_populates = "thing")]
    maps: Many<MapLink>,
}

/// What is done with a thing by its number.
type Change = fn(&Obj<Owner>, &Obj<Thing>) -> orm::Result<()>;

#[test]
fn nothing_is_flushed_too_early() {
    let changes: [(&str, Change); 8] = [
        ("append", |owner, thing| owner.listed().append(thing).map(|_| ())),
        ("extend", |owner, thing| owner.listed().extend([thing])),
        ("insert", |owner, thing| owner.listed().insert(0, thing).map(|_| ())),
        ("replace", |owner, thing| {
            let mut things: Vec<_> = owner.listed().iter()?.collect();
            things.push(thing.clone());
            owner.set_listed(things)
        }),
        ("append to a set", |owner, thing| owner.set_of().append(thing).map(|_| ())),
        ("extend a set", |owner, thing| owner.set_of().extend([thing])),
        ("insert under a key", |owner, thing| {
            owner.mapped().insert(format!("key {}", thing.id()?), thing).map(|_| ())
        }),
        ("the key of an object", |owner, thing| owner.mapped().extend([(format!("{}", thing.id()?), thing)])),
    ];
    for (name, change) in changes {
        let db = Db::empty();
        Linked::create_all(&db.engine).unwrap();
        let session = db.session();
        let owner = session.add(Owner::builder()).unwrap();
        let [first, second] = [(); 2].map(|()| session.add(Thing::builder()).unwrap());
        session.commit().unwrap();
        for thing in [&first, &second] {
            change(&owner, thing).unwrap_or_else(|error| panic!("{name}: {error}"));
            session.commit().unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let links = ["list_link", "set_link", "map_link"]
            .map(|table| db.rows(&format!("select owner_id, thing_id from {table} order by thing_id")))
            .concat();
        assert_eq!(links, "1|1\n1|2\n", "{name}");
    }
}

/// What is taken out and put in again in one flush keeps its row.
#[test]
fn a_replacement_of_associations() {
    let db = Db::empty();
    Linked::create_all(&db.engine).unwrap();
    let session = db.session();
    let things: Vec<_> = (0..3).map(|_| session.add(Thing::builder()).unwrap()).collect();
    let owner = session.add(Owner::builder().listed(&things[..2]).set_of(&things[..2])).unwrap();
    session.commit().unwrap();
    assert_eq!((owner.listed().len().unwrap(), owner.set_of().len().unwrap()), (2, 2));
    db.sql();
    owner.set_listed(&things[1..]).unwrap();
    owner.set_set_of(&things[1..]).unwrap();
    session.flush().unwrap();
    let sql = db.sql();
    assert_eq!(sql.matches("DELETE").count() + sql.matches("INSERT").count(), 4, "{sql}");
    let found: Vec<_> = owner.listed().iter().unwrap().collect();
    assert_eq!(found, things[1..]);
    // A clear and an append of the same is a row that stays.
    owner.listed().clear().unwrap();
    owner.listed().append(&things[1]).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select thing_id from list_link"), "2\n");
}

/// A shelf whose books lead to their authors by a side that the authors' class makes.
#[derive(Mapped)]
#[mapped(registry = Linked, proxy(authors: Option<One<Author>> = books.author))]
struct Shelf {
    #[column(primary_key)]
    id: i64,
    #[relationship(order_by = Book::id)]
    books: Many<Book>,
}

#[derive(Mapped)]
#[mapped(registry = Linked)]
struct Author {
    #[column(primary_key)]
    id: i64,
    #[relationship(backref = "author")]
    written: Many<Book>,
}

#[derive(Mapped)]
#[mapped(registry = Linked)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Author::id)]
    author_id: Option<i64>,
    #[column(foreign_key = Shelf::id)]
    shelf_id: Option<i64>,
}

#[test]
fn through_a_side_that_another_class_makes() {
    let db = Db::empty();
    Linked::create_all(&db.engine).unwrap();
    let session = db.session();
    let author = session.add(Author::builder()).unwrap();
    let shelf = session.add(Shelf::builder().authors([Some(&author), None])).unwrap();
    session.commit().unwrap();
    assert_eq!(shelf.authors().iter().unwrap().collect::<Vec<_>>(), [Some(author.clone()), None]);
    assert_eq!(author.written().len().unwrap(), 1);
    let found =
        session.scalars(select(Shelf).filter(Shelf::authors.contains(&author))).unwrap().one().unwrap();
    assert_eq!(found, shelf);
    shelf.authors().remove(&author).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select author_id, shelf_id from book order by id"), "1|NULL\nNULL|1\n");
}
