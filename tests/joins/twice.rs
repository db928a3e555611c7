//! A relationship to one object whose condition finds several rows, since nothing in the database keeps it from that: each
//! object is given once, with the first of them, however it is loaded.

use expect_test::expect;
use orm::prelude::*;
use tests::{Db, tree, warns};

orm::registry!(
    /// These classes.
    pub Twice
);

#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Twice)]
pub struct Host {
    #[column(primary_key)]
    pub id: i64,
    pub ip: Option<String>,
    #[column(unique)]
    pub name: Option<String>,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Twice)]
pub struct Visit {
    #[column(primary_key)]
    pub id: i64,
    pub ip: Option<String>,
    pub name: Option<String>,
    #[relationship(primaryjoin = Visit::ip.foreign().eq(Host::ip))]
    pub host: Option<One<Host>>,
    /// Of this one there is one at most.
    #[relationship(primaryjoin = Visit::name.foreign().eq(Host::name))]
    pub named: Option<One<Host>>,
    /// More is compared than the foreign column.
    #[relationship(primaryjoin = Visit::ip.foreign().eq(Host::ip).and(Visit::name.eq(Host::name)), viewonly)]
    pub special: Option<One<Host>>,
    #[relationship(back_populates = "visit")]
    pub mark: Option<One<Mark>>,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Twice)]
pub struct Mark {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Visit::id)]
    pub visit_id: Option<i64>,
    #[relationship(back_populates = "mark")]
    pub visit: Option<One<Visit>>,
}

fn twice() -> Db {
    let db = Db::empty();
    Twice::create_all(&db.engine).unwrap();
    db.run("INSERT INTO host VALUES (1, 'a', 'one'), (2, 'a', 'two'), (3, 'b', NULL)");
    db.run("INSERT INTO visit VALUES (1, 'a', 'two'), (2, 'a', NULL), (3, 'b', 'one'), (4, NULL, 'one')");
    db.sql();
    db
}

#[test]
fn each_object_is_given_once() {
    let db = twice();
    let query = || select(Visit).order_by(Visit::id).options(joined(Visit::host));
    let ids = |all: &[Obj<Visit>]| all.iter().map(|visit| visit.id().unwrap()).collect::<Vec<_>>();
    let session = db.session();
    let all = warns(
        expect![[r#"
        WARN orm::load message=several rows for a relationship to one class="Visit" attribute="host" rows=2
        WARN orm::load message=several rows for a relationship to one class="Visit" attribute="host" rows=2
    "#]],
        || session.scalars(query()).unwrap().all().unwrap(),
    );
    assert_eq!(ids(&all), [1, 2, 3, 4]);
    assert_eq!(tree(&all[0]), "Visit#1(host: Host#1)");
    assert_eq!(session.scalars(query()).unwrap().count().unwrap(), 4);
    // Also where the rows of one come apart, and in parts.
    let apart = select((Visit, Host::id.optional()))
        .outer_join(Visit::host)
        .order_by((Host::id, Visit::id))
        .options(contains_eager(Visit::host));
    assert_eq!(db.session().execute(apart).unwrap().all().unwrap().len(), 6);
    let mut streamed = Vec::new();
    db.session()
        .scalars(query())
        .unwrap()
        .each(|visit| {
            streamed.push(visit.id()?);
            Ok(())
        })
        .unwrap();
    assert_eq!(streamed, [1, 2, 3, 4]);
    // Plain values are given once too.
    let values = db.session().values(query()).unwrap().all().unwrap();
    let hosts: Vec<_> = values
        .iter()
        .map(|visit| visit.host.as_ref().and_then(|host| host.get()).map(|host| host.id))
        .collect();
    assert_eq!(hosts, [Some(1), Some(1), Some(3), None]);
    // So are those of several parts, and what is only found once isn't asked whether it was.
    db.run("DELETE FROM visit");
    db.run(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         INSERT INTO visit SELECT i, 'a', 'two' FROM n",
    );
    for option in [joined(Visit::host), joined(Visit::named)] {
        let query = select(Visit).order_by(Visit::id.desc()).options(option);
        assert_eq!(db.session().scalars(&query).unwrap().all().unwrap().len(), 1000);
        assert_eq!(db.session().values(&query).unwrap().all().unwrap().len(), 1000);
        for each in [1, 7, 1000] {
            let mut streamed = 0;
            let count = |part: Vec<Visit>| {
                streamed += part.len();
                Ok(())
            };
            db.session().values(&query).unwrap().chunks(each, count).unwrap();
            assert_eq!(streamed, 1000);
        }
    }
}

/// What isn't joined by just a key leads to an object or doesn't, also where `NULL` is compared.
#[test]
fn it_leads_to_that_one_or_not() {
    let db = twice();
    let session = db.session();
    let host = session.get_one::<Host>(1).unwrap();
    db.sql();
    let ids = |condition| {
        session.scalars(select(Visit::id).filter(condition).order_by(Visit::id)).unwrap().all().unwrap()
    };
    assert_eq!(ids(Visit::host.is(&host)), [1, 2]);
    assert_eq!(ids(Visit::host.is_not(&host)), [3, 4]);
    assert_eq!(ids(!Visit::host.is(&host)), [3]);
    assert_eq!(ids(Visit::special.is(&host)), []);
    assert_eq!(ids(Visit::special.is_not(&host)), [1, 2, 3, 4]);
    expect![[r#"
        SELECT "visit"."id" FROM "visit" WHERE "visit"."ip" = ? ORDER BY "visit"."id" ['a']
        SELECT "visit"."id" FROM "visit" WHERE "visit"."ip" <> ? OR "visit"."ip" IS NULL ORDER BY "visit"."id" ['a']
        SELECT "visit"."id" FROM "visit" WHERE "visit"."ip" <> ? ORDER BY "visit"."id" ['a']
        SELECT "visit"."id" FROM "visit" WHERE "visit"."ip" = ? AND "visit"."name" = ? ORDER BY "visit"."id" ['a', 'one']
        SELECT "visit"."id" FROM "visit" WHERE NOT ("visit"."ip" = ? AND "visit"."name" = ?) OR NOT EXISTS (SELECT ? FROM "host" WHERE "visit"."ip" = "host"."ip" AND "visit"."name" = "host"."name") ORDER BY "visit"."id" ['a', 'one', 1]
    "#]]
    .assert_eq(&db.sql());
}

/// An object that is there isn't found by what isn't its key, so that reading takes a statement, or is an error.
#[test]
fn what_no_key_leads_to_is_not_found_in_memory() {
    let db = twice();
    let session = db.session();
    let _hosts = session.scalars(select(Host)).unwrap().all().unwrap();
    let query =
        select(Visit).filter(Visit::id.eq(3)).options((raise_on_sql(Visit::host), lazy(Visit::named)));
    let visit = session.scalars(query).unwrap().one().unwrap();
    db.sql();
    assert_eq!(tests::code(visit.host()), orm::Code::RaiseOnLoad);
    assert_eq!(db.statements(), 0);
    assert_eq!(visit.named().unwrap().unwrap().id().unwrap(), 1);
    assert_eq!(db.statements(), 1);
}
