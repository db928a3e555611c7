//! Synonyms: an attribute by another name, in objects, queries, options and statements.

use expect_test::expect;
use orm::prelude::*;
use orm::{CompositeType, IntoObj};
use tests::Db;

orm::registry!(
    /// Classes with synonyms of every kind of attribute.
    Named
);

#[derive(CompositeType, Clone, Debug, PartialEq)]
struct FullName {
    first: String,
    last: String,
}

#[derive(Mapped, Default)]
#[mapped(
    registry = Named,
    table = "synonymous_user",
    composite(full_name: FullName = (first, last)),
    proxy(emails: String = addresses.email, creator = |email: String| Address::builder().email(email)),
    proxy(mentor_first: String = mentor.given_name, viewonly),
    proxy(meanings: String = notes.meaning),
    synonym(given_name = first, called = given_name, mails = addresses),
    synonym(
        title = full_name, texts = emails, guide = mentor, guide_first = mentor_first, shouted = loud, number = id, more = notes
    )
)]
struct User {
    #[column(primary_key)]
    id: i64,
    first: String,
    last: String,
    #[column(computed = "upper(first)")]
    #[allow(dead_code, reason = "the database makes it, and nobody writes it")]
    loud: String,
    #[column(foreign_key = User::number)]
    mentor_id: Option<i64>,
    #[relationship(back_populates = "user", order_by = Address::id)]
    addresses: Many<Address>,
    #[relationship(remote_side = User::number)]
    mentor: Option<One<User>>,
    #[relationship(key = Note::word)]
    notes: ManyMap<String, Note>,
}

#[derive(Mapped)]
#[mapped(registry = Named, table = "synonymous_address", synonym(owner_id = user_id, owner = user))]
struct Address {
    #[column(primary_key)]
    id: i64,
    email: String,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "addresses", foreign_keys = Address::owner_id)]
    user: One<User>,
}

#[derive(Mapped)]
#[mapped(registry = Named, table = "synonymous_note", synonym(word = key, meaning = text))]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(name = "keyword")]
    key: String,
    text: String,
    #[column(foreign_key = User::id)]
    user_id: i64,
}

fn named() -> (Db, Session) {
    let db = Db::empty();
    Named::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn of_objects() {
    let (db, session) = named();
    let guide = session.add(User::builder().given_name("Ann").last("Lee")).unwrap();
    let user = User::builder()
        .called("Ed")
        .last("Jones")
        .mails([Address::builder().email("ed@x")])
        .guide(&guide)
        .more([Note::builder().word("a").meaning("first")]);
    let user = session.add(user).unwrap();
    session.commit().unwrap();
    assert_eq!((user.first().unwrap(), user.called().unwrap()), ("Ed".to_owned(), "Ed".to_owned()));
    assert_eq!(user.title().unwrap(), FullName { first: "Ed".to_owned(), last: "Jones".to_owned() });
    assert_eq!((user.shouted().unwrap(), user.number().unwrap()), ("ED".to_owned(), 2));
    assert_eq!((user.guide().unwrap(), user.guide_first().unwrap()), (Some(guide), Some("Ann".to_owned())));
    assert_eq!(user.mails().len().unwrap(), 1);
    assert_eq!(user.more().get("a").unwrap().unwrap().word().unwrap(), "a");
    assert_eq!(user.texts().iter().unwrap().collect::<Vec<_>>(), ["ed@x"]);
    user.meanings().insert("b", "second").unwrap();
    assert_eq!(user.meanings().get("b").unwrap().as_deref(), Some("second"));
    let address = user.mails().get(0).unwrap().unwrap();
    assert_eq!((address.owner_id().unwrap(), address.owner().unwrap()), (2, user.clone()));

    db.sql();
    user.set_called("Edward").unwrap();
    user.set_title(FullName { first: "Edwin".to_owned(), last: "Jones".to_owned() }).unwrap();
    user.set_texts(["ed@y"]).unwrap();
    address.set_owner(&user).unwrap();
    user.set_guide(None).unwrap();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "synonymous_user" SET "first" = ?, "mentor_id" = ? WHERE "id" = ? ['Edwin', NULL, 2]
        INSERT INTO "synonymous_address" ("email", "user_id") VALUES (?, ?) ['ed@y', 2]
        INSERT INTO "synonymous_note" ("keyword", "text", "user_id") VALUES (?, ?, ?) ['b', 'second', 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(user.first().unwrap(), "Edwin");

    // Without a session it is the same.
    let other = Address::builder().email("x").into_obj().unwrap();
    other.set_owner(User::builder().called("Jo").last("Day")).unwrap();
    assert_eq!(other.user().unwrap().first().unwrap(), "Jo");
}

#[test]
fn in_queries() {
    let (db, session) = named();
    let user = User::builder().called("Ed").last("Jones").texts(["ed@x", "ed@y"]);
    let user = session.add(user).unwrap();
    session.commit().unwrap();
    db.sql();
    let found = select(User)
        .join(User::mails)
        .filter(User::called.eq("Ed"))
        .filter(Address::owner_id.gt(0))
        .filter(User::texts.eq("ed@x"))
        .filter(User::mails.any(Address::email.eq("ed@y")))
        .filter(User::title.eq(FullName { first: "Ed".to_owned(), last: "Jones".to_owned() }))
        .order_by(User::given_name)
        .options((joined(User::mails).selectin(Address::owner), load_only(User::called)));
    assert_eq!(session.scalars(&found).unwrap().one().unwrap(), user);
    expect![[r#"
        SELECT "synonymous_user"."id", "synonymous_user"."first", NULL, NULL, NULL, "synonymous_address_1"."id", "synonymous_address_1"."email", "synonymous_address_1"."user_id" FROM "synonymous_user" JOIN "synonymous_address" ON "synonymous_user"."id" = "synonymous_address"."user_id" LEFT JOIN "synonymous_address" AS "synonymous_address_1" ON "synonymous_user"."id" = "synonymous_address_1"."user_id" WHERE "synonymous_user"."first" = ? AND "synonymous_address"."user_id" > ? AND EXISTS (SELECT ? FROM "synonymous_address" AS "synonymous_address_1" WHERE "synonymous_user"."id" = "synonymous_address_1"."user_id" AND "synonymous_address_1"."email" = ?) AND EXISTS (SELECT ? FROM "synonymous_address" AS "synonymous_address_2" WHERE "synonymous_user"."id" = "synonymous_address_2"."user_id" AND "synonymous_address_2"."email" = ?) AND "synonymous_user"."first" = ? AND "synonymous_user"."last" = ? ORDER BY "synonymous_user"."first", "synonymous_address_1"."id" ['Ed', 0, 1, 'ed@x', 1, 'ed@y', 'Ed', 'Jones']
        SELECT "id", "first", "last", "loud", "mentor_id" FROM "synonymous_user" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    let alias = aliased(User);
    let names =
        select((alias.of(User::called), alias.of(User::number))).filter(alias.of(User::guide).is_none());
    assert_eq!(session.execute(names).unwrap().all().unwrap(), [("Ed".to_owned(), 1)]);
    expect![[r#"
        SELECT "synonymous_user"."first", "synonymous_user"."id" FROM "synonymous_user" WHERE "synonymous_user"."mentor_id" IS NULL
    "#]].assert_eq(&db.sql());
    let owned = select(Address).filter(with_parent(&user, User::mails)).filter(Address::owner.is(&user));
    assert_eq!(session.scalars(owned).unwrap().all().unwrap().len(), 2);
    db.sql();
    let changed = update(User).set(User::called, "Jo").filter(User::number.eq(1));
    assert_eq!(session.run(changed).unwrap(), 1);
    assert_eq!(user.called().unwrap(), "Jo");
    let inserted =
        insert(User).columns((User::called, User::last)).rows([("A", "B")]).returning(User::given_name);
    assert_eq!(session.run(inserted).unwrap(), ["A"]);
    expect![[r#"
        UPDATE "synonymous_user" SET "first" = ? WHERE "synonymous_user"."id" = ? RETURNING "synonymous_user"."id", "synonymous_user"."first" ['Jo', 1]
        INSERT INTO "synonymous_user" ("first", "last") VALUES (?, ?) RETURNING "synonymous_user"."first" ['A', 'B']
    "#]].assert_eq(&db.sql());
}
