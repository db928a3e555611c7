//! Proxies in conditions: the SQL of each, which is that of SQLAlchemy's own tests, and what it finds.

use expect_test::expect;
use orm::prelude::*;
use orm::{Expr, aliased_as};
use tests::Db;

use super::proxies::proxies;
use super::proxy_models::*;

/// Users 1 to 4: with two keywords and a singular, with one keyword, with a link to none, with nothing.
fn filled() -> (Db, Session) {
    let (db, session) = proxies();
    let keyword = |text: &str| session.add(Keyword::builder().keyword(text)).unwrap();
    let (red, blue) = (keyword("red"), keyword("blue"));
    keyword("none");
    let first = User::builder().name("first").keywords([&red, &blue]);
    let first = session.add(first.singular(Singular::builder().value("one").keywords([&red]))).unwrap();
    first.user_keywords().get(0).unwrap().unwrap().set_value("v").unwrap();
    let green = keyword("green");
    session.add(User::builder().name("second").keywords([&green]).singular(Singular::builder())).unwrap();
    session.add(User::builder().name("third").user_keywords([UserKeyword::builder()])).unwrap();
    session.add(User::builder().name("fourth")).unwrap();
    session.commit().unwrap();
    db.sql();
    (db, session)
}

/// The conditions of a statement, and the keys of what it finds.
struct Asked {
    db: Db,
    session: Session,
    text: String,
}

impl Asked {
    fn new() -> Asked {
        let (db, session) = filled();
        Asked { db, session, text: String::new() }
    }

    fn note(&mut self, name: &str, found: Vec<i64>) {
        let sql = self.db.sql();
        let (_, condition) = sql.split_once(" WHERE ").unwrap();
        self.text.push_str(&format!("{name}: {found:?}\n    {condition}"));
    }

    fn users(&mut self, name: &str, condition: Expr<bool>) {
        let query = select(User::id).filter(condition).order_by(User::id);
        let found = self.session.scalars(query).unwrap().all().unwrap();
        self.note(name, found);
    }

    fn keywords(&mut self, name: &str, condition: Expr<bool>) {
        let query = select(Keyword::id).filter(condition).order_by(Keyword::id);
        let found = self.session.scalars(query).unwrap().all().unwrap();
        self.note(name, found);
    }

    fn links(&mut self, name: &str, condition: Expr<bool>) {
        let query = select(UserKeyword::id).filter(condition).order_by(UserKeyword::id);
        let found = self.session.scalars(query).unwrap().all().unwrap();
        self.note(name, found);
    }
}

#[test]
fn a_collection_of_objects() {
    let mut asked = Asked::new();
    let red = asked.session.get_one::<Keyword>(1).unwrap();
    asked.db.sql();
    asked.users("any", User::keywords.any(Keyword::keyword.eq("red")));
    asked.users("any item", User::keywords.any_item());
    asked.users("empty", User::keywords.is_empty());
    asked.users("contains", User::keywords.contains(&red));
    asked.users("any of one", User::singular_keywords.any(Keyword::keyword.eq("red")));
    asked.users("contains of one", User::singular_keywords.contains(&red));
    expect![[r#"
        any: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND "keywords"."keyword" = ?)) ORDER BY "users"."id" [1, 1, 'red']
        any item: [1, 2]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "keywords"."id" = "userkeywords"."keyword_id")) ORDER BY "users"."id" [1, 1]
        empty: [3, 4]
            NOT EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "keywords"."id" = "userkeywords"."keyword_id")) ORDER BY "users"."id" [1, 1]
        contains: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND ? = "userkeywords"."keyword_id") ORDER BY "users"."id" [1, 1]
        any of one: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "singular"."id" = "keywords"."singular_id" AND "keywords"."keyword" = ?)) ORDER BY "users"."id" [1, 1, 'red']
        contains of one: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."id" = ?) ORDER BY "users"."id" [1, 1]
    "#]].assert_eq(&asked.text);
}

#[test]
fn one_object() {
    let mut asked = Asked::new();
    let first = asked.session.get_one::<User>(1).unwrap();
    let one = asked.session.get_one::<Singular>(1).unwrap();
    asked.db.sql();
    asked.keywords("has", Keyword::user.has(User::name.eq("first")));
    asked.keywords("has one", Keyword::user.has_one());
    asked.keywords("is", Keyword::user.is(&first));
    asked.keywords("is not", Keyword::user.is_not(&first));
    asked.keywords("is none", Keyword::user.is_none());
    asked.keywords("is some", Keyword::user.is_some());
    asked.links("is of one", UserKeyword::singular.is(&one));
    asked.links("is not of one", UserKeyword::singular.is_not(&one));
    asked.links("is none of one", UserKeyword::singular.is_none());
    expect![[r#"
        has: [1, 2]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND EXISTS (SELECT ? FROM "users" WHERE "users"."id" = "userkeywords"."user_id" AND "users"."name" = ?)) ORDER BY "keywords"."id" [1, 1, 'first']
        has one: [1, 2, 4]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND EXISTS (SELECT ? FROM "users" WHERE "users"."id" = "userkeywords"."user_id")) ORDER BY "keywords"."id" [1, 1]
        is: [1, 2]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND ? = "userkeywords"."user_id") ORDER BY "keywords"."id" [1, 1]
        is not: [4]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND (? <> "userkeywords"."user_id" OR "userkeywords"."user_id" IS NULL)) ORDER BY "keywords"."id" [1, 1]
        is none: [3]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND "userkeywords"."user_id" IS NULL) OR NOT EXISTS (SELECT ? FROM "userkeywords" AS "userkeywords_1" WHERE "keywords"."id" = "userkeywords_1"."keyword_id") ORDER BY "keywords"."id" [1, 1]
        is some: [1, 2, 4]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND "userkeywords"."user_id" IS NOT NULL) ORDER BY "keywords"."id" [1]
        is of one: [1, 2]
            EXISTS (SELECT ? FROM "users" WHERE "users"."id" = "userkeywords"."user_id" AND ? = "users"."singular_id") ORDER BY "userkeywords"."id" [1, 1]
        is not of one: [3, 4]
            EXISTS (SELECT ? FROM "users" WHERE "users"."id" = "userkeywords"."user_id" AND (? <> "users"."singular_id" OR "users"."singular_id" IS NULL)) ORDER BY "userkeywords"."id" [1, 1]
        is none of one: [4]
            EXISTS (SELECT ? FROM "users" WHERE "users"."id" = "userkeywords"."user_id" AND "users"."singular_id" IS NULL) OR "userkeywords"."user_id" IS NULL ORDER BY "userkeywords"."id" [1]
    "#]].assert_eq(&asked.text);
}

#[test]
fn one_value() {
    let mut asked = Asked::new();
    asked.users("eq", User::singular_value.eq("one"));
    asked.users("ne", User::singular_value.ne("one"));
    asked.users("eq none", User::singular_value.eq(None));
    asked.users("is null", User::singular_value.is_null());
    asked.users("ne none", User::singular_value.ne(None));
    asked.users("is not null", User::singular_value.is_not_null());
    asked.users("has one", User::singular_value.has_one());
    asked.users("has none", User::singular_value.has_one().not());
    asked.users("like", User::singular_value.like("o%"));
    asked.users("contains", User::singular_value.contains("n"));
    asked.users("in", User::singular_value.in_(["one", "two"]));
    asked.users("in a query", User::singular_value.in_(select(Singular::value).filter(Singular::id.eq(1))));
    expect![[r#"
        eq: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" = ?) ORDER BY "users"."id" [1, 'one']
        ne: []
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" <> ?) ORDER BY "users"."id" [1, 'one']
        eq none: [2, 3, 4]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" IS NULL) OR "users"."singular_id" IS NULL ORDER BY "users"."id" [1]
        is null: [2, 3, 4]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" IS NULL) OR "users"."singular_id" IS NULL ORDER BY "users"."id" [1]
        ne none: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" IS NOT NULL) ORDER BY "users"."id" [1]
        is not null: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" IS NOT NULL) ORDER BY "users"."id" [1]
        has one: [1, 2]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id") ORDER BY "users"."id" [1]
        has none: [3, 4]
            NOT EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id") ORDER BY "users"."id" [1]
        like: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" LIKE ?) ORDER BY "users"."id" [1, 'o%']
        contains: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND instr(lower("singular"."value"), lower(?)) > ?) ORDER BY "users"."id" [1, 'n', 0]
        in: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" IN (?, ?)) ORDER BY "users"."id" [1, 'one', 'two']
        in a query: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND "singular"."value" IN (SELECT "singular_1"."value" FROM "singular" AS "singular_1" WHERE "singular_1"."id" = ?)) ORDER BY "users"."id" [1, 1]
    "#]].assert_eq(&asked.text);
}

#[test]
fn a_collection_of_values() {
    let mut asked = Asked::new();
    asked.users("any", User::singular_collection.any(UserKeyword::value.eq("v")));
    asked.users("eq", User::singular_collection.eq("v"));
    asked.users("eq none", User::singular_collection.eq(None));
    asked.users("ne", User::singular_collection.ne("w"));
    asked.users("lt", User::singular_collection.lt("w"));
    asked.users("le", User::singular_collection.le("v"));
    asked.users("gt", User::singular_collection.gt("u"));
    asked.users("ge", User::singular_collection.ge("v"));
    asked.users("not in", User::singular_collection.not_in(["w"]));
    asked.users("starts with", User::singular_collection.starts_with("v"));
    asked.users("ends with", User::singular_collection.ends_with("v"));
    expect![[r#"
        any: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" = ?) ORDER BY "users"."id" [1, 'v']
        eq: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" = ?) ORDER BY "users"."id" [1, 'v']
        eq none: [1, 2, 3, 4]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" IS NULL) OR NOT EXISTS (SELECT ? FROM "userkeywords" AS "userkeywords_1" WHERE "users"."id" = "userkeywords_1"."user_id") ORDER BY "users"."id" [1, 1]
        ne: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" <> ?) ORDER BY "users"."id" [1, 'w']
        lt: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" < ?) ORDER BY "users"."id" [1, 'w']
        le: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" <= ?) ORDER BY "users"."id" [1, 'v']
        gt: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" > ?) ORDER BY "users"."id" [1, 'u']
        ge: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" >= ?) ORDER BY "users"."id" [1, 'v']
        not in: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" NOT IN (?)) ORDER BY "users"."id" [1, 'w']
        starts with: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND "userkeywords"."value" LIKE ? ESCAPE '\') ORDER BY "users"."id" [1, 'v%']
        ends with: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND substr(CAST(lower(? || "userkeywords"."value") AS BLOB), ?) = CAST(lower(?) AS BLOB)) ORDER BY "users"."id" [1, '-', -1, 'v']
    "#]].assert_eq(&asked.text);
}

#[test]
fn proxies_of_proxies() {
    let mut asked = Asked::new();
    let one = asked.session.get_one::<Singular>(1).unwrap();
    asked.db.sql();
    asked.users("any of any", User::common_users.any(User::name.eq("first")));
    asked.users("has to any", User::singular_keyword.any(Keyword::keyword.eq("red")));
    asked.users("eq of has to any", User::singular_keyword.eq("red"));
    asked.users("eq of any to has", User::common_keyword_name.eq("red"));
    asked.users("eq none of any to has", User::common_keyword_name.eq(None));
    asked.keywords("contains of any to has", Keyword::singulars.contains(&one));
    expect![[r#"
        any of any: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND EXISTS (SELECT ? FROM "userkeywords" AS "userkeywords_1" WHERE "keywords"."id" = "userkeywords_1"."keyword_id" AND EXISTS (SELECT ? FROM "users" AS "users_2" WHERE "users_2"."id" = "userkeywords_1"."user_id" AND "users_2"."name" = ?)))) ORDER BY "users"."id" [1, 1, 1, 1, 'first']
        has to any: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "singular"."id" = "keywords"."singular_id" AND "keywords"."keyword" = ?)) ORDER BY "users"."id" [1, 1, 'red']
        eq of has to any: [1]
            EXISTS (SELECT ? FROM "singular" WHERE "singular"."id" = "users"."singular_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "singular"."id" = "keywords"."singular_id" AND "keywords"."keyword" = ?)) ORDER BY "users"."id" [1, 1, 'red']
        eq of any to has: [1]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND "keywords"."keyword" = ?)) ORDER BY "users"."id" [1, 1, 'red']
        eq none of any to has: [3, 4]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND (EXISTS (SELECT ? FROM "keywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND "keywords"."keyword" IS NULL) OR "userkeywords"."keyword_id" IS NULL)) OR NOT EXISTS (SELECT ? FROM "userkeywords" AS "userkeywords_1" WHERE "users"."id" = "userkeywords_1"."user_id") ORDER BY "users"."id" [1, 1, 1]
        contains of any to has: [1, 2]
            EXISTS (SELECT ? FROM "userkeywords" WHERE "keywords"."id" = "userkeywords"."keyword_id" AND EXISTS (SELECT ? FROM "users" WHERE "users"."id" = "userkeywords"."user_id" AND ? = "users"."singular_id")) ORDER BY "keywords"."id" [1, 1, 1]
    "#]].assert_eq(&asked.text);
}

#[test]
fn of_an_alias() {
    let (db, session) = filled();
    let other = aliased(User);
    let query = select(other).filter(other.of(User::keywords).any_item());
    assert_eq!(session.scalars(query).unwrap().all().unwrap().len(), 2);
    let second = select(User).filter(User::name.eq("second")).cte("second_user");
    let second = aliased_as(User, &second);
    let query = select(&second).filter(second.of(User::keywords).any_item());
    assert_eq!(session.scalars(query).unwrap().one().unwrap().id().unwrap(), 2);
    // A join goes along the two relationships.
    let query = select(User::id).join(User::user_keywords).join(UserKeyword::keyword);
    assert_eq!(session.scalars(query).unwrap().all().unwrap(), [1, 1, 2]);
    expect![[r#"
        SELECT "users"."id", "users"."name", "users"."singular_id" FROM "users" WHERE EXISTS (SELECT ? FROM "userkeywords" WHERE "users"."id" = "userkeywords"."user_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "keywords"."id" = "userkeywords"."keyword_id")) [1, 1]
        WITH "second_user" AS (SELECT "users"."id", "users"."name", "users"."singular_id" FROM "users" WHERE "users"."name" = ?) SELECT "second_user"."id", "second_user"."name", "second_user"."singular_id" FROM "second_user" WHERE EXISTS (SELECT ? FROM "userkeywords" WHERE "second_user"."id" = "userkeywords"."user_id" AND EXISTS (SELECT ? FROM "keywords" WHERE "keywords"."id" = "userkeywords"."keyword_id")) ['second', 1, 1]
        SELECT "users"."id" FROM "users" JOIN "userkeywords" ON "users"."id" = "userkeywords"."user_id" JOIN "keywords" ON "keywords"."id" = "userkeywords"."keyword_id"
    "#]].assert_eq(&db.sql());
}
