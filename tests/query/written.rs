//! Queries that are written as SQL.

use expect_test::expect;
use orm::prelude::*;
use orm::query::IntoSelect;
use orm::{AnyItem, AnyRow, Row, Value};
use tests::models::*;
use tests::{Db, show};

use super::{asked, session};

/// The error of a query.
fn wrong<R: Row + std::fmt::Debug>(query: impl IntoSelect<R>) -> String {
    let (db, session) = session();
    let error = show(session.execute(query).and_then(|rows| rows.all()));
    assert!(db.statements() <= 1);
    error
}

#[test]
fn rows_hold_values() {
    asked(
        select_text(
            "SELECT id, name, fullname FROM user_account WHERE id < ? AND name <> '?' ORDER BY id -- ?",
        )
        .bind(3)
        .rows::<(i64, String, Option<String>)>(),
        expect![[r#"
            (1, "ed", Some("Ed Jones"))
            (2, "jack", None)
            SELECT id, name, fullname FROM user_account WHERE id < ? AND name <> '?' ORDER BY id -- ?
             [3]
        "#]],
    );
    asked(
        select_text(" SELECT count(*) FROM address ;\n").rows::<i64>(),
        expect![[r#"
        3
         SELECT count(*) FROM address
    "#]],
    );
    asked(
        select_text("WITH n(x) AS (VALUES (1), (2)) SELECT x, x * 1.5, NULL FROM n").rows::<(
            i64,
            f64,
            Option<String>,
        )>(),
        expect![[r#"
            (1, 1.5, None)
            (2, 3.0, None)
            WITH n(x) AS (VALUES (1), (2)) SELECT x, x * 1.5, NULL FROM n
        "#]],
    );
}

#[derive(FromRow, Debug, PartialEq)]
struct Named {
    id: i64,
    name: String,
}

#[test]
fn rows_run_as_those_of_other_queries() {
    let (db, session) = session();
    let query = select_text("SELECT id, name FROM user_account ORDER BY id").rows::<(i64, String)>();
    let all = session.execute(&query).unwrap().all().unwrap();
    assert_eq!(session.execute(&query).unwrap().count().unwrap(), all.len());
    assert!(session.execute(&query).unwrap().exists().unwrap());
    assert_eq!(session.execute(&query).unwrap().first().unwrap().as_ref(), all.first());
    assert_eq!(session.values(&query).unwrap().all().unwrap(), all);
    let ids: Vec<i64> = all.iter().map(|(id, _)| *id).collect();
    assert_eq!(session.scalars(&query).unwrap().all().unwrap(), ids);
    assert_eq!(session.scalar(&query).unwrap(), Some(ids[0]));
    let mut each = Vec::new();
    let add = |row| {
        each.push(row);
        Ok(())
    };
    session.execute(&query).unwrap().each(add).unwrap();
    assert_eq!(each, all);
    let mut chunks = Vec::new();
    let add = |rows: Vec<_>| {
        chunks.push(rows.len());
        Ok(())
    };
    session.execute(&query).unwrap().chunks(2, add).unwrap();
    assert_eq!(chunks.iter().sum::<usize>(), all.len());
    let named = session.execute(&query).unwrap().into::<Named>().first().unwrap();
    assert_eq!(named, Some(Named { id: all[0].0, name: all[0].1.clone() }));
    let one = select_text("SELECT id FROM user_account WHERE name = ?").bind(all[1].1.as_str()).rows::<i64>();
    assert_eq!(session.scalars(&one).unwrap().one().unwrap(), ids[1]);
    let none = select_text("SELECT id FROM user_account WHERE 0").rows::<i64>();
    assert_eq!(session.scalars(&none).unwrap().one_or_none().unwrap(), None);
    assert!(!session.scalars(&none).unwrap().exists().unwrap());
    let twice = select_text("SELECT 1 UNION ALL SELECT 1").rows::<i64>();
    assert_eq!(session.scalars(&twice).unwrap().count().unwrap(), 2);
    assert_eq!(session.scalars(&twice).unwrap().unique().count().unwrap(), 1);
    assert_eq!(session.scalars(&twice).unwrap().unique().all().unwrap(), [1]);
    db.sql();
    expect!["SELECT id, name FROM user_account ORDER BY id"].assert_eq(&session.sql(&query).unwrap());
}

#[test]
fn what_changed_is_flushed_first() {
    let (_db, session) = session();
    session.add(User::builder().name("zoe")).unwrap();
    let query = select_text("SELECT count(*) FROM user_account WHERE name = 'zoe'").rows::<i64>();
    let without = query.clone().autoflush(false);
    assert_eq!(session.scalars(without).unwrap().one().unwrap(), 0);
    assert_eq!(session.scalars(query).unwrap().one().unwrap(), 1);
}

#[test]
fn a_row_may_hold_what_there_is() {
    let (_db, session) = session();
    let query = select_text("SELECT 1 AS one, 'two', NULL").rows::<AnyRow>();
    let row = session.execute(&query).unwrap().one().unwrap();
    let value = AnyItem::Value;
    let expected = vec![value(Value::Int(1)), value(Value::Text("two".to_owned())), value(Value::Null)];
    assert_eq!(row, AnyRow(expected));
    assert_eq!(session.execute(query).unwrap().unique().count().unwrap(), 1);
}

#[test]
fn mistakes_say_which_and_how() {
    let rows = |sql: &str| select_text(sql).rows::<(i64, String)>();
    expect!["[query] the SQL gives 1 column, and a row holds 2 values; help: name as many types in `rows::<(...)>()` as the SQL has columns"].assert_eq(&wrong(rows("SELECT 1")));
    expect!["[query] the SQL gives 3 columns, and a row holds 2 values; help: name as many types in `rows::<(...)>()` as the SQL has columns"].assert_eq(&wrong(rows("SELECT 1, 'a', 2 WHERE 0")));
    expect!["[value] item 1 of the row: expected an integer, found text"]
        .assert_eq(&wrong(rows("SELECT 'a', 'b'")));
    expect!["[value] item 2 of the row: expected text, found NULL; help: ask for it by `.optional()`, which gives an `Option`"].assert_eq(&wrong(rows("SELECT 1, NULL")));
    expect!["[query] `SELECT ?, 'a'` has 1 question marks, and 0 values; help: give a value for each by `.bind(...)`"].assert_eq(&wrong(rows("SELECT ?, 'a'")));
    expect!["[database] no such column: nope (at byte 7)"].assert_eq(&wrong(rows("SELECT nope, 'a'")));
    expect!["[query] `User.id`: the SQL gives no column `id`; help: objects are known by their keys: select it; the SQL gives `name`"].assert_eq(&wrong(select_text("SELECT name FROM user_account WHERE 0").entities(User)));
    expect![[r#"[query] an expression without a name isn't found among the columns of SQL; help: give it the name that the SQL gives it: `.label("...")`"#]].assert_eq(&wrong(select_text("SELECT id FROM user_account").entities((User, func::count_all()))));
    expect!["[query] the SQL gives no column `name`; help: name it so in the SQL; it gives `id`"]
        .assert_eq(&wrong(select_text("SELECT id FROM user_account").entities((User::id, User::name))));
    let both = "SELECT u.*, a.* FROM user_account u JOIN address a ON a.user_id = u.id";
    expect!["[query] the column `id` of the SQL may be one or another; help: name it `user_account_id` in the SQL, or say what each column is by `.columns((...))`; the SQL gives `id`, `name`, `fullname`, `id`, `email`, `user_id`"].assert_eq(&wrong(select_text(both).entities((User, Address))));
    let once = "SELECT u.id, u.name, u.fullname, email, user_id FROM user_account u JOIN address a ON a.user_id = u.id";
    expect!["[query] the column `id` of the SQL may be one or another; help: name it `user_account_id` in the SQL, or say what each column is by `.columns((...))`; the SQL gives `id`, `name`, `fullname`, `email`, `user_id`"].assert_eq(&wrong(select_text(once).entities((User, Address))));
    expect!["[query] the SQL gives 6 columns, and `columns` names 2; help: name each column of the SQL, in their order"].assert_eq(&wrong(select_text(both).columns((User::id, User::name)).entities(User)));
    expect!["[query] the column `id` of the SQL may be one or another; help: name it `user_account_id` in the SQL, or say what each column is by `.columns((...))`; the SQL gives `id`, `name`, `fullname`"].assert_eq(&wrong(
        select_text("SELECT id, name, fullname FROM user_account").entities(User).options(contains_eager(User::addresses)),
    ));
    let (_db, session) = session();
    let query = select_text("SELECT id, name FROM user_account").entities(User);
    expect!["[query] `User.fullname`: the SQL gives no column `fullname`; help: a plain value has all its columns: select it, or take `rows`; the SQL gives `id`, `name`"].assert_eq(&show(session.values(query).and_then(|rows| rows.all())));
    let query = select(User::id).union(select_text("SELECT 7").rows::<i64>());
    expect![[r#"[query] SQL of your own is put together with a query; help: select from it: `select_text(...).columns(...).subquery("name")`"#]].assert_eq(&show(session.scalars(query).and_then(|rows| rows.all())));
}

#[test]
fn objects_find_their_columns_by_name() {
    asked(
        select_text("SELECT fullname, 1 AS more, NAME, id FROM user_account ORDER BY id DESC").entities(User),
        expect![[r#"
            User#3
            User#2
            User#1
            SELECT fullname, 1 AS more, NAME, id FROM user_account ORDER BY id DESC
        "#]],
    );
    let (db, session) = session();
    let query = select_text("SELECT id, upper(name) AS loud FROM user_account ORDER BY id LIMIT 1");
    let loud = text::<String>("").label("loud");
    let (user, name) = session.execute(query.entities((User, &loud))).unwrap().one().unwrap();
    assert_eq!(db.statements(), 1);
    assert_eq!(name, user.name().unwrap().to_uppercase());
    expect![[r#"
        SELECT "user_account"."name" FROM "user_account" WHERE "user_account"."id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn objects_are_those_of_the_session_once() {
    let (db, session) = session();
    let known = session.get_one::<User>(1).unwrap();
    known.set_name("changed").unwrap();
    let joined = "SELECT u.* FROM user_account u JOIN address a ON a.user_id = u.id ORDER BY u.id";
    let query = select_text(joined).entities(User).autoflush(false);
    db.sql();
    let users = session.scalars(&query).unwrap().all().unwrap();
    assert_eq!(users.first(), Some(&known));
    assert_eq!(known.name().unwrap(), "changed");
    assert_eq!(session.scalars(&query).unwrap().count().unwrap(), users.len());
    expect![[r#"
        SELECT u.* FROM user_account u JOIN address a ON a.user_id = u.id ORDER BY u.id
        WITH "rows of the sql"("column 1", "column 2", "column 3") AS (SELECT u.* FROM user_account u JOIN address a ON a.user_id = u.id ORDER BY u.id) SELECT count(*) FROM (SELECT DISTINCT "rows of the sql"."column 1" FROM "rows of the sql") AS "counted"
    "#]].assert_eq(&db.sql());
    session.scalars(query.populate_existing()).unwrap().all().unwrap();
    assert_ne!(known.name().unwrap(), "changed");
}

#[test]
fn columns_of_several_classes_are_told_apart() {
    let labels = "SELECT u.id AS user_account_id, name, fullname, a.id AS address_id, email, user_id
        FROM user_account u LEFT JOIN address a ON a.user_id = u.id ORDER BY u.id, a.id LIMIT 2";
    asked(
        select_text(labels).entities((User, Address.optional())),
        expect![[r#"
        (User#1, Some(Address#1))
        (User#1, Some(Address#2))
        SELECT u.id AS user_account_id, name, fullname, a.id AS address_id, email, user_id
                FROM user_account u LEFT JOIN address a ON a.user_id = u.id ORDER BY u.id, a.id LIMIT 2
    "#]],
    );
    let all = "SELECT u.id, u.name, a.email, a.id, o.id FROM user_account u
        JOIN address a ON a.user_id = u.id JOIN user_account o ON o.id > u.id ORDER BY u.id, a.id, o.id LIMIT 2";
    let other = aliased(User);
    asked(
        select_text(all)
            .columns((User::id, User::name, (Address::email, Address::id), other.of(User::id)))
            .entities((User, Address, other, Address::email)),
        expect![[r#"
            (User#1, Address#1, User#2, "ed@x")
            (User#1, Address#1, User#3, "ed@x")
            SELECT u.id, u.name, a.email, a.id, o.id FROM user_account u
                    JOIN address a ON a.user_id = u.id JOIN user_account o ON o.id > u.id ORDER BY u.id, a.id, o.id LIMIT 2
        "#]],
    );
}

/// The addresses of each user, without asking for them.
fn loaded(db: &Db, users: &[Obj<User>]) -> String {
    let mut told = db.sql();
    for user in users {
        let any = Obj::any(user);
        told.push_str(&format!("{user:?} {:?}\n", any.peek_related("addresses").unwrap()));
    }
    assert_eq!(db.statements(), 0);
    told
}

#[test]
fn what_belongs_to_objects_is_loaded() {
    let sql = "SELECT id, name, fullname FROM user_account WHERE id <= 2 ORDER BY id";
    let options = [
        orm::OptionOf::new(selectin(User::addresses)),
        orm::OptionOf::new(joined(User::addresses)),
        orm::OptionOf::new(subquery(User::addresses)),
        orm::OptionOf::new(immediate(User::addresses)),
        orm::OptionOf::new(batch(User::addresses)),
    ];
    for (at, option) in options.into_iter().enumerate() {
        let (db, session) = session();
        let query = select_text(sql).entities(User).options(option);
        let mut users = session.scalars(&query).unwrap().all().unwrap();
        if at == 4 {
            users[0].addresses().len().unwrap();
        }
        let told = loaded(&db, &users);
        expect![[r#"
            SELECT id, name, fullname FROM user_account WHERE id <= 2 ORDER BY id
            SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "address"."id" ['[1,2]']
            User#1 Many([Address#1, Address#2])
            User#2 Many([Address#3])
        "#]]
        .assert_eq(&told);
        users.clear();
        let stream = |user: Obj<User>| {
            users.push(user);
            Ok(())
        };
        session.scalars(&query).unwrap().each(stream).unwrap();
        assert_eq!(users.len(), 2);
    }
}

#[test]
fn contains_eager_finds_its_columns_too() {
    let (db, session) = session();
    let sql = "SELECT u.id AS user_account_id, u.name, u.fullname, a.id AS address_id, a.email, a.user_id
        FROM user_account u JOIN address a ON a.user_id = u.id WHERE a.id <> 2 ORDER BY u.id, a.id";
    let query = select_text(sql).entities(User).options(contains_eager(User::addresses));
    let users = session.scalars(query).unwrap().all().unwrap();
    expect![[r#"
        SELECT u.id AS user_account_id, u.name, u.fullname, a.id AS address_id, a.email, a.user_id
                FROM user_account u JOIN address a ON a.user_id = u.id WHERE a.id <> 2 ORDER BY u.id, a.id
        User#1 Many([Address#1])
        User#2 Many([Address#3])
    "#]]
    .assert_eq(&loaded(&db, &users));
    let other = db.session();
    let sql = "SELECT u.id, u.name, a.id, a.email FROM user_account u JOIN address a ON a.user_id = u.id WHERE u.id = 1";
    let home = aliased(Address);
    let query = select_text(sql)
        .columns((User::id, User::name, home.of(Address::id), home.of(Address::email)))
        .entities(User)
        .options(contains_eager(User::addresses.to(home)).joined(Address::user));
    let users = other.scalars(&query).unwrap().all().unwrap();
    expect![[r#"
        SELECT u.id, u.name, a.id, a.email FROM user_account u JOIN address a ON a.user_id = u.id WHERE u.id = 1
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "address_1"."id" FROM "address" AS "address_1" JOIN "user_account" ON "user_account"."id" = "address_1"."user_id" WHERE "address_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        User#1 Many([Address#1, Address#2])
    "#]].assert_eq(&loaded(&db, &users));
    assert_eq!(users[0].addresses().get(0).unwrap().unwrap().user_id().unwrap(), 1);
    expect![[r#"
        SELECT "address"."user_id" FROM "address" WHERE "address"."id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    expect!["[query] a joined collection is whole when all rows are read, and these are read one by one; help: load it by `selectin`"].assert_eq(&show(other.scalars(&query).and_then(|rows| rows.each(|_| Ok(())))));
}

#[test]
fn sql_is_a_source_of_others() {
    let totals =
        select_text("SELECT user_id, count(*) AS total FROM address WHERE id > ? GROUP BY user_id").bind(0);
    let total = func::count(Address::id).label("total");
    let known = totals.clone().columns((Address::user_id, &total)).subquery("totals");
    asked(
        select((User::name, known.of(&total)))
            .join(known.on(known.of(Address::user_id).eq(User::id)))
            .order_by(User::id),
        expect![[r#"
            ("ed", 2)
            ("jack", 1)
            SELECT "user_account"."name", "totals"."total" FROM "user_account" JOIN (SELECT user_id, count(*) AS total FROM address WHERE id > ? GROUP BY user_id) AS "totals" ON "totals"."user_id" = "user_account"."id" ORDER BY "user_account"."id" [0]
        "#]],
    );
    let common = totals.clone().cte("totals");
    asked(
        select(common.column::<i64>("total")).from(&*common).order_by(common.column::<i64>("user_id")),
        expect![[r#"
            2
            1
            WITH "totals" AS (SELECT user_id, count(*) AS total FROM address WHERE id > ? GROUP BY user_id) SELECT "totals"."total" FROM "totals" ORDER BY "totals"."user_id" [0]
        "#]],
    );
    let users = select_text("SELECT * FROM user_account WHERE name LIKE 'e%'");
    let users = users.columns((User::id, User::name, User::fullname)).subquery("some");
    let some = orm::aliased_as(User, &users);
    asked(
        select(&some),
        expect![[r#"
        User#1
        SELECT "some"."id", "some"."name", "some"."fullname" FROM (SELECT * FROM user_account WHERE name LIKE 'e%') AS "some"
    "#]],
    );
    asked(
        select(User::id).filter(exists(select_text("SELECT 1 WHERE 0").rows::<i64>())),
        expect![[r#"
        SELECT "user_account"."id" FROM "user_account" WHERE EXISTS (SELECT 1 WHERE 0)
    "#]],
    );
}

#[test]
fn columns_may_change_while_a_statement_is_prepared() {
    let (db, session) = session();
    let query = select_text(
        "SELECT a.*, u.id AS user_account_id, u.name FROM address a JOIN user_account u ON u.id = a.user_id ORDER BY a.id",
    );
    let query = query.entities((User::id, User::name));
    let before = session.execute(&query).unwrap().all().unwrap();
    session.commit().unwrap();
    db.run("ALTER TABLE address ADD COLUMN name TEXT");
    expect!["[query] the column `name` of the SQL may be one or another; help: name it `user_account_name` in the SQL, or say what each column is by `.columns((...))`; the SQL gives `id`, `email`, `user_id`, `name`, `user_account_id`, `name`"].assert_eq(&show(session.execute(&query).and_then(|rows| rows.all())));
    db.run("ALTER TABLE address RENAME COLUMN name TO user_account_name");
    let _ = session.commit();
    db.run("UPDATE address SET user_account_name = 'x'");
    let after = session.execute(&query).unwrap().all().unwrap();
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|(_, name)| name == "x"));
}
