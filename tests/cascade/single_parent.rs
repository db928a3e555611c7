//! What is deleted along a reference, and along links: orphans of relationships that say `single_parent`, and deletions of those
//! that don't.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, ObjectState, SessionConfig};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    pub Alone
);

/// It has preferences for itself, and refers to a town.
#[derive(Mapped)]
#[mapped(registry = Alone)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(foreign_key = Pref::id)]
    pref_id: Option<i64>,
    #[column(foreign_key = Town::id)]
    town_id: Option<i64>,
    #[relationship(cascade = "all, delete-orphan", single_parent, lazy = "joined")]
    pref: Option<One<Pref>>,
    #[relationship]
    town: Option<One<Town>>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Pref {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[relationship(cascade = "all, delete")]
    extras: Many<Extra>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Extra {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Pref::id)]
    pref_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Town {
    #[column(primary_key)]
    id: i64,
}

/// Three classes, of which each refers to the next one, which goes with it.
#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Head {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Hat::id)]
    hat_id: Option<i64>,
    #[relationship(cascade = "all, delete-orphan", single_parent)]
    hat: Option<One<Hat>>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Hat {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Plume::id)]
    plume_id: Option<i64>,
    #[relationship(cascade = "all, delete-orphan", single_parent, back_populates = "hat")]
    plume: Option<One<Plume>>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Plume {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "plume")]
    hat: Option<One<Hat>>,
}

/// The same, where nobody is an orphan.
#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Door {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Lock::id)]
    lock_id: Option<i64>,
    #[relationship(cascade = "all")]
    lock: Option<One<Lock>>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Lock {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Bolt::id)]
    bolt_id: Option<i64>,
    #[relationship(cascade = "all")]
    bolt: Option<One<Bolt>>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Bolt {
    #[column(primary_key)]
    id: i64,
}

/// Two classes that refer to one, which can't be without either.
#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Home {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Place::id)]
    place_id: i64,
    #[relationship(cascade = "all, delete-orphan", single_parent)]
    place: One<Place>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Shop {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Place::id)]
    place_id: i64,
    #[relationship(cascade = "all, delete-orphan", single_parent)]
    place: One<Place>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Place {
    #[column(primary_key)]
    id: i64,
    street: String,
}

/// It has files for itself by links, and by a collection that is never loaded.
#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[relationship(
        secondary = PostFile,
        back_populates = "post",
        cascade = "all, delete-orphan",
        single_parent,
        order_by = File::id
    )]
    files: Many<File>,
    #[relationship(secondary = PostScan, cascade = "all, delete-orphan", single_parent)]
    scans: Dynamic<File>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct File {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = PostFile, back_populates = "files")]
    post: Option<One<Post>>,
    #[relationship(cascade = "all, delete-orphan")]
    pages: Many<Page>,
}

#[derive(Table)]
#[mapped(registry = Alone)]
struct PostFile {
    #[column(primary_key, foreign_key = Post::id)]
    post_id: i64,
    #[column(primary_key, foreign_key = File::id)]
    file_id: i64,
}

#[derive(Table)]
#[mapped(registry = Alone)]
struct PostScan {
    #[column(primary_key, foreign_key = Post::id)]
    post_id: i64,
    #[column(primary_key, foreign_key = File::id)]
    file_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Page {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = File::id)]
    file_id: Option<i64>,
}

/// One to one, said from the side with the foreign key.
#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Captain {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "captain")]
    ship: Option<One<Ship>>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Ship {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Captain::id)]
    captain_id: i64,
    #[relationship(back_populates = "ship", single_parent, cascade = "all, delete-orphan")]
    captain: One<Captain>,
}

/// It is referred to by a column that is no key, and goes with the last who does.
#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Person {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    email: Option<String>,
    #[relationship(back_populates = "person")]
    letters: Many<Letter>,
    #[relationship(back_populates = "person")]
    bills: Many<Bill>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Letter {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Person::email)]
    email: Option<String>,
    #[relationship(back_populates = "letters", cascade = "all, delete-orphan", single_parent)]
    person: Option<One<Person>>,
}

#[derive(Mapped)]
#[mapped(registry = Alone)]
struct Bill {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Person::email)]
    email: Option<String>,
    #[relationship(back_populates = "bills", lazy = "raise")]
    person: Option<One<Person>>,
}

fn alone() -> (Db, Session) {
    let db = Db::empty();
    Alone::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn pref(text: &str) -> PrefBuilder {
    Pref::builder().text(text).extras([Extra::builder()])
}

fn rows(db: &Db, table: &str) -> String {
    db.rows(&format!("SELECT id FROM {table}"))
}

/// Whoever is let go of by a reference is deleted with all that belongs to it, loaded or not.
#[test]
fn what_a_reference_lets_go_of() {
    for detached in [false, true] {
        let (db, session) = alone();
        let user = session.add(User::builder().name("jack").pref(pref("p1"))).unwrap();
        session.add(User::builder().name("ed").pref(pref("p2"))).unwrap();
        session.commit().unwrap();
        let jack = session.scalars(select(User).filter(User::name.eq("jack"))).unwrap().one().unwrap();
        assert_eq!(jack, user);
        if detached {
            let pref = jack.pref().unwrap().unwrap();
            let extra = pref.extras().get(0).unwrap().unwrap();
            session.expunge_all();
            jack.set_pref(None).unwrap();
            session.add(&jack).unwrap();
            session.add(&pref).unwrap();
            assert!(session.contains(&pref) && session.contains(&extra));
        } else {
            jack.set_pref(None).unwrap();
        }
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT name, pref_id FROM user"), "'jack'|NULL\n'ed'|2\n");
        assert_eq!((rows(&db, "pref"), rows(&db, "extra")), ("2\n".into(), "2\n".into()));
    }
}

/// What took its place, and what it took the place of, come along with an object that is added again.
#[test]
fn what_was_replaced_comes_along() {
    let db = Db::empty();
    Alone::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let [one, two] = ["p1", "p2"].map(|text| pref(text).into_obj().unwrap());
    let jack = session.add(User::builder().name("jack").pref(&one).town(Town::builder())).unwrap();
    session.commit().unwrap();
    session.close().unwrap();
    jack.set_pref(&two).unwrap();
    session.add(&jack).unwrap();
    assert!(session.contains(&one) && session.contains(&two));
    session.commit().unwrap();
    assert_eq!(rows(&db, "pref"), "2\n");
    // Of what isn't loaded nothing has to come.
    session.expire(&jack).unwrap();
    jack.set_town(None).unwrap();
    assert_eq!(session.add(&jack).unwrap(), jack);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT town_id FROM user"), "NULL\n");
}

#[test]
fn a_new_one_that_is_replaced_leaves() {
    let (db, session) = alone();
    let user = session.add(User::builder().name("jack")).unwrap();
    session.flush().unwrap();
    let first = pref("first").into_obj().unwrap();
    user.set_pref(&first).unwrap();
    assert!(session.contains(&first));
    user.set_pref(pref("second")).unwrap();
    assert!(!session.contains(&first));
    session.commit().unwrap();
    let found = session.scalars(select(Pref).filter(with_parent(&user, User::pref))).unwrap().one().unwrap();
    assert_eq!(found.text().unwrap(), "second");
    // Set again it still has its parent.
    let third = pref("third").into_obj().unwrap();
    user.set_pref(&third).unwrap();
    user.set_pref(&third).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT text FROM pref"), "'third'\n");
}

#[test]
fn deletions_and_orphans_two_steps_away() {
    let tell = |work: fn(&Session, &Obj<Head>)| {
        let (db, session) = alone();
        let head = session.add(Head::builder().hat(Hat::builder().plume(Plume::builder()))).unwrap();
        session.flush().unwrap();
        db.sql();
        work(&session, &head);
        session.commit().unwrap();
        let left = ["head", "hat", "plume"].map(|table| rows(&db, table).lines().count());
        assert_eq!(left[2], 0);
        format!("{left:?}\n{}", db.sql())
    };
    let whole = tell(|session, head| session.delete(head).unwrap());
    let one_step = tell(|session, head| {
        head.set_hat(None).unwrap();
        session.delete(head).unwrap();
    });
    let two_steps = tell(|session, head| {
        head.hat().unwrap().unwrap().set_plume(None).unwrap();
        session.delete(head).unwrap();
    });
    let only_the_last = tell(|_, head| head.hat().unwrap().unwrap().set_plume(None).unwrap());
    expect![[r#"
        [0, 0, 0]
        DELETE FROM "head" WHERE "id" = ? [1]
        DELETE FROM "hat" WHERE "id" = ? [1]
        DELETE FROM "plume" WHERE "id" = ? [1]
        --
        [0, 0, 0]
        DELETE FROM "head" WHERE "id" = ? [1]
        DELETE FROM "hat" WHERE "id" = ? [1]
        DELETE FROM "plume" WHERE "id" = ? [1]
        --
        [0, 0, 0]
        DELETE FROM "head" WHERE "id" = ? [1]
        DELETE FROM "hat" WHERE "id" = ? [1]
        DELETE FROM "plume" WHERE "id" = ? [1]
        --
        [1, 1, 0]
        UPDATE "hat" SET "plume_id" = ? WHERE "id" = ? [NULL, 1]
        DELETE FROM "plume" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&[whole, one_step, two_steps, only_the_last].join("--\n"));
}

#[test]
fn who_has_a_parent_gets_no_second_one() {
    let (_, session) = alone();
    let plume = Plume::builder().into_obj().unwrap();
    let hat = Hat::builder().plume(&plume).into_obj().unwrap();
    let head = Head::builder().hat(&hat).into_obj().unwrap();
    assert_eq!(code(Head::builder().hat(&hat).into_obj()), Code::SingleParent);
    assert_eq!(code(Hat::builder().plume(&plume).into_obj()), Code::SingleParent);
    // By the other side it moves.
    let other = Hat::builder().into_obj().unwrap();
    plume.set_hat(&other).unwrap();
    assert_eq!((other.plume().unwrap(), hat.plume().unwrap()), (Some(plume), None));
    assert_eq!(head.hat().unwrap(), Some(hat));
    // The same of one to one and of links.
    let ship = Ship::builder().into_obj().unwrap();
    let captain = Captain::builder().ship(&ship).into_obj().unwrap();
    assert_eq!(code(Ship::builder().captain(&captain).into_obj()), Code::SingleParent);
    let next = Ship::builder().into_obj().unwrap();
    captain.set_ship(&next).unwrap();
    assert_eq!((code(ship.captain()), next.captain().unwrap()), (Code::MissingRelated, captain));
    let file = File::builder().into_obj().unwrap();
    let post = Post::builder().files([&file]).into_obj().unwrap();
    assert_eq!(code(Post::builder().files([&file]).into_obj()), Code::SingleParent);
    let next = session.add(Post::builder()).unwrap();
    file.set_post(&next).unwrap();
    assert_eq!((post.files().len().unwrap(), next.files().len().unwrap()), (0, 1));
}

/// What it replaces is loaded, without a flush of what isn't complete.
#[test]
fn a_replacement_loads_without_a_flush() {
    let (db, session) = alone();
    let captain = session.add(Captain::builder().ship(Ship::builder())).unwrap();
    session.commit().unwrap();
    let ship = session.add(Ship::builder()).unwrap();
    db.sql();
    captain.set_ship(&ship).unwrap();
    expect![[r#"
        SELECT "id" FROM "captain" WHERE "id" = ? [1]
        SELECT "ship"."id", "ship"."captain_id" FROM "ship" WHERE ? = "ship"."captain_id" [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(Obj::state(&ship), ObjectState::Pending);
}

#[test]
fn deletions_without_orphans() {
    let tell = |work: fn(&Session, &Obj<Door>)| {
        let (db, session) = alone();
        let door = session.add(Door::builder().lock(Lock::builder().bolt(Bolt::builder()))).unwrap();
        session.flush().unwrap();
        work(&session, &door);
        session.commit().unwrap();
        ["door", "lock", "bolt"].map(|table| rows(&db, table).lines().count())
    };
    assert_eq!(tell(|session, door| session.delete(door).unwrap()), [0, 0, 0]);
    let let_go = tell(|session, door| {
        door.set_lock(None).unwrap();
        session.delete(door).unwrap();
    });
    assert_eq!(let_go, [0, 1, 1]);
    let let_go_afterwards = tell(|session, door| {
        session.no_autoflush(|session| session.delete(door)).unwrap();
        door.set_lock(None).unwrap();
    });
    assert_eq!(
        let_go_afterwards,
        [0, 0, 0],
        "a deletion marks at once all that it reaches, which SQLAlchemy's test wishes otherwise"
    );
    let two_steps = tell(|session, door| {
        door.lock().unwrap().unwrap().set_bolt(None).unwrap();
        session.delete(door).unwrap();
    });
    assert_eq!(two_steps, [0, 0, 1]);
}

/// A flush deletes too what came to an object after its deletion, one step away and two.
#[test]
fn what_comes_to_a_deleted_object_goes_with_it() {
    for one_step in [true, false] {
        let (db, session) = alone();
        let (door, lock, bolt) =
            session.add_all((Door::builder(), Lock::builder(), Bolt::builder())).unwrap();
        if !one_step {
            door.set_lock(&lock).unwrap();
        }
        session.flush().unwrap();
        session.delete(&door).unwrap();
        if one_step {
            door.set_lock(&lock).unwrap();
        }
        lock.set_bolt(&bolt).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT id FROM door UNION SELECT id FROM lock UNION SELECT id FROM bolt"), "");
    }
}

/// Who is set twice has a parent all the same, and is an orphan when it is let go of; a parent by one relationship is none by
/// another.
#[test]
fn who_is_set_twice_has_a_parent() {
    let (db, session) = alone();
    let plume = Plume::builder().into_obj().unwrap();
    let hat = session.add(Hat::builder().plume(&plume)).unwrap();
    hat.set_plume(&plume).unwrap();
    session.flush().unwrap();
    assert_eq!(Obj::state(&plume), ObjectState::Persistent);
    hat.set_plume(&plume).unwrap();
    session.commit().unwrap();
    assert_eq!((rows(&db, "plume").as_str(), hat.plume().unwrap()), ("1\n", Some(plume.clone())));
    hat.set_plume(None).unwrap();
    session.flush().unwrap();
    assert_eq!(Obj::state(&plume), ObjectState::Deleted);
    // A place of a home is no place of a shop: it can be given to one, and the home lets go of it for both.
    let place = session.add(Place::builder().street("elm")).unwrap();
    let home = session.add(Home::builder().place(&place)).unwrap();
    session.add(Shop::builder().place(&place)).unwrap();
    assert_eq!(code(Home::builder().place(&place).into_obj()), Code::SingleParent);
    home.set_place(&place).unwrap();
    session.commit().unwrap();
    assert_eq!(rows(&db, "place"), "1\n");
}

/// Of one that could have two parents the other one makes no orphan: what it never had it can't lose.
#[test]
fn a_class_of_two_parents() {
    let (db, session) = alone();
    session.add(Home::builder().place(Place::builder().street("elm"))).unwrap();
    session.add(Shop::builder().place(Place::builder().street("oak"))).unwrap();
    let alone = session.add(Place::builder().street("ash")).unwrap();
    session.commit().unwrap();
    session.expunge_all();
    assert_eq!(Obj::state(&alone), ObjectState::Detached);
    let home = session.get_one::<Home>(1).unwrap();
    assert_eq!(home.place().unwrap().street().unwrap(), "elm");
    session.delete(&home).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT street FROM place ORDER BY street"), "'ash'\n'oak'\n");
}

#[test]
fn links_of_orphans() {
    let (db, session) = alone();
    let file = || File::builder().pages([Page::builder()]);
    let post = session.add(Post::builder().files([file(), file()])).unwrap();
    session.commit().unwrap();
    let first = post.files().get(0).unwrap().unwrap();
    db.sql();
    post.files().remove(&first).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "post"."id" FROM "post", "post_file" WHERE ? = "post_file"."file_id" AND "post"."id" = "post_file"."post_id" [1]
        SELECT "page"."id", "page"."file_id" FROM "page" WHERE ? = "page"."file_id" [1]
        DELETE FROM "post_file" WHERE "file_id" = ? AND "post_id" = ? [1, 1]
        DELETE FROM "page" WHERE "id" = ? [1]
        DELETE FROM "file" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    session.delete(&post).unwrap();
    session.commit().unwrap();
    for table in ["post", "file", "page"] {
        assert_eq!(rows(&db, table), "", "{table}");
    }
    assert_eq!(db.rows("SELECT * FROM post_file"), "");
}

#[test]
fn links_of_orphans_that_are_never_loaded() {
    let (db, session) = alone();
    let file = File::builder().into_obj().unwrap();
    let post = session.add(Post::builder().scans([&file])).unwrap();
    session.flush().unwrap();
    db.sql();
    post.scans().remove(&file).unwrap();
    session.flush().unwrap();
    expect![[r#"
        SELECT "page"."id", "page"."file_id" FROM "page" WHERE ? = "page"."file_id" [1]
        SELECT "post"."id" FROM "post", "post_file" WHERE ? = "post_file"."file_id" AND "post"."id" = "post_file"."post_id" [1]
        DELETE FROM "post_scan" WHERE "post_id" = ? AND "file_id" = ? [1, 1]
        DELETE FROM "file" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    session.commit().unwrap();
    assert_eq!((rows(&db, "post"), rows(&db, "file")), ("1\n".into(), String::new()));
}

/// Whoever refers to it by a column that is no key finds it by a query, and so do the others who may refer to it.
#[test]
fn over_a_column_that_is_no_key() {
    let (db, session) = alone();
    session.add(Letter::builder().person(Person::builder().email("x".to_owned()))).unwrap();
    session.commit().unwrap();
    let letter = session.scalars(select(Letter)).unwrap().first().unwrap().unwrap();
    session.delete(&letter).unwrap();
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        SELECT "letter"."id", "letter"."email" FROM "letter" WHERE ? = "letter"."email" ['x']
        SELECT "bill"."id", "bill"."email" FROM "bill" WHERE ? = "bill"."email" ['x']
        DELETE FROM "letter" WHERE "id" = ? [1]
        DELETE FROM "person" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    // Without the word it stays, and though it mayn't be read.
    session.add(Bill::builder().person(Person::builder().email("y".to_owned()))).unwrap();
    session.commit().unwrap();
    let bill = session.scalars(select(Bill)).unwrap().first().unwrap().unwrap();
    session.delete(&bill).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        SELECT "person"."id", "person"."email" FROM "person" WHERE "person"."email" = ? ['y']
        DELETE FROM "bill" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT email FROM person"), "'y'\n");
}
