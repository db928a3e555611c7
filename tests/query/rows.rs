//! Rows: objects, values, tuples, what may be missing, counts.

use super::asked;
use expect_test::expect;
use orm::prelude::*;
use orm::{AnyItem, Code};
use tests::models::*;

#[test]
fn tuples_of_objects_and_values() {
    asked(
        select((User, Address.optional(), (User::name, func::length(Address::email).optional())))
            .outer_join(User::addresses)
            .order_by((User::id, Address::id)),
        expect![[r#"
            (User#1, Some(Address#1), ("ed", Some(4)))
            (User#1, Some(Address#2), ("ed", Some(4)))
            (User#2, Some(Address#3), ("jack", Some(6)))
            (User#3, None, ("mary", None))
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "address"."id", "address"."email", "address"."user_id", "user_account"."name", length("address"."email") FROM "user_account" LEFT JOIN "address" ON "user_account"."id" = "address"."user_id" ORDER BY "user_account"."id", "address"."id"
        "#]],
    );
}

#[test]
fn what_is_missing_says_how_to_ask_for_it() {
    asked(
        select((User, Profile)).outer_join(User::profile).order_by(User::id),
        expect![[r#"
        [value] `Profile`: a row has no `Profile`; help: select `Profile.optional()`, which gives an `Option`
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "profile"."id", "profile"."text", "profile"."user_id" FROM "user_account" LEFT JOIN "profile" ON "user_account"."id" = "profile"."user_id" ORDER BY "user_account"."id"
    "#]],
    );
    asked(
        select((User::id, Profile::id)).outer_join(User::profile).order_by(User::id),
        expect![[r#"
        [value] `id`: expected an integer, found NULL; help: ask for it by `.optional()`, which gives an `Option`
        SELECT "user_account"."id", "profile"."id" FROM "user_account" LEFT JOIN "profile" ON "user_account"."id" = "profile"."user_id" ORDER BY "user_account"."id"
    "#]],
    );
    asked(
        select((User::id, Profile::id.optional())).outer_join(User::profile).order_by(User::id),
        expect![[r#"
            (1, Some(1))
            (2, None)
            (3, None)
            SELECT "user_account"."id", "profile"."id" FROM "user_account" LEFT JOIN "profile" ON "user_account"."id" = "profile"."user_id" ORDER BY "user_account"."id"
        "#]],
    );
}

#[test]
fn the_first_item_of_each_row() {
    let (_db, session) = super::session();
    let query = select((User, Address::email)).join(User::addresses).order_by(Address::id);
    let users = session.scalars(&query).unwrap().all().unwrap();
    assert_eq!(users.len(), 2, "each object comes once");
    assert_eq!(session.execute(&query).unwrap().all().unwrap().len(), 3);
    assert_eq!(session.scalar(select(func::count_all()).from(User)).unwrap(), Some(3));
    assert_eq!(session.scalar(select(User::id).filter(User::id.eq(9))).unwrap(), None);
}

#[test]
fn what_is_joined_is_counted_as_it_is_read() {
    let (db, session) = super::session();
    let users = || select(User).order_by(User::id);
    let counted = |query: orm::Select<Obj<User>>| {
        let count = session.scalars(&query).unwrap().count().unwrap();
        assert_eq!(session.scalars(&query).unwrap().exists().unwrap(), count > 0);
        assert_eq!(session.scalars(query).unwrap().all().unwrap().len(), count);
        count
    };
    db.sql();
    let query = users().options(joined(User::orders).inner());
    session.scalars(&query).unwrap().count().unwrap();
    session.scalars(query.limit(2)).unwrap().exists().unwrap();
    expect![[r#"
        SELECT count(*) FROM (SELECT DISTINCT * FROM (SELECT "user_account"."id" AS "item 0", "user_account"."name" AS "item 1", "user_account"."fullname" AS "item 2" FROM "user_account" JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id") AS "counted") AS "rows"
        SELECT EXISTS (SELECT "user_account_1"."id" AS "item 0", "user_account_1"."name" AS "item 1", "user_account_1"."fullname" AS "item 2" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" JOIN "orders" AS "orders_2" ON "user_account_1"."id" = "orders_2"."user_id") [2]
    "#]].assert_eq(&db.sql());
    assert_eq!(counted(users().options(joined(User::orders).inner())), 1);
    assert_eq!(counted(users().options(joined(User::addresses).inner())), 2);
    assert_eq!(counted(users().options(joined(User::addresses).inner()).limit(2).offset(1)), 1);
    assert_eq!(counted(users().options(joined(User::orders).inner().and(Order::note.eq("none")))), 0);
    assert_eq!(counted(users().options(joined(User::orders))), 3);
    assert_eq!(counted(users().options(selectin(User::orders).options(joined(Order::items).inner()))), 3);
    let options = joined(User::orders).inner().options(joined(Order::items).inner());
    assert_eq!(counted(users().options(options)), 1);
    let orders = users().join(User::orders);
    assert_eq!(
        counted(orders.options(contains_eager(User::orders).options(joined(Order::items).inner()))),
        1
    );
    // Rows of several things, of which those that are the same come once, since what is joined makes several of one.
    for query in [
        select((User::name, User)).join(User::addresses),
        select((User::name, User)).join(User::addresses).options(joined(User::orders)),
        select((User::name, User)).join(User::addresses).options(joined(User::orders).inner()),
    ] {
        let count = session.execute(&query).unwrap().count().unwrap();
        assert_eq!(session.execute(query).unwrap().all().unwrap().len(), count);
    }
    // Plain values have nothing joined to them.
    assert_eq!(session.values(select(User)).unwrap().count().unwrap(), 3);
}

#[test]
fn one_first_count_exists() {
    let (db, session) = super::session();
    let all = select(User).order_by(User::id);
    db.sql();
    assert_eq!(session.scalars(&all).unwrap().count().unwrap(), 3);
    assert!(session.scalars(&all).unwrap().exists().unwrap());
    expect![[r#"
        SELECT count(*) FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id") AS "rows"
        SELECT EXISTS (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id")
    "#]].assert_eq(&db.sql());
    let joined = select(User).join(User::addresses);
    assert_eq!(session.scalars(&joined).unwrap().count().unwrap(), 2);
    assert_eq!(session.scalars(joined.clone().limit(2)).unwrap().count().unwrap(), 1);
    assert_eq!(session.scalars(joined.limit(2)).unwrap().all().unwrap().len(), 1);
    let rows = select((User::name, User::name)).join(User::addresses);
    assert_eq!(session.execute(&rows).unwrap().count().unwrap(), 3);
    assert_eq!(session.execute(&rows).unwrap().unique().count().unwrap(), 2);
    let one = session.execute(select((User::id, User::name)).filter(User::id.eq(1))).unwrap().one().unwrap();
    assert_eq!(one, (1, "ed".to_owned()));
    let several = session.execute(select(User::id)).unwrap().one_or_none().map_err(|error| error.code());
    assert_eq!(several, Err(Code::MultipleResults));
    let none = session.execute(select(User::id).filter(User::id.eq(9))).unwrap().one();
    assert_eq!(none.map_err(|error| error.code()), Err(Code::NoResult));
}

#[test]
fn chunks_and_one_by_one() {
    let (_db, session) = super::session();
    let mut sizes = Vec::new();
    let query = select(Address::id).order_by(Address::id);
    session
        .scalars(&query)
        .unwrap()
        .chunks(2, |rows| {
            sizes.push(rows.len());
            Ok(())
        })
        .unwrap();
    assert_eq!(sizes, [2, 1]);
    let mut seen = Vec::new();
    let query = select(User).join(User::addresses).order_by(Address::id);
    session
        .scalars(&query)
        .unwrap()
        .each(|user| {
            seen.push(user.id()?);
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, [1, 2], "what came directly before is left out");
}

#[test]
fn objects_are_those_of_the_session() {
    let (_db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    let (user, name) =
        session.execute(select((User, User::name)).filter(User::id.eq(1))).unwrap().one().unwrap();
    assert_eq!(user, ed);
    assert_eq!(name, "ed");
}

#[test]
fn what_is_there_is_overwritten_where_wanted() {
    let (_db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    ed.set_name("changed").unwrap();
    let query = select(User).filter(User::id.eq(1)).autoflush(false);
    session.scalars(&query).unwrap().one().unwrap();
    assert_eq!(ed.name().unwrap(), "changed");
    session.scalars(query.populate_existing()).unwrap().one().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
}

#[test]
fn rows_by_name() {
    let (_db, session) = super::session();
    let mapper = Models::mapper("User").unwrap();
    let query = select(mapper.entity()).filter(mapper.attr("name").unwrap().eq("ed"));
    let found = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(found.get("id").unwrap(), 1.into());
    let values = select((mapper.attr("id").unwrap(), mapper.attr("fullname").unwrap()));
    let rows = session.execute(values.order_by(User::id)).unwrap().all().unwrap();
    assert_eq!(rows[1], (2.into(), orm::Value::Null));
    let _ = AnyItem::Value(orm::Value::Null);
}

#[derive(FromRow, Debug, PartialEq)]
struct Report {
    name: String,
    orders: i64,
    last: Option<i64>,
}

#[derive(FromRow, Debug, PartialEq)]
struct Only<T>(T);

#[test]
fn rows_as_structs() {
    let (_db, session) = super::session();
    let query = select((User::name, func::count(Order::id), func::max(Order::id)))
        .outer_join(User::orders)
        .group_by(User::id)
        .order_by(User::id);
    let reports = session.execute(&query).unwrap().into::<Report>().all().unwrap();
    assert_eq!(reports[0], Report { name: "ed".to_owned(), orders: 2, last: Some(2) });
    assert_eq!(reports[2], Report { name: "mary".to_owned(), orders: 0, last: None });
    let only =
        session.execute(select(User::id).order_by(User::id)).unwrap().into::<Only<i64>>().first().unwrap();
    assert_eq!(only, Some(Only(1)));
}

#[test]
fn plain_values_are_kept_nowhere() {
    let (db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    ed.set_name("changed").unwrap();
    session.flush().unwrap();
    db.sql();
    let query = select(User).join(User::addresses).order_by(User::id);
    let users: Vec<User> = session.values(&query).unwrap().all().unwrap();
    let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(names, ["changed", "jack"], "each once");
    assert_eq!((users[1].id, users[1].fullname.as_deref()), (2, None));
    assert_eq!(db.statements(), 1);
    let pairs: Vec<(User, Option<Profile>)> = session
        .values(select((User, Profile.optional())).outer_join(User::profile).order_by(User::id))
        .unwrap()
        .all()
        .unwrap();
    assert_eq!(pairs[0].1.as_ref().map(|profile| profile.id), Some(1));
    assert_eq!(pairs[1].1, None);
    let (name, count) = session
        .values(select((User::name, func::count_all())).group_by(User::name).order_by(User::name))
        .unwrap()
        .first()
        .unwrap()
        .unwrap();
    assert_eq!((name.as_str(), count), ("changed", 1));
}

/// However rows are read, it is by one statement; an object by its key is asked for once.
#[test]
fn each_way_to_read_rows_is_one_statement() {
    let (db, session) = super::session();
    let query = || select((User::id, User::name)).filter(User::id.lt(3)).order_by(User::id);
    let rows = || session.execute(query()).unwrap();
    db.sql();
    let told = |ways: &[&dyn Fn() -> usize]| {
        let counts: Vec<usize> = ways.iter().map(|way| way()).collect();
        format!("{counts:?}\n{}", db.sql())
    };
    let in_chunks = || {
        let mut count = 0;
        let add = |rows: Vec<(i64, String)>| {
            count += rows.len();
            Ok(())
        };
        rows().chunks(1, add).unwrap();
        count
    };
    let each = || {
        let mut count = 0;
        let add = |_| {
            count += 1;
            Ok(())
        };
        rows().each(add).unwrap();
        count
    };
    expect![[r#"
        [2, 2, 1, 2, 2, 2, 2]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" [3]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" [3]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" [3]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" [3]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" [3]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" [3]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" [3]
    "#]].assert_eq(&told(&[
        &|| rows().all().unwrap().len(),
        &|| rows().unique().all().unwrap().len(),
        &|| rows().first().unwrap().iter().count(),
        &|| session.scalars(query()).unwrap().all().unwrap().len(),
        &|| rows().into::<Pair>().all().unwrap().len(),
        &in_chunks,
        &each,
    ]));
    let one = || session.execute(query().limit(1)).unwrap();
    expect![[r#"
        [2, 1, 1, 1, 1, 0]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" LIMIT ? [3, 1]
        SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" LIMIT ? [3, 1]
        SELECT count(*) FROM (SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" LIMIT ?) AS "rows" [3, 1]
        SELECT EXISTS (SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ? ORDER BY "user_account"."id" LIMIT ?) [3, 1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [9]
    "#]].assert_eq(&told(&[
        &|| one().one().unwrap().1.len(),
        &|| one().one_or_none().unwrap().iter().count(),
        &|| one().count().unwrap(),
        &|| usize::from(one().exists().unwrap()),
        &|| session.get::<User>(1).unwrap().iter().count(),
        &|| session.get::<User>(9).unwrap().iter().count(),
    ]));
    let known = session.get_one::<User>(1).unwrap();
    db.sql();
    assert_eq!(session.get::<User>(1).unwrap(), Some(known));
    assert_eq!(db.statements(), 0);
}

#[derive(FromRow, Debug)]
#[allow(dead_code, reason = "the rows are only counted")]
struct Pair {
    id: i64,
    name: String,
}

/// Items under their names: columns, labels, objects, and what SQL of the user's calls them.
#[test]
fn rows_by_names() {
    let (db, session) = super::session();
    let letters = func::length(User::name).label("letters");
    let query = select((
        User,
        Address.optional(),
        Address::email.optional().label("email"),
        letters,
        func::count(Address::id),
    ))
    .outer_join(User::addresses)
    .group_by((User::id, Address::id))
    .order_by((User::id, Address::id));
    let rows = session.execute(query).unwrap().mappings().all().unwrap();
    assert_eq!(db.statements(), 1);
    assert_eq!(rows.len(), 4);
    let first = &rows[0];
    assert_eq!(first.names().collect::<Vec<_>>(), ["User", "Address", "email", "letters"]);
    assert_eq!(first.iter().count(), 5);
    assert_eq!(
        (first.get::<String>("email").unwrap().as_str(), first.get::<i64>("letters").unwrap()),
        ("ed@x", 2)
    );
    let ed = session.get_one::<User>(1).unwrap();
    assert_eq!(first.object("User").unwrap(), Some(Obj::any(&ed)));
    let last = &rows[3];
    assert_eq!(last.object("Address").unwrap(), None);
    assert_eq!(last.get::<Option<String>>("email").unwrap(), None);
    let wrong = |error: orm::Error| error.to_string();
    expect!["[value] `email`: expected text, found NULL; help: ask for an `Option`"]
        .assert_eq(&wrong(last.get::<String>("email").unwrap_err()));
    expect!["[query] a row has no item `mail`; help: there are `User`, `Address`, `email`, `letters`"]
        .assert_eq(&wrong(last.get::<String>("mail").unwrap_err()));
    expect![r#"[query] `User` is an object, and no value; help: ask for it by `.object("User")`"#]
        .assert_eq(&wrong(last.get::<String>("User").unwrap_err()));
    expect![r#"[query] `letters` is a value, and no object; help: ask for it by `.get("letters")`"#]
        .assert_eq(&wrong(last.object("letters").unwrap_err()));
    let twice = select((User::id, Address::id)).join(User::addresses);
    let twice = session.execute(twice).unwrap().mappings().first().unwrap().unwrap();
    expect![r#"[query] a row has several items `id`; help: give them names by `.label("...")`"#]
        .assert_eq(&wrong(twice.get::<i64>("id").unwrap_err()));
    let other = orm::aliased(User);
    let both = select((User, other)).filter(User::id.lt(other.of(User::id)));
    let both = session.execute(both).unwrap().mappings().first().unwrap().unwrap();
    expect![r#"[query] a row has several items `User`; help: give them names by `.label("...")`"#]
        .assert_eq(&wrong(both.object("User").unwrap_err()));
    assert_eq!(both.iter().count(), 2);
    let text =
        select_text("SELECT id, upper(name) AS loud FROM user_account ORDER BY id").rows::<orm::AnyRow>();
    let text = session.execute(text).unwrap().mappings().all().unwrap();
    assert_eq!(text[1].get::<String>("loud").unwrap(), "JACK");
    // Equal rows once, and one after another.
    let names = select((User::name,)).join(User::addresses).order_by(User::id);
    assert_eq!(session.execute(&names).unwrap().unique().mappings().all().unwrap().len(), 2);
    let mut seen = 0;
    let each = session.execute(&names).unwrap().mappings().each(|row| {
        seen += row.get::<String>("name")?.len();
        Ok(())
    });
    each.unwrap();
    assert_eq!(seen, 8);
}

/// Objects of one class are told apart by labels, which count for rows by names alone: the statement is the same, and may be one
/// that ran before.
#[test]
fn objects_of_a_row_have_names() {
    let (db, session) = super::session();
    let other = orm::aliased(User);
    let on = || User::id.lt(other.of(User::id));
    let names = |row: &orm::NamedRow| row.names().map(str::to_owned).collect::<Vec<_>>();
    let id = |row: &orm::NamedRow, name: &str| {
        let object = row.object(name).unwrap()?;
        Some(Obj::downcast::<User>(&object).unwrap().id().unwrap())
    };
    let mut told = Vec::new();
    for label in ["second", "other"] {
        let query =
            select((User, other.labelled(label))).filter(on()).order_by((User::id, other.of(User::id)));
        let row = session.execute(query).unwrap().mappings().first().unwrap().unwrap();
        assert_eq!(names(&row), ["User", label]);
        assert_eq!((id(&row, "User"), id(&row, label)), (Some(1), Some(2)));
        told.push(db.sql());
    }
    assert_eq!(told[0], told[1]);
    // Behind an outer join, of the class itself, and of a query; the rows are read in their order all the same.
    let query = select((User.label("first"), other.optional().label("last")))
        .outer_join(other.on(on()))
        .filter(User::id.eq(3));
    let row = session.execute(query.clone()).unwrap().mappings().one().unwrap();
    assert_eq!((names(&row), id(&row, "last")), (vec!["first".to_owned(), "last".to_owned()], None));
    let (first, last): (Obj<User>, Option<Obj<User>>) = session.execute(query).unwrap().one().unwrap();
    assert_eq!((first.id().unwrap(), last), (3, None));
    let few = select(User).filter(User::id.lt(3)).subquery("few");
    let few = orm::aliased_as(User, &few);
    let query = select((User, few.label("few"))).filter(User::id.gt(few.of(User::id))).order_by(User::id);
    let row = session.execute(query).unwrap().mappings().first().unwrap().unwrap();
    assert_eq!((id(&row, "User"), id(&row, "few")), (Some(2), Some(1)));
    // By names.
    let (user, other) = (super::by_name::mapper("User").entity(), super::by_name::mapper("User").aliased());
    let query = select(vec![user.label("one").into(), orm::Selected::from(&other)])
        .filter(user.attr("id").unwrap().lt(other.attr("id").unwrap()));
    let row = session
        .execute(query.order_by(user.attr("id").unwrap()))
        .unwrap()
        .mappings()
        .first()
        .unwrap()
        .unwrap();
    assert_eq!((names(&row), id(&row, "one")), (vec!["one".to_owned(), "User".to_owned()], Some(1)));
}

/// A result that is kept is a list: its objects are handles, which cost nothing to copy, and another session takes them by
/// `merge`; nothing is asked for again.
#[test]
fn a_result_that_is_kept() {
    let (db, session) = super::session();
    let kept = session.scalars(select(User).options(orm::selectin(User::addresses))).unwrap().all().unwrap();
    db.sql();
    let again = kept.clone();
    assert_eq!(again[0].addresses().len().unwrap(), 2);
    assert_eq!(db.statements(), 0);
    let other = Session::new(&db.engine);
    let merged: Vec<Obj<User>> = again.iter().map(|user| other.merge(user).unwrap()).collect();
    assert_eq!(merged[0].addresses().len().unwrap(), 2);
    assert_ne!(merged[0], kept[0]);
    db.sql();
    other.flush().unwrap();
    assert_eq!(db.sql(), "");
}
