//! What attributes held before they were changed, and what they are said to hold by hand.

use expect_test::expect;
use orm::prelude::*;
use orm::{AnyObj, Code, IntoObj, Related, SessionConfig, Value};
use tests::models::*;
use tests::{Db, Report, code, filled, show, tree};

/// Came, stayed, went.
fn column<T: orm::Live>(object: &Obj<T>, name: &str) -> String {
    let history = Obj::any(object).column_history(name).unwrap();
    let shown = |value: Option<Value>| value.map_or("-".to_owned(), |value| value.to_string());
    format!("{} {} {}", shown(history.added), shown(history.unchanged), shown(history.deleted))
}

fn relation<T: orm::Live>(object: &Obj<T>, name: &str) -> String {
    let history = Obj::any(object).history(name).unwrap();
    let shown =
        |objects: &[AnyObj]| objects.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(",");
    format!("[{}] [{}] [{}]", shown(&history.added), shown(&history.unchanged), shown(&history.deleted))
}

/// The histories of a column, as SQLAlchemy gives them: step by step of an object that was new, was flushed, is expired, is
/// deleted by its value.
#[test]
fn of_a_column() {
    let db = Db::new();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let mut report = Report::default();
    let user = User::builder().into_obj().unwrap();
    let mut step = |what: &str| {
        report.line(format_args!("{what:24} {} | {}", column(&user, "name"), column(&user, "fullname")))
    };
    step("new");
    user.set_name("a").unwrap();
    step("set");
    user.set_name("b").unwrap();
    step("set twice");
    assert_eq!(user.fullname().unwrap(), None);
    step("read");
    user.set_fullname(None).unwrap();
    step("set to none");
    session.add(&user).unwrap();
    session.flush().unwrap();
    step("flushed");
    user.set_name("c").unwrap();
    user.set_fullname("C").unwrap();
    step("changed");
    user.set_name("d").unwrap();
    step("changed twice");
    user.set_name("b").unwrap();
    user.set_fullname(None).unwrap();
    step("as it was");
    session.flush().unwrap();
    user.set_fullname("D").unwrap();
    session.flush().unwrap();
    step("flushed again");
    user.set_fullname(None).unwrap();
    step("emptied");
    session.commit().unwrap();
    step("expired");
    user.set_name("e").unwrap();
    step("set where expired");
    session.rollback().unwrap();
    user.name().unwrap();
    step("rolled back");
    Obj::any(&user).set_committed("name", &"f".into()).unwrap();
    step("set as the row's");
    Obj::any(&user).flag_modified("name").unwrap();
    step("flagged");
    user.set_name("g").unwrap();
    step("set after that");
    expect![[r#"
        new                      - - - | - - -
        set                      'a' - - | - - -
        set twice                'b' - - | - - -
        read                     'b' - - | - - -
        set to none              'b' - - | NULL - -
        flushed                  - 'b' - | - NULL -
        changed                  'c' - 'b' | 'C' - NULL
        changed twice            'd' - 'b' | 'C' - NULL
        as it was                - 'b' - | - NULL -
        flushed again            - 'b' - | - 'D' -
        emptied                  - 'b' - | NULL - 'D'
        expired                  - - - | - - -
        set where expired        'e' - - | - - -
        rolled back              - 'b' - | - NULL -
        set as the row's         - 'f' - | - NULL -
        flagged                  'f' - - | - NULL -
        set after that           'g' - - | - NULL -
    "#]]
    .assert_eq(report.text());
    assert_eq!(code(Obj::any(&user).column_history("addresses")), Code::UnknownAttribute);
}

/// Those of a reference.
#[test]
fn of_a_reference() {
    let db = filled();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let (ed, jack) = (session.get_one::<User>(1).unwrap(), session.get_one::<User>(2).unwrap());
    let mut report = Report::default();
    let order = Order::builder().into_obj().unwrap();
    let mut step = |what: &str| report.line(format_args!("{what:24} {}", relation(&order, "user")));
    step("new");
    assert_eq!(order.user().unwrap(), None);
    step("read");
    order.set_user(&ed).unwrap();
    step("set");
    order.set_user(&jack).unwrap();
    step("set twice");
    order.set_user(None).unwrap();
    step("emptied");
    order.set_user(&ed).unwrap();
    session.add(&order).unwrap();
    session.flush().unwrap();
    step("flushed");
    order.set_user(&ed).unwrap();
    step("set to the same");
    order.set_user(&jack).unwrap();
    step("replaced");
    order.set_user(&ed).unwrap();
    step("as it was");
    order.set_user(None).unwrap();
    step("emptied");
    session.expire(&order).unwrap();
    step("expired");
    order.set_user(&jack).unwrap();
    step("set where expired");
    session.flush().unwrap();
    session.expire_attributes(&order, &["user"]).unwrap();
    order.set_user(None).unwrap();
    step("emptied where expired");
    expect![[r#"
        new                      [] [] []
        read                     [] [] []
        set                      [User#1] [] []
        set twice                [User#2] [] []
        emptied                  [] [] []
        flushed                  [] [User#1] []
        set to the same          [] [User#1] []
        replaced                 [User#2] [] [User#1]
        as it was                [] [User#1] []
        emptied                  [] [] [User#1]
        expired                  [] [] []
        set where expired        [User#2] [] []
        emptied where expired    [] [] [User#2]
    "#]]
    .assert_eq(report.text());
    // A one-to-one, from the side without the key.
    let profile = ed.profile().unwrap().unwrap();
    assert_eq!(relation(&ed, "profile"), "[] [Profile#1] []");
    ed.set_profile(None).unwrap();
    assert_eq!(relation(&ed, "profile"), "[] [] [Profile#1]");
    assert_eq!(relation(&profile, "user"), "[] [] [User#1]");
    assert_eq!(db.rows_in(&session, "SELECT user_id FROM profile"), "1\n", "nothing is flushed for it");
}

/// What is set to nothing is known to lead nowhere, whether it was read before or not; what was only read isn't.
#[test]
fn of_what_is_set_to_nothing() {
    let db = filled();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let mut report = Report::default();
    for (is_read, is_set) in [(false, false), (false, true), (true, true), (true, false)] {
        let order = Order::builder().user_id(1).into_obj().unwrap();
        let user = User::builder().name("u").into_obj().unwrap();
        if is_read {
            assert_eq!((order.user().unwrap(), user.fullname().unwrap()), (None, None));
        }
        if is_set {
            order.set_user(None).unwrap();
            user.set_fullname(None).unwrap();
        }
        report.line(format_args!(
            "read {is_read}, set {is_set}: {} | {}",
            relation(&order, "user"),
            column(&user, "fullname")
        ));
        session.add(&order).unwrap();
        session.flush().unwrap();
        report.line(format_args!("  {:?} {}", order.user_id().unwrap(), relation(&order, "user")));
    }
    expect![[r#"
        read false, set false: [] [] [] | - - -
          Some(1) [] [] []
        read false, set true: [] [] [] | NULL - -
          None [] [] []
        read true, set true: [] [] [] | NULL - -
          None [] [] []
        read true, set false: [] [] [] | - - -
          Some(1) [] [] []
    "#]]
    .assert_eq(report.text());
}

/// Those of a collection, loaded, replaced, and changed before it is loaded.
#[test]
fn of_a_collection() {
    let db = filled();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let mut report = Report::default();
    let ed = session.get_one::<User>(1).unwrap();
    let new = |note: &str| Order::builder().note(note).into_obj().unwrap();
    let mut step = |what: &str| report.line(format_args!("{what:24} {}", relation(&ed, "orders")));
    step("not loaded");
    let late = new("late");
    late.set_user(&ed).unwrap();
    step("came by its other side");
    assert_eq!(ed.orders().len().unwrap(), 3);
    step("loaded");
    late.set_user(None).unwrap();
    step("left again");
    let (one, two) = (ed.orders().get(0).unwrap().unwrap(), ed.orders().get(1).unwrap().unwrap());
    let three = ed.orders().append(new("three")).unwrap();
    step("appended");
    ed.orders().remove(&one).unwrap();
    step("removed");
    ed.orders().append(&one).unwrap();
    step("came back");
    ed.orders().replace([&two, &three]).unwrap();
    step("replaced");
    ed.orders().replace([&two]).unwrap();
    step("replaced again");
    ed.orders().clear().unwrap();
    step("cleared");
    ed.orders().append(&two).unwrap();
    session.flush().unwrap();
    step("flushed");
    session.expire(&ed).unwrap();
    two.set_user(None).unwrap();
    step("left an expired one");
    session.expire(&ed).unwrap();
    step("expired");
    expect![[r#"
        not loaded               [] [] []
        came by its other side   [Order(transient)] [] []
        loaded                   [Order(transient)] [Order#1,Order#2] []
        left again               [] [Order#1,Order#2] []
        appended                 [Order(pending)] [Order#1,Order#2] []
        removed                  [Order(pending)] [Order#2] [Order#1]
        came back                [Order(pending)] [Order#2,Order#1] []
        replaced                 [Order(pending)] [Order#2] [Order#1]
        replaced again           [] [Order#2] [Order#1]
        cleared                  [] [] [Order#1,Order#2]
        flushed                  [] [Order#2] []
        left an expired one      [] [] [Order#2]
        expired                  [] [] []
    "#]]
    .assert_eq(report.text());
    // A new object's; reading what is empty is no change.
    let user = User::builder().into_obj().unwrap();
    assert_eq!(user.orders().len().unwrap(), 0);
    assert_eq!(relation(&user, "orders"), "[] [] []");
    let order = user.orders().append(new("x")).unwrap();
    assert_eq!(relation(&user, "orders"), format!("[{order:?}] [] []"));
    assert_eq!(relation(&order, "user"), format!("[{user:?}] [] []"));
    let next = user.orders().append(new("y")).unwrap();
    assert_eq!(relation(&user, "orders"), format!("[{order:?},{next:?}] [] []"));
    assert_eq!(relation(&next, "user"), format!("[{user:?}] [] []"));
    user.orders().clear().unwrap();
    assert_eq!(relation(&user, "orders"), "[] [] []");
    // Both sides of links.
    let order = session.get_one::<Order>(2).unwrap();
    let pen = session.get_one::<Item>(1).unwrap();
    order.items().len().unwrap();
    order.items().append(&pen).unwrap();
    assert_eq!(relation(&order, "items"), "[Item#1] [Item#3] []");
    assert_eq!(relation(&pen, "orders"), "[Order#2] [] []");
    assert_eq!(pen.orders().len().unwrap(), 3);
    assert_eq!(relation(&pen, "orders"), "[Order#2] [Order#1,Order#3] []");
}

/// What is said to be what the rows hold is no change, and nobody is asked.
#[test]
fn what_is_set_as_what_the_rows_hold() {
    let db = filled();
    let session = db.session();
    let (ed, order) = (session.get_one::<User>(1).unwrap(), session.get_one::<Order>(1).unwrap());
    let any = Obj::any(&ed);
    ed.set_name("changed").unwrap();
    db.sql();
    any.set_committed("name", &"known".into()).unwrap();
    any.set_committed_related("orders", &[Obj::any(&order)]).unwrap();
    any.set_committed_related("profile", &[]).unwrap();
    Obj::any(&order).set_committed_related("user", std::slice::from_ref(&any)).unwrap();
    assert_eq!(tree(&ed), "User#1(orders: [Order#1(user: User#1)], profile: none)");
    assert_eq!(ed.name().unwrap(), "known");
    assert!(!session.is_modified(&ed).unwrap() && !session.is_modified(&order).unwrap());
    session.flush().unwrap();
    assert_eq!(db.statements(), 0);
    // After that it is changed as any other.
    ed.orders().append(Order::builder().note("new")).unwrap();
    assert_eq!(relation(&ed, "orders"), "[Order(pending)] [Order#1] []");
    // What doesn't fit.
    expect!["[bad-option] `User.profile`: it doesn't hold these objects; help: a reference holds one object, and a large collection none in memory"]
        .assert_eq(&show(any.set_committed_related("profile", &[any.clone(), any.clone()])));
    assert_eq!(code(any.set_committed_related("orders", std::slice::from_ref(&any))), Code::WrongClass);
    assert_eq!(code(any.set_committed("name", &Value::Int(1))), Code::Value);
    assert_eq!(code(any.set_committed("nam", &Value::Int(1))), Code::UnknownAttribute);
}

/// A column that is flagged is written though it holds what it held; an object that is flagged is only dirty.
#[test]
fn what_is_flagged_is_written() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let any = Obj::any(&ed);
    db.sql();
    any.flag_modified("name").unwrap();
    assert!(session.is_modified(&ed).unwrap());
    session.flush().unwrap();
    expect![[r#"
        UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['ed', 1]
    "#]]
    .assert_eq(&db.sql());
    any.flag_dirty();
    assert_eq!(session.dirty_objects(), [Obj::any(&ed)]);
    assert!(!session.is_modified(&ed).unwrap());
    session.flush().unwrap();
    assert_eq!((db.statements(), session.is_dirty()), (0, false));
    session.expire(&ed).unwrap();
    expect!["[unset] `User.name`: there is no value to be written; help: load it first, or set it"]
        .assert_eq(&show(any.flag_modified("name")));
}

/// Loaded, to be loaded, and never known are told apart without a statement.
#[test]
fn what_is_known_without_loading() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    db.sql();
    let any = Obj::any(&ed);
    assert_eq!(any.peek_related("orders").unwrap(), Related::NotLoaded);
    assert_eq!(any.peek_related("profile").unwrap(), Related::NotLoaded);
    session.expire_attributes(&ed, &["name"]).unwrap();
    assert_eq!((any.peek("name").unwrap(), any.is_expired("name").unwrap()), (None, true));
    assert_eq!(relation(&ed, "orders"), "[] [] []");
    assert_eq!(column(&ed, "name"), "- - -");
    assert_eq!(db.statements(), 0);
    let new = Obj::any(&User::builder().into_obj().unwrap());
    assert_eq!((new.peek("name").unwrap(), new.is_expired("name").unwrap()), (None, false));
    assert_eq!(new.related("profile").unwrap(), Related::One(None));
    assert_eq!(new.related("orders").unwrap(), Related::Many(vec![]));
}
