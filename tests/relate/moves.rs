//! Objects that move from one to another by either side, as SQLAlchemy's tests of backrefs have it: which statements that takes, and
//! what both sides hold before the flush, after it, and when they are loaded again.

use expect_test::expect;
use orm::prelude::*;
use orm::{IntoObj, SessionConfig};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Moves
);

#[derive(Mapped)]
#[mapped(registry = Moves)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(back_populates = "user", order_by = Address::id)]
    addresses: Many<Address>,
    #[relationship(back_populates = "owner")]
    badge: Option<One<Badge>>,
    #[relationship]
    key: Option<One<Key>>,
    #[relationship(back_populates = "holder")]
    pass: Option<One<Pass>>,
}

#[derive(Mapped)]
#[mapped(registry = Moves)]
struct Address {
    #[column(primary_key)]
    id: i64,
    email: String,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    #[relationship(back_populates = "addresses")]
    user: Option<One<User>>,
}

/// One to one.
#[derive(Mapped)]
#[mapped(registry = Moves)]
struct Badge {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    #[relationship(back_populates = "badge")]
    owner: Option<One<User>>,
}

/// One to one, without a reverse side.
#[derive(Mapped)]
#[mapped(registry = Moves)]
struct Key {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

/// One to one, where the holder can't be without its pass.
#[derive(Mapped)]
#[mapped(registry = Moves)]
struct Pass {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    #[relationship(back_populates = "pass", cascade = "all, delete-orphan", single_parent)]
    holder: Option<One<User>>,
}

#[derive(Mapped)]
#[mapped(registry = Moves)]
struct Item {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(secondary = ItemWord, back_populates = "items", order_by = Word::id)]
    words: Many<Word>,
    #[relationship(secondary = ItemTitle, back_populates = "item")]
    title: Option<One<Word>>,
}

#[derive(Mapped)]
#[mapped(registry = Moves)]
struct Word {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(secondary = ItemWord, back_populates = "words")]
    items: Many<Item>,
    #[relationship(secondary = ItemTitle, back_populates = "title")]
    item: Option<One<Item>>,
}

#[derive(Table)]
#[mapped(registry = Moves)]
struct ItemWord {
    #[column(foreign_key = Item::id)]
    item_id: i64,
    #[column(foreign_key = Word::id)]
    word_id: i64,
}

#[derive(Table)]
#[mapped(registry = Moves)]
struct ItemTitle {
    #[column(foreign_key = Item::id)]
    item_id: i64,
    #[column(foreign_key = Word::id)]
    word_id: i64,
}

fn moves(like_sqlalchemy: bool) -> (Db, Session) {
    let db = Db::empty();
    Moves::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(like_sqlalchemy));
    db.sql();
    (db, session)
}

fn user(name: &str) -> Obj<User> {
    User::builder().name(name).into_obj().unwrap()
}

fn address(email: &str) -> Obj<Address> {
    Address::builder().email(email).into_obj().unwrap()
}

fn emails(user: &Obj<User>) -> String {
    user.addresses().iter().unwrap().map(|address| address.email().unwrap()).collect()
}

/// Neither side is loaded for a change of the other one: the old parent is looked for in the session, by the key.
#[test]
fn a_move_loads_nothing() {
    let (db, session) = moves(false);
    let [a, b, c] = ["a", "b", "c"].map(address);
    let (u1, u2) = (user("u1"), user("u2"));
    u1.addresses().extend([&a, &b, &c]).unwrap();
    session.add(&u1).unwrap();
    session.commit().unwrap();
    db.sql();
    u2.addresses().extend([&a, &b, &c]).unwrap();
    assert_eq!(db.sql(), "", "to a new one");
    session.add(&u2).unwrap();
    session.commit().unwrap();
    assert_eq!((u1.addresses().len().unwrap(), emails(&u2)), (0, "abc".into()));

    session.commit().unwrap();
    a.user_id().unwrap();
    db.sql();
    a.set_user(&u1).unwrap();
    b.set_user(None).unwrap();
    assert_eq!(db.sql(), "", "by the reference");
    assert_eq!((emails(&u1), emails(&u2)), ("a".into(), "c".into()));
    session.commit().unwrap();
    assert_eq!((emails(&u1), emails(&u2)), ("a".into(), "c".into()));
}

/// What was not loaded holds what has changed as soon as it is, before a commit and after it.
#[test]
fn a_move_is_seen_by_what_is_loaded_later() {
    for by_reference in [false, true] {
        for loaded in [false, true] {
            for committed in [false, true] {
                let (_, session) = moves(false);
                let (u1, u2, a) = (user("u1"), user("u2"), address("a"));
                u1.addresses().append(&a).unwrap();
                session.add_all([&u1, &u2]).unwrap();
                session.commit().unwrap();
                if loaded {
                    assert_eq!(u1.addresses().len().unwrap(), 1);
                }
                if by_reference {
                    a.set_user(&u2).unwrap();
                } else {
                    u2.addresses().append(&a).unwrap();
                }
                assert_eq!(a.user().unwrap().as_ref(), Some(&u2));
                if committed {
                    session.commit().unwrap();
                }
                assert_eq!((emails(&u1), emails(&u2)), (String::new(), "a".into()));
            }
        }
    }
}

/// Without a session, where objects stand once in a list and more than once.
#[test]
fn lists_of_objects_without_a_session() {
    let (u1, u2) = (user("u1"), user("u2"));
    let [a, b, c] = ["a", "b", "c"].map(address);
    u1.addresses().append(&a).unwrap();
    u2.set_addresses([&a]).unwrap();
    assert_eq!((emails(&u1), a.user().unwrap()), (String::new(), Some(u2.clone())));
    u2.set_addresses([] as [Obj<Address>; 0]).unwrap();
    assert_eq!(a.user().unwrap(), None);
    u1.addresses().append(&a).unwrap();
    u1.addresses().pop_at(0).unwrap();
    assert_eq!(a.user().unwrap(), None);
    u1.addresses().append(&a).unwrap();
    a.set_user(None).unwrap();
    assert_eq!(emails(&u1), "");

    u1.addresses().extend([&a, &b, &c]).unwrap();
    u1.addresses().pop_at(2).unwrap();
    assert_eq!((emails(&u1), c.user().unwrap()), ("ab".into(), None));
    u1.addresses().extend([&c, &b]).unwrap();
    u1.addresses().remove(&b).unwrap();
    assert_eq!((emails(&u1), b.user().unwrap().as_ref()), ("acb".into(), Some(&u1)));
    u1.set_addresses([&a, &b, &c, &c]).unwrap();
    assert_eq!(c.user().unwrap().as_ref(), Some(&u1));
    u1.set_addresses([&a, &b, &a]).unwrap();
    assert_eq!((emails(&u1), c.user().unwrap()), ("aba".into(), None));

    u2.addresses().append(&a).unwrap();
    assert_eq!((emails(&u2), a.user().unwrap()), ("a".into(), Some(u2)));
}

/// The badge of each of two users, and the owner of each of two badges; nothing is loaded for it but what a read loads.
fn badges(users: [&Obj<User>; 2], badges: [&Obj<Badge>; 2]) -> String {
    let badge = |user: &Obj<User>| match user.badge().unwrap() {
        Some(badge) if badge == *badges[0] => "a",
        Some(_) => "b",
        None => "-",
    };
    let owner =
        |badge: &Obj<Badge>| badge.owner().unwrap().map_or("-".to_owned(), |owner| owner.name().unwrap());
    format!("u1 {} u2 {}, a {} b {}", badge(users[0]), badge(users[1]), owner(badges[0]), owner(badges[1]))
}

/// One to one: by the side without the key and by that with it, what was there being loaded or not, before a commit and after
/// it. What is loaded at the third object, which isn't asked, stays until it is loaded again.
#[test]
fn one_to_one_moves() {
    let mut told = Vec::new();
    for like_sqlalchemy in [false, true] {
        for by_owner in [true, false] {
            for loaded in [true, false] {
                let (db, session) = moves(like_sqlalchemy);
                let (u1, u2) = (user("u1"), user("u2"));
                let [a, b] = [(); 2].map(|()| Badge::builder().into_obj().unwrap());
                u1.set_badge(&a).unwrap();
                session.add_all([&u1, &u2]).unwrap();
                session.add_all([&a, &b]).unwrap();
                session.commit().unwrap();
                if loaded && by_owner {
                    assert_eq!(u1.badge().unwrap().as_ref(), Some(&a));
                }
                if loaded && !by_owner {
                    assert_eq!(a.owner().unwrap().as_ref(), Some(&u1));
                }
                db.sql();
                if by_owner {
                    u2.set_badge(&a).unwrap();
                } else {
                    b.set_owner(&u1).unwrap();
                }
                let selects = db.sql().lines().count();
                let before = badges([&u1, &u2], [&a, &b]);
                session.commit().unwrap();
                let after = badges([&u1, &u2], [&a, &b]);
                let how = match (by_owner, loaded) {
                    (true, true) => "by the owner, loaded",
                    (true, false) => "by the owner, not loaded",
                    (false, true) => "by the badge, loaded",
                    (false, false) => "by the badge, not loaded",
                };
                let like = if like_sqlalchemy { "like SQLAlchemy " } else { "" };
                told.push(format!("{like}{how}: {selects} statement(s)\n    {before}\n    {after}\n"));
            }
        }
    }
    expect![[r#"
        by the owner, loaded: 2 statement(s)
            u1 a u2 a, a u2 b -
            u1 - u2 a, a u2 b -
        by the owner, not loaded: 2 statement(s)
            u1 - u2 a, a u2 b -
            u1 - u2 a, a u2 b -
        by the badge, loaded: 1 statement(s)
            u1 b u2 -, a u1 b u1
            u1 b u2 -, a - b u1
        by the badge, not loaded: 2 statement(s)
            u1 b u2 -, a - b u1
            u1 b u2 -, a - b u1
        like SQLAlchemy by the owner, loaded: 0 statement(s)
            u1 a u2 a, a u2 b -
            u1 - u2 a, a u2 b -
        like SQLAlchemy by the owner, not loaded: 0 statement(s)
            u1 - u2 a, a u2 b -
            u1 - u2 a, a u2 b -
        like SQLAlchemy by the badge, loaded: 0 statement(s)
            u1 b u2 -, a u1 b u1
            u1 b u2 -, a - b u1
        like SQLAlchemy by the badge, not loaded: 0 statement(s)
            u1 b u2 -, a - b u1
            u1 b u2 -, a - b u1
    "#]]
    .assert_eq(&told.concat());
}

#[test]
fn one_to_one_without_a_reverse_side() {
    let (_, session) = moves(false);
    let (u1, u2, key) = (user("u1"), user("u2"), Key::builder().into_obj().unwrap());
    u1.set_key(&key).unwrap();
    session.add_all([&u1, &u2]).unwrap();
    session.commit().unwrap();
    assert_eq!(u1.key().unwrap().as_ref(), Some(&key));
    u2.set_key(&key).unwrap();
    assert_eq!(u2.key().unwrap().as_ref(), Some(&key));
    session.commit().unwrap();
    assert_eq!((u1.key().unwrap(), u2.key().unwrap()), (None, Some(key)));
}

/// The old holder isn't in the session: it is loaded for it, and deleted.
#[test]
fn a_holder_that_lost_its_pass_goes() {
    let (db, session) = moves(false);
    let (u1, u2, pass) = (user("u1"), user("u2"), Pass::builder().into_obj().unwrap());
    u1.set_pass(&pass).unwrap();
    session.add(&u1).unwrap();
    session.commit().unwrap();
    session.expunge(&u1).unwrap();
    session.add(&u2).unwrap();
    u2.set_pass(&pass).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM user"), "'u2'\n");
}

fn word(name: &str) -> Obj<Word> {
    Word::builder().name(name).into_obj().unwrap()
}

fn words(item: &Obj<Item>) -> String {
    item.words().iter().unwrap().map(|word| word.name().unwrap()).collect()
}

/// What comes and goes of a collection that isn't loaded is taken together, and with what is loaded then.
#[test]
fn links_that_come_and_go_while_nothing_is_loaded() {
    let db = Db::empty();
    Moves::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let [a, b, c] = ["a", "b", "c"].map(word);
    let item = session.add(Item::builder().name("i").words([&a])).unwrap();
    session.add_all([&b, &c]).unwrap();
    session.commit().unwrap();
    c.items().append(&item).unwrap();
    c.items().remove(&item).unwrap();
    assert_eq!(words(&item), "a", "no net addition");
    session.expire_attributes(&item, &["words"]).unwrap();
    a.items().remove(&item).unwrap();
    a.items().append(&item).unwrap();
    assert_eq!(words(&item), "a", "no net removal");
    session.expire_attributes(&item, &["words"]).unwrap();
    b.items().append(&item).unwrap();
    assert!(!item.words().is_loaded().unwrap());
    assert_eq!(words(&item), "ab");
    assert_eq!(db.rows_in(&session, "SELECT count(*) FROM item_word"), "1\n");
    session.commit().unwrap();
    assert_eq!(words(&item), "ab");
}

/// An item that a list has and that comes again stands there twice, until it is loaded again. No second link is written.
#[test]
fn a_link_that_comes_again() {
    let db = Db::empty();
    Moves::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let a = word("a");
    let item = session.add(Item::builder().name("i").words([&a])).unwrap();
    session.commit().unwrap();
    for _ in 0..3 {
        a.items().append(&item).unwrap();
        assert_eq!(words(&item), "aa");
        session.expire_attributes(&item, &["words"]).unwrap();
    }
    assert_eq!(a.items().len().unwrap(), 4);
    session.commit().unwrap();
    assert_eq!((a.items().len().unwrap(), words(&item)), (1, "a".into()));
    assert_eq!(db.rows("SELECT count(*) FROM item_word"), "1\n");
}

#[test]
fn links_of_objects_without_a_session() {
    let [a, b, c] = ["a", "b", "c"].map(word);
    let i1 = Item::builder().name("i1").words([&a, &b]).into_obj().unwrap();
    let i2 = Item::builder().name("i2").words([&c]).into_obj().unwrap();
    i1.set_words([&b, &c]).unwrap();
    assert!(c.items().contains(&i1).unwrap() && c.items().contains(&i2).unwrap());
    assert!(!a.items().contains(&i1).unwrap());
    // It stands in one list twice, and has let go of it once.
    let (one, two) = (word("one"), word("two"));
    let item = Item::builder().name("i").into_obj().unwrap();
    one.items().append(&item).unwrap();
    two.items().append(&item).unwrap();
    two.items().append(&item).unwrap();
    item.set_words([] as [Obj<Word>; 0]).unwrap();
    two.items().remove(&item).unwrap();
    assert_eq!((one.items().len().unwrap(), two.items().len().unwrap()), (0, 0));
}

/// Links to one on both sides. What is loaded at the item that loses it stays there until it is loaded again.
#[test]
fn links_to_one_move() {
    for (loaded, committed) in [(true, false), (false, false), (true, true)] {
        let (db, session) = moves(false);
        let title = word("t");
        let i1 = session.add(Item::builder().name("i1").title(&title)).unwrap();
        let i2 = session.add(Item::builder().name("i2")).unwrap();
        session.commit().unwrap();
        if loaded {
            assert_eq!(i1.title().unwrap().as_ref(), Some(&title));
        }
        i2.set_title(&title).unwrap();
        assert_eq!(title.item().unwrap().as_ref(), Some(&i2));
        if committed {
            session.commit().unwrap();
        }
        let stays = (loaded && !committed).then_some(&title);
        assert_eq!((i1.title().unwrap().as_ref(), i2.title().unwrap().as_ref()), (stays, Some(&title)));
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT * FROM item_title"), "2|1\n");
    }
}
