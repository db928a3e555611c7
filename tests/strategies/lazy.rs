//! `lazy = "select"`: what is loaded when it is first read, and what needs no statement.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Related};
use tests::models::*;
use tests::{Db, code, filled, tree};

/// The other side of a reference is set without a statement, and the collection is merged when it is read.
#[test]
fn a_reverse_side_loads_nothing() {
    let db = filled();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let order = session.get_one::<Order>(1).unwrap();
    let ed = order.user().unwrap().unwrap();
    db.sql();
    order.set_user(None).unwrap();
    assert_eq!(order.user().unwrap(), None);
    assert_eq!(db.statements(), 0);
    assert!(!ed.orders().contains(&order).unwrap());
    assert_eq!(db.statements(), 1);
    // Loaded anew it is what the database has; a change of it waits no longer.
    session.expire_attributes(&ed, &["orders"]).unwrap();
    assert!(ed.orders().contains(&order).unwrap());
    assert_eq!(db.statements(), 1);
    session.expire_attributes(&ed, &["orders"]).unwrap();
    let new = session.add(Order::builder().note("new")).unwrap();
    new.set_user(Some(&ed)).unwrap();
    assert_eq!(new.user().unwrap().as_ref(), Some(&ed));
    assert_eq!(db.statements(), 0);
    assert!(ed.orders().contains(&new).unwrap());
    assert_eq!(db.statements(), 1);
}

/// A lazy load is of all that is related, whatever the query around it asked for.
#[test]
fn what_a_query_limits_limits_nothing_that_is_read_later() {
    let db = filled();
    let session = db.session();
    let query = select(User).join(User::addresses).order_by(Address::email.desc()).distinct().limit(2);
    let users = session.scalars(query).unwrap().all().unwrap();
    db.sql();
    let counts: Vec<usize> = users.iter().map(|user| user.addresses().len().unwrap()).collect();
    assert_eq!(counts, [1, 2]);
    expect![[r#"
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [2]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
    "#]].assert_eq(&db.sql());
}

/// Detached, it can't be loaded; what is loaded stays.
#[test]
fn an_object_that_left_its_session_loads_nothing() {
    let db = filled();
    let session = db.session();
    let user = session.get_one::<User>(1).unwrap();
    user.addresses().len().unwrap();
    session.expunge(&user).unwrap();
    db.sql();
    assert_eq!(code(user.orders().len()), Code::Detached);
    assert_eq!(code(user.profile()), Code::Detached);
    assert_eq!(user.addresses().len().unwrap(), 2);
    assert_eq!(db.statements(), 0);
}

/// What a lazy load brings has its parent: taken out, it would be an orphan, as it stands it is none.
#[test]
fn what_is_loaded_lazily_has_a_parent() {
    let db = filled();
    let session = db.session();
    let user = session.get_one::<User>(1).unwrap();
    let address = user.addresses().get(0).unwrap().unwrap();
    address.set_email("changed").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT email FROM address WHERE id = 1"), "'changed'\n");
    user.addresses().remove(&address).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM address WHERE user_id = 1"), "1\n");
}

/// What is asked of an object without reading says what is known, and loads nothing.
#[test]
fn what_is_peeked_at_is_not_loaded() {
    let db = filled();
    let session = db.session();
    let order = session.get_one::<Order>(1).unwrap();
    db.sql();
    let any = Obj::any(&order);
    assert_eq!(any.peek_related("user").unwrap(), Related::NotLoaded);
    assert_eq!(any.peek_related("items").unwrap(), Related::NotLoaded);
    assert!(!order.items().is_loaded().unwrap());
    let history = any.history("user").unwrap();
    assert_eq!((history.added.len(), history.unchanged.len(), history.deleted.len()), (0, 0, 0));
    assert_eq!(db.statements(), 0);
    order.user().unwrap();
    let history = any.history("user").unwrap();
    assert_eq!((history.added.len(), history.unchanged.len(), history.deleted.len()), (0, 1, 0));
}

orm::registry!(
    /// These classes.
    pub Parts
);

/// A part has its number within its whole.
#[derive(Mapped, Debug)]
#[mapped(registry = Parts)]
pub struct Part {
    #[column(primary_key)]
    pub whole: i64,
    #[column(primary_key)]
    pub number: i64,
    #[relationship(
        primaryjoin = Part::whole.eq(Screw::whole.foreign()).and(Part::number.eq(Screw::number.foreign())).and(Part::number.eq(Part::whole)),
        order_by = Screw::id,
    )]
    pub own: Many<Screw>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Parts)]
pub struct Screw {
    #[column(primary_key)]
    pub id: i64,
    pub whole: Option<i64>,
    pub number: Option<i64>,
    #[relationship(primaryjoin = Part::whole.eq(Screw::whole.foreign()).and(Part::number.eq(Screw::number.foreign())), overlaps = "own")]
    pub part: Option<One<Part>>,
    #[relationship(primaryjoin = Screw::number.foreign().eq(Part::number).and(Part::whole.eq(Screw::whole.foreign())), overlaps = "own, part")]
    pub reversed: Option<One<Part>>,
    /// Not by the key alone.
    #[relationship(
        primaryjoin = Part::whole
            .eq(Screw::whole.foreign())
            .and(Part::number.eq(Screw::number.foreign()))
            .and(Part::number.eq(Screw::id)), overlaps = "own, part, reversed")]
    pub same: Option<One<Part>>,
}

fn parts() -> Db {
    let db = Db::empty();
    Parts::create_all(&db.engine).unwrap();
    db.run("INSERT INTO part VALUES (1, 1), (1, 2), (2, 1)");
    db.run("INSERT INTO screw VALUES (1, 1, 2), (2, 1, 1), (3, NULL, 1), (4, 1, NULL), (5, 1, 9), (6, 1, 2)");
    db.sql();
    db
}

/// A key of several columns is looked up in the session, in whatever order the condition names them.
#[test]
fn a_reference_of_several_columns() {
    let db = parts();
    let session = db.session();
    let part = session.get_one::<Part>((1, 2)).unwrap();
    let screw = session.get_one::<Screw>(6).unwrap();
    db.sql();
    assert_eq!(screw.part().unwrap().as_ref(), Some(&part));
    assert_eq!(screw.reversed().unwrap().as_ref(), Some(&part));
    assert_eq!(db.statements(), 0);
    assert_eq!(screw.same().unwrap(), None);
    expect![[r#"
        SELECT "part"."whole", "part"."number" FROM "part" WHERE "part"."whole" = ? AND "part"."number" = ? AND "part"."number" = ? [1, 2, 6]
    "#]].assert_eq(&db.sql());

    // A part of the key that is NULL leads to nothing, without a statement; a row that is missing takes one.
    for (id, statements) in [(3, 0), (4, 0), (5, 1)] {
        let screw = session.get_one::<Screw>(id).unwrap();
        db.sql();
        assert_eq!(screw.part().unwrap(), None);
        assert_eq!(db.statements(), statements, "{id}");
    }
}

/// A condition on the parent's own row is asked of the database with the value that the parent has.
#[test]
fn a_condition_on_the_parents_own_row() {
    let db = parts();
    let session = db.session();
    let parts = session.scalars(select(Part).order_by((Part::whole, Part::number))).unwrap().all().unwrap();
    db.sql();
    let own: Vec<usize> = parts.iter().map(|part| part.own().len().unwrap()).collect();
    assert_eq!(own, [1, 0, 0]);
    expect![[r#"
        SELECT "screw"."id", "screw"."whole", "screw"."number" FROM "screw" WHERE ? = "screw"."whole" AND ? = "screw"."number" AND ? = ? ORDER BY "screw"."id" [1, 1, 1, 1]
        SELECT "screw"."id", "screw"."whole", "screw"."number" FROM "screw" WHERE ? = "screw"."whole" AND ? = "screw"."number" AND ? = ? ORDER BY "screw"."id" [1, 2, 2, 1]
        SELECT "screw"."id", "screw"."whole", "screw"."number" FROM "screw" WHERE ? = "screw"."whole" AND ? = "screw"."number" AND ? = ? ORDER BY "screw"."id" [2, 1, 1, 2]
    "#]].assert_eq(&db.sql());
    for option in [selectin(Part::own), joined(Part::own), subquery(Part::own), immediate(Part::own)] {
        let session = db.session();
        let parts = session
            .scalars(select(Part).order_by((Part::whole, Part::number)).options(option))
            .unwrap()
            .all()
            .unwrap();
        let trees: Vec<String> = parts.iter().map(tree).collect();
        assert_eq!(trees, ["Part#1,1(own: [Screw#2])", "Part#1,2(own: [])", "Part#2,1(own: [])"]);
    }
    db.sql();
    // Asked for as well as read.
    let with = session.scalars(select(Part).filter(Part::own.any(Screw::id.gt(0)))).unwrap().all().unwrap();
    assert_eq!(with.len(), 1);
    expect![[r#"
        SELECT "part"."whole", "part"."number" FROM "part" WHERE EXISTS (SELECT ? FROM "screw" WHERE "part"."whole" = "screw"."whole" AND "part"."number" = "screw"."number" AND "part"."number" = "part"."whole" AND "screw"."id" > ?) [1, 0]
    "#]].assert_eq(&db.sql());
}

/// `noload` of a reference: nothing, though the object is in the session.
#[test]
fn what_is_left_empty_stays_empty() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let query = select(Order).filter(Order::id.eq(1)).options((noload(Order::user), noload(Order::items)));
    let order = session.scalars(query).unwrap().one().unwrap();
    db.sql();
    assert_eq!(order.user().unwrap(), None);
    assert_eq!(order.items().len().unwrap(), 0);
    assert_eq!(db.statements(), 0);
    // What is left out isn't a change.
    assert!(!Obj::any(&order).is_modified());
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT user_id FROM orders WHERE id = 1"), "1\n");
    assert_eq!(ed.orders().len().unwrap(), 2);
}

mod barred {
    //! Classes whose relationships may not be loaded by reading them.

    use orm::prelude::*;

    orm::registry!(pub Barred);

    #[derive(Mapped)]
    #[mapped(registry = Barred)]
    pub struct Shop {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(lazy = "raise", back_populates = "shop", cascade = "all, delete-orphan", order_by = Till::id)]
        pub tills: Many<Till>,
        #[relationship(lazy = "raise_on_sql", order_by = Sign::id)]
        pub signs: Many<Sign>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Barred)]
    pub struct Till {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Shop::id)]
        pub shop_id: i64,
        #[relationship(lazy = "raise_on_sql", back_populates = "tills")]
        pub shop: One<Shop>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Barred)]
    pub struct Sign {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Shop::id)]
        pub shop_id: Option<i64>,
        #[relationship(lazy = "raise_on_sql", overlaps = "signs")]
        pub shop: Option<One<Shop>>,
    }
}

/// What a query says of how relationships are loaded counts for its objects when they are expired too. With `like_sqlalchemy`
/// an expired object is read as its class declares, until its row was read by those options.
#[test]
fn what_may_not_be_read_of_an_expired_object() {
    use barred::{Barred, Shop};
    let db = Db::empty();
    Barred::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO shop VALUES (1); INSERT INTO till VALUES (1, 1), (2, 1); INSERT INTO sign VALUES (1, 1)",
    );
    let refused = Err(Code::RaiseOnLoad);
    for is_like in [false, true] {
        let config = SessionConfig::default().like_sqlalchemy(is_like);
        let tills = |shop: &Obj<Shop>| shop.tills().len().map_err(|error| error.code());
        let signs = |shop: &Obj<Shop>| shop.signs().len().map_err(|error| error.code());
        let session = Session::with_config(&db.engine, config);
        let one = |query: orm::Select<Obj<Shop>>| session.scalars(query).unwrap().one().unwrap();

        let shop = one(select(Shop).options((joined(Shop::tills), selectin(Shop::signs))));
        session.expire(&shop).unwrap();
        db.sql();
        assert_eq!((tills(&shop), db.statements()), if is_like { (refused, 0) } else { (Ok(2), 2) });
        // A statement may run, and its row comes with what the options say.
        session.expire(&shop).unwrap();
        db.sql();
        assert_eq!((signs(&shop), tills(&shop), db.statements()), (Ok(1), Ok(2), 2));

        session.expunge_all();
        let shop = one(select(Shop).options((lazy(Shop::tills), lazy(Shop::signs))));
        assert_eq!(tills(&shop), Ok(2));
        session.expire(&shop).unwrap();
        // Its row is read, but not by its options.
        one(select(Shop));
        let read = if is_like { (refused, refused) } else { (Ok(2), Ok(1)) };
        assert_eq!((tills(&shop), signs(&shop)), read);
        // Those of another query count.
        session.expire(&shop).unwrap();
        one(select(Shop).options(lazy(Shop::tills)));
        assert_eq!(tills(&shop), Ok(2));
        session.refresh(&shop).unwrap();
        assert_eq!((tills(&shop), signs(&shop)), (Ok(2), Ok(1)));

        let db = filled();
        let session = Session::with_config(&db.engine, config);
        let query =
            select(User).filter(User::id.eq(1)).options((raise(User::orders), raise_on_sql(User::addresses)));
        let user = session.scalars(query).unwrap().one().unwrap();
        let read = |user: &Obj<User>| {
            let orders = user.orders().len().map_err(|error| error.code());
            (orders, user.addresses().len().map_err(|error| error.code()))
        };
        assert_eq!(read(&user), (refused, refused));
        session.expire(&user).unwrap();
        let orders = user.orders().len().map_err(|error| error.code());
        assert_eq!(orders, if is_like { Ok(2) } else { refused });
        session.expire(&user).unwrap();
        let addresses = user.addresses().len().map_err(|error| error.code());
        assert_eq!(addresses, if is_like { Ok(2) } else { refused });
        session.expire(&user).unwrap();
        user.name().unwrap();
        assert_eq!(read(&user), (refused, refused));
    }
}

/// What may not be loaded by reading it is read where no statement runs: of what the session has, and where there is no key.
/// A flush loads what it has to know all the same.
#[test]
fn what_may_not_be_read_is_loaded_by_a_flush() {
    use barred::{Barred, Shop, Sign, Till};
    let db = Db::empty();
    Barred::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO shop VALUES (1), (2); INSERT INTO till VALUES (1, 1), (2, 1), (3, 2);
         INSERT INTO sign VALUES (1, 1), (2, NULL)",
    );
    let session = db.session();
    let shop = session.get_one::<Shop>(1).unwrap();
    let tills = session.scalars(select(Till).order_by(Till::id)).unwrap().all().unwrap();
    let signs = session.scalars(select(Sign).order_by(Sign::id)).unwrap().all().unwrap();
    db.sql();
    assert_eq!(tills[0].shop().unwrap(), shop);
    assert_eq!((signs[0].shop().unwrap().as_ref(), signs[1].shop().unwrap()), (Some(&shop), None));
    assert_eq!(tills[2].shop().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    assert_eq!(shop.tills().len().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    assert_eq!(shop.signs().len().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    assert_eq!(db.sql(), "");
    session.delete(&shop).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "till"."id", "till"."shop_id" FROM "till" WHERE ? = "till"."shop_id" ORDER BY "till"."id" [1]
        SELECT "sign"."id", "sign"."shop_id" FROM "sign" WHERE ? = "sign"."shop_id" ORDER BY "sign"."id" [1]
        UPDATE "sign" SET "shop_id" = ? WHERE "id" = ? [NULL, 1]
        DELETE FROM "till" WHERE "id" = ? [1]
        DELETE FROM "till" WHERE "id" = ? [2]
        DELETE FROM "shop" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT id FROM till"), "3\n");
    assert_eq!(db.rows("SELECT count(*) FROM sign WHERE shop_id IS NULL"), "2\n");
}

/// Whether an object that is there meets the condition of an option only its row tells.
#[test]
fn the_condition_of_an_option_holds_for_what_the_session_has() {
    let db = filled();
    let session = db.session();
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    let narrowed = lazy(Order::user).and(User::name.ne("ed"));
    let query = select(Order).order_by(Order::id).options(narrowed);
    let orders = session.scalars(query).unwrap().all().unwrap();
    db.sql();
    assert_eq!(orders[0].user().unwrap(), None, "{users:?}");
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? AND "user_account"."name" <> ? [1, 'ed']
    "#]].assert_eq(&db.sql());
    session.expunge_all();
    let order = session.scalars(select(Order).filter(Order::id.eq(1))).unwrap().one().unwrap();
    assert!(order.user().unwrap().is_some(), "what isn't narrowed leads to it");
}
