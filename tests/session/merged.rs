//! `merge`: from new, detached and pending objects, along each kind of relationship, and what it loads for that.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, ObjectState, SessionConfig, selectin};
use tests::models::*;
use tests::{Db, code, filled, tree, warns};

orm::registry!(
    /// These classes.
    pub Merging
);

/// Its letters have its number in their key.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Merging)]
pub struct Folder {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
    #[relationship(back_populates = "folder", order_by = (Letter::folder_id, Letter::number))]
    pub letters: Many<Letter>,
}

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Merging)]
pub struct Letter {
    #[column(primary_key, foreign_key = Folder::id)]
    pub folder_id: i64,
    #[column(primary_key)]
    pub number: i64,
    #[relationship(back_populates = "letters")]
    pub folder: One<Folder>,
    /// What it leads to isn't merged.
    #[column(foreign_key = Sender::id)]
    pub sender_id: Option<i64>,
    #[relationship(cascade = "save-update")]
    pub sender: Option<One<Sender>>,
}

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Merging)]
pub struct Sender {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(back_populates = "sender", order_by = Mail::id)]
    pub mails: Many<Mail>,
}

/// Its sender isn't found by a key alone.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Merging)]
pub struct Mail {
    #[column(primary_key)]
    pub id: i64,
    pub text: Option<String>,
    #[column(foreign_key = Sender::id)]
    pub sender_id: Option<i64>,
    #[relationship(back_populates = "mails", primaryjoin = Sender::id.eq(Mail::sender_id).and(Sender::id.gt(0)))]
    pub sender: Option<One<Sender>>,
}

/// The way to it from its notes is made by `backref`.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Merging)]
pub struct Board {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(backref(name = "board", lazy = "selectin"), order_by = Note::id)]
    pub notes: Many<Note>,
}

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(registry = Merging)]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
    #[column(foreign_key = Board::id)]
    pub board_id: Option<i64>,
}

fn merging() -> (Db, Session) {
    let db = Db::empty();
    Merging::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn address(email: &str) -> AddressBuilder {
    Address::builder().email(email)
}

fn emails(user: &Obj<User>) -> Vec<String> {
    user.addresses().iter().unwrap().map(|one| one.email().unwrap()).collect()
}

/// A user with two addresses, as another session has left it.
fn detached(db: &Db) -> Obj<User> {
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let user = session.add(User::builder().name("fred").addresses([address("one"), address("two")])).unwrap();
    session.commit().unwrap();
    user.orders().len().unwrap();
    user.profile().unwrap();
    drop(session);
    db.sql();
    user
}

/// What has no key needs no look at the database; what has one is looked for. The given objects stay out of it.
#[test]
fn a_new_graph() {
    for given_keys in [false, true] {
        let db = Db::new();
        let session = db.session();
        let (mut user, mut addresses) = (User::builder().name("fred"), [address("one"), address("two")]);
        if given_keys {
            user = user.id(7);
            let [one, two] = addresses;
            addresses = [one.id(1), two.id(2)];
        }
        let user = user.addresses(addresses).into_obj().unwrap();
        let merged = session.merge(&user).unwrap();
        assert_ne!(merged, user);
        assert_eq!((Obj::state(&user), Obj::state(&merged)), (ObjectState::Transient, ObjectState::Pending));
        assert_eq!(emails(&merged), ["one", "two"]);
        for one in merged.addresses() {
            assert_eq!(one.unwrap().user().unwrap(), merged);
        }
        let asked = db.sql();
        if given_keys {
            expect![[r#"
                SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [7]
                SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [1]
                SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [2]
            "#]]
            .assert_eq(&asked);
        } else {
            assert_eq!(asked, "");
        }
        session.commit().unwrap();
        let id = if given_keys { 7 } else { 1 };
        assert_eq!(db.rows("SELECT id, name FROM user_account"), format!("{id}|'fred'\n"));
        assert_eq!(
            db.rows("SELECT id, email, user_id FROM address"),
            format!("1|'one'|{id}\n2|'two'|{id}\n")
        );
    }
}

/// A new object has all that it has: reading what was never set asks nobody.
#[test]
fn what_is_new_is_not_expired() {
    let db = Db::new();
    let session = db.session();
    let user = session.merge(User::builder().id(7)).unwrap();
    db.sql();
    assert_eq!(user.fullname().unwrap(), None);
    assert_eq!(code(user.name()), Code::Unset);
    assert_eq!(db.statements(), 0);
}

#[test]
fn a_new_object_of_the_session_is_merged_into_it() {
    let db = Db::new();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    for user in [User::builder().name("fred"), User::builder().name("fred").id(1)] {
        let user = session.add(user).unwrap();
        let merged = warns(
            expect![[r#"
                WARN orm::session message=a new object of the session is merged into it given=User(new)
            "#]],
            || session.merge(&user).unwrap(),
        );
        assert_ne!(merged, user);
        assert_eq!(Obj::state(&merged), ObjectState::Pending);
        session.rollback().unwrap();
    }
    // Where queries flush, it has a row by then.
    let session = db.session();
    let user = session.add(User::builder().name("fred")).unwrap();
    assert_eq!(warns(expect![""], || session.merge(&user).unwrap()), user);
}

/// What was read of a new object and found empty is no collection of it.
#[test]
fn an_empty_collection_that_was_only_read_empties_nothing() {
    let db = filled();
    let session = db.session();
    let given = User::builder().id(1).name("edna").into_obj().unwrap();
    assert_eq!(given.addresses().len().unwrap(), 0);
    let merged = session.merge(&given).unwrap();
    assert_eq!((merged.name().unwrap().as_str(), emails(&merged).len()), ("edna", 2));
    let given = User::builder().id(1).addresses([] as [Obj<Address>; 0]);
    let merged = session.merge(given).unwrap();
    assert_eq!(emails(&merged).len(), 0, "one that was given is");
}

#[test]
fn a_collection_that_is_given_replaces_that_of_the_row() {
    let db = filled();
    let session = db.session();
    let given = User::builder().id(1).name("ed").addresses([address("new").id(7), address("newer").id(8)]);
    let merged = session.merge(given).unwrap();
    assert_eq!(emails(&merged), ["new", "newer"]);
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
        SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [7]
        SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [8]
    "#]]
    .assert_eq(&db.sql());
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "address" ("id", "email", "user_id") VALUES (?, ?, ?) [7, 'new', 1]
        INSERT INTO "address" ("id", "email", "user_id") VALUES (?, ?, ?) [8, 'newer', 1]
        DELETE FROM "address" WHERE "id" = ? [1]
        DELETE FROM "address" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
}

/// A detached object, changed, with an item that came and one that went.
#[test]
fn a_detached_object_with_a_changed_collection() {
    let db = Db::new();
    let user = detached(&db);
    let first = user.addresses().get(0).unwrap().unwrap();
    user.set_name("fred jones").unwrap();
    user.addresses().append(address("three")).unwrap();
    user.addresses().remove(&first).unwrap();
    user.addresses().get(0).unwrap().unwrap().set_email("second").unwrap();
    let session = db.session();
    let merged = session.merge(&user).unwrap();
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
        SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(emails(&merged), ["second", "three"]);
    session.commit().unwrap();
    expect![[r#"
        UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['fred jones', 1]
        UPDATE "address" SET "email" = ? WHERE "id" = ? ['second', 2]
        INSERT INTO "address" ("email", "user_id") VALUES (?, ?) ['three', 1]
        DELETE FROM "address" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    // Once more, with nothing that would differ: nothing is written.
    let other = db.session();
    merged.name().unwrap();
    assert_eq!(emails(&merged), ["second", "three"]);
    let again = other.merge(&merged).unwrap();
    for one in again.addresses() {
        assert_eq!(one.unwrap().user().unwrap(), again);
    }
    db.sql();
    assert_eq!(other.count_statements(Session::flush).1, 0);
}

/// Columns that the given object doesn't know stay as the session has them, changed or not; `NULL` is known.
#[test]
fn columns_that_are_not_given() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let nameless = || User::builder().id(1);
    assert_eq!(session.merge(nameless()).unwrap(), ed);
    assert_eq!(Obj::any(&ed).peek("name").unwrap(), Some("ed".into()));
    let off = session.no_autoflush(|session| {
        ed.set_name("edna").unwrap();
        session.merge(nameless().fullname(None)).unwrap()
    });
    assert_eq!((off.name().unwrap().as_str(), off.fullname().unwrap()), ("edna", None));
    session.no_autoflush(|session| session.merge(nameless()).unwrap());
    assert_eq!(Obj::any(&ed).peek("fullname").unwrap(), Some(orm::Value::Null));
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "user_account" SET "name" = ?, "fullname" = ? WHERE "id" = ? ['edna', NULL, 1]
    "#]]
    .assert_eq(&db.sql());
}

/// What is related by a to-one is set to what was given, also to nothing, from either side.
#[test]
fn nothing_is_given_for_a_reference() {
    let db = filled();
    let session = db.session();
    let ed = session.merge(User::builder().id(1).fullname(None).profile(None)).unwrap();
    assert_eq!((ed.fullname().unwrap(), ed.profile().unwrap()), (None, None));
    session.rollback().unwrap();
    let order = session.merge(Order::builder().id(1).user(None)).unwrap();
    assert_eq!(order.user().unwrap(), None);
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "orders" SET "user_id" = ? WHERE "id" = ? [NULL, 1]
    "#]]
    .assert_eq(&db.sql());
}

/// By each kind of relationship, an object is reached whose change is copied.
#[test]
fn along_each_kind_of_relationship() {
    let db = filled();
    let (given, session) = (db.session(), db.session());
    let ed = given.get_one::<User>(1).unwrap();
    let order = ed.orders().get(0).unwrap().unwrap();
    let item = order.items().get(0).unwrap().unwrap();
    let profile = ed.profile().unwrap().unwrap();
    order.set_note(Some("order".into())).unwrap();
    item.set_name("item").unwrap();
    profile.set_text(Some("text".into())).unwrap();
    // In memory alone: the sessions write the same database.
    given.expunge_all();
    let merged = session.merge(&ed).unwrap();
    let its = merged.orders().get(0).unwrap().unwrap();
    assert_eq!(its.note().unwrap().as_deref(), Some("order"));
    assert_eq!(its.items().get(0).unwrap().unwrap().name().unwrap(), "item");
    assert_eq!(merged.profile().unwrap().unwrap().text().unwrap().as_deref(), Some("text"));
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "item" SET "name" = ? WHERE "id" = ? ['item', 1]
        UPDATE "orders" SET "note" = ? WHERE "id" = ? ['order', 1]
        UPDATE "profile" SET "text" = ? WHERE "id" = ? ['text', 1]
    "#]]
    .assert_eq(&db.sql());
    session.rollback().unwrap();
    // Another parent.
    let jack = given.get_one::<User>(2).unwrap();
    let order = given.get_one::<Order>(1).unwrap();
    order.set_user(&jack).unwrap();
    given.expunge_all();
    let merged = session.merge(&order).unwrap();
    let history = Obj::any(&merged).history("user").unwrap();
    assert_eq!(history.added, [Obj::any(&session.get_one::<User>(2).unwrap())]);
    assert!(session.is_dirty());
}

/// Objects that lead to each other and to themselves are merged once each.
#[test]
fn graphs_with_cycles() {
    let db = Db::new();
    let session = db.session();
    let loop_ = Node::builder().id(1).name("loop").into_obj().unwrap();
    loop_.set_parent(&loop_).unwrap();
    let merged = session.merge(&loop_).unwrap();
    assert_eq!(merged.parent().unwrap().as_ref(), Some(&merged));
    session.rollback().unwrap();
    let pen = Item::builder().id(1).name("pen").into_obj().unwrap();
    let orders = [Order::builder().id(1).items([&pen]), Order::builder().id(2).items([&pen])];
    let user = User::builder().id(1).name("ed").orders(orders).into_obj().unwrap();
    let merged = session.merge(&user).unwrap();
    assert_eq!(
        tree(&merged),
        "User(pending)(orders: [Order(pending)(user: User(pending), items: [Item(pending)(orders: [Order(pending), Order(pending)(user: User(pending), items: [Item(pending)])])]), Order(pending)(user: User(pending), items: [Item(pending)(orders: [Order(pending)(user: User(pending), items: [Item(pending)]), Order(pending)])])])"
    );
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT order_id, item_id FROM order_item"), "1|1\n2|1\n");
    assert_eq!(session.scalars(select(Item)).unwrap().count().unwrap(), 1);
}

/// Given objects of one key become one, whose state is that of the last, whether there is a row or not.
#[test]
fn given_objects_of_the_same_key() {
    for has_row in [false, true] {
        let db = Db::new();
        let session = db.session();
        if has_row {
            db.run("INSERT INTO user_account (id, name) VALUES (1, 'z')");
        }
        let order = |note: &str| Order::builder().note(note).user(User::builder().id(1).name(note));
        let item = Item::builder().name("x").orders([order("a"), order("b"), order("c")]);
        session.merge(item).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT id, name FROM user_account"), "1|'c'\n");
        assert_eq!(db.rows("SELECT note, user_id FROM orders"), "'a'|1\n'b'|1\n'c'|1\n");
    }
    // Those without a key are several.
    let db = Db::new();
    let session = db.session();
    let order = |note: &str| Order::builder().note(note).user(User::builder().name(note));
    session.merge(Item::builder().name("x").orders([order("a"), order("b"), order("c")])).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, name FROM user_account"), "1|'a'\n2|'b'\n3|'c'\n");
}

/// What a merge gave is what a later one gives, and what refers to it stays.
#[test]
fn a_second_merge_takes_nothing_away() {
    let db = Db::new();
    let session = db.session();
    let user = |name: &str| session.merge(User::builder().id(1).name(name)).unwrap();
    let first = session.add(Address::builder().email("x").user(user("ed"))).unwrap();
    let second = session.add(Address::builder().email("x").user(user("jack"))).unwrap();
    assert_eq!(first.user().unwrap(), second.user().unwrap());
    assert_eq!(first.user().unwrap().name().unwrap(), "jack");
}

/// The statements of a merge flush nothing in the middle of it, and the session does so again afterwards.
#[test]
fn a_merge_flushes_before_it_begins_and_not_within() {
    let db = filled();
    let session = db.session();
    session.add(Item::builder().name("before")).unwrap();
    let given = User::builder().id(1).addresses([address("ed@x").id(1), address("new").id(9)]);
    session.merge(given.name("ed")).unwrap();
    expect![[r#"
        INSERT INTO "item" ("name") VALUES (?) ['before']
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
        SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [9]
    "#]]
    .assert_eq(&db.sql());
    session.scalars(select(Address)).unwrap().all().unwrap();
    expect![[r#"
        INSERT INTO "address" ("id", "email", "user_id") VALUES (?, ?, ?) [9, 'new', 1]
        DELETE FROM "address" WHERE "id" = ? [2]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address"
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn several_at_once() {
    let db = Db::new();
    let session = db.session();
    let users = [(42, "bob"), (7, "fred"), (7, "frank")].map(|(id, name)| User::builder().id(id).name(name));
    let merged = session.merge_all(users).unwrap();
    assert!(merged.iter().all(|user| session.contains(user)));
    assert_eq!(merged[1], merged[2]);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, name FROM user_account"), "7|'frank'\n42|'bob'\n");
    assert_eq!(session.merge_all::<User, _>(&merged).unwrap(), merged);
}

/// Objects that a merge has to load are loaded with options; one that is there, or that has no row, is not.
#[test]
fn what_is_loaded_is_loaded_with_options() {
    let db = filled();
    let session = db.session();
    let given = || User::builder().id(1).name("fred");
    let user = session.merge_with(given(), selectin(User::addresses)).unwrap();
    assert_eq!(tree(&user), "User#1(addresses: [Address#1, Address#2])");
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
    "#]]
    .assert_eq(&db.sql());
    session.flush().unwrap();
    db.sql();
    assert_eq!(session.merge_with(given(), selectin(User::orders)).unwrap(), user);
    assert_eq!(db.statements(), 0);
    let new = session.merge_with(User::builder().id(9).name("new"), selectin(User::orders)).unwrap();
    assert_eq!((Obj::state(&new), db.statements()), (ObjectState::Pending, 1));
    session.rollback().unwrap();
    // Those of the same class that it leads to, too.
    session.expunge_all();
    let given = Node::builder().id(3).parent(Node::builder().id(2));
    let leaf = session.merge_with(given, joined(Node::children)).unwrap();
    assert_eq!(tree(&leaf), "Node#3(children: [], parent: Node#2(children: [Node#3, Node#4]))");
    // Several at once, of which two have one key.
    session.rollback().unwrap();
    session.expunge_all();
    db.sql();
    let given = [(1, "a"), (2, "b"), (1, "c")].map(|(id, name)| User::builder().id(id).name(name));
    let users = session.merge_all_with(given, selectin(User::addresses)).unwrap();
    assert_eq!((users.len(), &users[0]), (3, &users[2]));
    assert!(users.iter().all(|user| user.addresses().is_loaded().unwrap()));
    assert_eq!((users[0].name().unwrap().as_str(), db.statements()), ("c", 4));
}

/// A key whose part isn't set is no key: nobody is asked for it. What it leads to may give it.
#[test]
fn a_key_of_which_a_part_is_missing() {
    let (db, session) = merging();
    let letter = session.merge(Letter::builder().number(1)).unwrap();
    assert_eq!(db.statements(), 0);
    session.expunge(&letter).unwrap();
    let folder = Folder::builder().id(5).letters([Letter::builder().number(1)]);
    let folder = session.merge(folder).unwrap();
    expect![[r#"
        SELECT "id", "name" FROM "folder" WHERE "id" = ? [5]
    "#]]
    .assert_eq(&db.sql());
    session.commit().unwrap();
    assert_eq!(folder.letters().get(0).unwrap().unwrap().folder_id().unwrap(), 5);
}

/// Where the cascade isn't said, what was given for a relationship isn't looked at.
#[test]
fn a_relationship_without_the_cascade() {
    let (db, session) = merging();
    let folder = session.add(Folder::builder()).unwrap();
    let fred = session.add(Sender::builder().name("fred")).unwrap();
    session.add(Letter::builder().number(1).folder(&folder).sender(&fred)).unwrap();
    session.flush().unwrap();
    let given = Letter::builder().folder_id(1).number(1).sender(Sender::builder().name("other"));
    let letter = session.merge(given).unwrap();
    assert_eq!(Obj::any(&letter).peek_related("sender").unwrap(), orm::Related::One(Some(Obj::any(&fred))));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, name FROM sender"), "1|'fred'\n");
}

/// The way back isn't merged: no statement looks for what it led to, where its key doesn't say it.
#[test]
fn the_way_back_loads_nothing() {
    let (db, _) = merging();
    db.run(
        "INSERT INTO sender (id, name) VALUES (1, 'u1');
         INSERT INTO mail (id, text, sender_id) VALUES (1, 'a1', 1), (2, 'a2', 1)",
    );
    let counts = |new: bool, reads: &[usize]| {
        let session = db.session();
        let mut mails = vec![Mail::builder().id(1), Mail::builder().id(2)];
        mails.extend(new.then(|| Mail::builder().id(3).text("a3")));
        session
            .count_statements(|session| {
                let sender = session.merge(Sender::builder().id(1).mails(mails)).unwrap();
                for at in reads {
                    let mail = sender.mails().get(*at).unwrap().unwrap();
                    assert_eq!(mail.sender().unwrap(), Some(sender.clone()));
                }
            })
            .1
    };
    // As SQLAlchemy counts.
    assert_eq!(counts(false, &[]), 2);
    assert_eq!(counts(false, &[0]), 3);
    assert_eq!(counts(false, &[0, 1]), 4);
    assert_eq!(counts(true, &[2]), 3);
    assert_eq!(counts(true, &[2, 1]), 5, "one inserts the new one");
}

/// Columns are copied behind the relationships that the class declares, and before those that are added to it, as by `backref`:
/// a row that is loaded for them comes with what the added ones lead to, which is still as the database has it.
#[test]
fn what_is_added_to_a_class_is_merged_behind_its_columns() {
    let (db, _) = merging();
    db.run("INSERT INTO board VALUES (1, 'old'), (2, 'new'); INSERT INTO note VALUES (1, 'a', 1)");
    let session = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let note = session.get_one::<Note>(1).unwrap();
    let (other, given) = (db.session(), Board::builder().id(2).name("new"));
    let given = other.merge(given).unwrap();
    let changed = other.get_one::<Note>(1).unwrap();
    given.notes().append(&changed).unwrap();
    other.flush().unwrap();
    other.commit().unwrap();
    changed.text().unwrap();
    assert_eq!(Obj::any(&changed).related("board").unwrap(), orm::Related::One(Some(Obj::any(&given))));
    db.run("UPDATE note SET board_id = 1");
    session.expire(&note).unwrap();
    db.sql();
    assert_eq!(session.merge(&changed).unwrap(), note);
    expect![[r#"
        SELECT "id", "text", "board_id" FROM "note" WHERE "id" = ? [1]
        SELECT "id", "name" FROM "board" WHERE "id" = ? [1]
        SELECT "id", "name" FROM "board" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
}
