//! DDL beyond columns and keys: indexes over terms and of a part of the rows, kinds of tables, comments, the order of columns.

use expect_test::{Expect, expect};
use orm::mapper::NamingConvention;
use orm::prelude::*;
use orm::{Code, Value};
use tests::Db;

orm::registry!(
    /// Tables with more than columns.
    pub Shaped
);

/// Each kind of index.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(
    registry = Shaped,
    comment = "People who sign in.",
    index(columns(city), filter = Person::deleted.is_null()),
    index(columns(email), unique, filter = Person::active.eq(true).and(Person::kind.ne("it's"))),
    index(on = (Person::city.desc(), Person::name)),
    index(on = func::lower(Person::name), name = "by_lower_name", unique),
    index(on = (Self::city.concat(Self::name), Self::height.desc()), filter = Self::height.gt(1.5))
)]
pub struct Person {
    #[column(primary_key)]
    pub id: i64,
    #[column(comment = "As it stands in the passport.")]
    pub name: String,
    #[column(sort_order = -1)]
    pub city: String,
    pub email: String,
    #[column(sort_order = 1)]
    pub kind: String,
    pub active: bool,
    pub height: f64,
    pub deleted: Option<i64>,
}

/// A table that holds values to their types, by the order of its key.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Shaped, strict, without_rowid)]
pub struct Setting {
    #[column(primary_key)]
    pub name: String,
    pub on: bool,
    pub amount: f64,
    pub data: Option<Vec<u8>>,
}

/// A table without a class.
#[derive(Table)]
#[mapped(
    registry = Shaped,
    without_rowid,
    comment = "Who knows whom.",
    index(on = Knows::right.desc(), filter = Knows::since.gt(2000))
)]
pub struct Knows {
    #[column(primary_key, foreign_key = Person::id)]
    pub left: i64,
    #[column(primary_key, foreign_key = Person::id)]
    pub right: i64,
    pub since: i64,
}

fn shaped() -> (Db, String) {
    let db = Db::empty();
    Shaped::create_all(&db.engine).unwrap();
    let sql = db.sql();
    (db, sql)
}

fn statements(sql: &str, of: &str, expected: Expect) {
    let mut found = String::new();
    for statement in sql.split("CREATE ").skip(1).filter(|statement| statement.contains(of)) {
        found.push_str("CREATE ");
        found.push_str(statement.trim_end().trim_end_matches(';'));
        found.push('\n');
    }
    expected.assert_eq(&found);
}

#[test]
fn indexes_over_terms_and_of_a_part_of_the_rows() {
    let (_db, sql) = shaped();
    statements(
        &sql,
        "person",
        expect![[r#"
        CREATE TABLE "person" (
            "city" TEXT NOT NULL,
            "id" INTEGER NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL,
            "email" TEXT NOT NULL,
            "active" BOOLEAN NOT NULL,
            "height" REAL NOT NULL,
            "deleted" INTEGER,
            "kind" TEXT NOT NULL
        )
        CREATE INDEX "ix_person_city" ON "person" ("city") WHERE "deleted" IS NULL
        CREATE UNIQUE INDEX "ix_person_email" ON "person" ("email") WHERE "active" = 1 AND "kind" <> 'it''s'
        CREATE INDEX "ix_person_city_name" ON "person" ("city" DESC, "name")
        CREATE UNIQUE INDEX "by_lower_name" ON "person" (lower("name"))
        CREATE INDEX "ix_person_city_name_height" ON "person" ("city" || "name", "height" DESC) WHERE "height" > 1.5
        CREATE TABLE "knows" (
            "left" INTEGER NOT NULL,
            "right" INTEGER NOT NULL,
            "since" INTEGER NOT NULL,
            PRIMARY KEY ("left", "right"),
            FOREIGN KEY ("left") REFERENCES "person" ("id"),
            FOREIGN KEY ("right") REFERENCES "person" ("id")
        ) WITHOUT ROWID
    "#]],
    );
}

#[test]
fn a_partial_unique_index_holds_for_its_rows() {
    let (db, _) = shaped();
    let session = db.session();
    let person = |name: &str, active| {
        Person::builder().name(name).email("e").city("x").kind("k").active(active).height(1.0)
    };
    session.add_all([person("a", true), person("b", false), person("c", false)]).unwrap();
    session.commit().unwrap();
    session.add(person("d", true)).unwrap();
    assert_eq!(session.flush().unwrap_err().code(), Code::Integrity);
    session.rollback().unwrap();
    // By an expression.
    session.add(person("A", false)).unwrap();
    assert_eq!(session.flush().unwrap_err().code(), Code::Integrity);
    session.rollback().unwrap();
    // What is deleted goes first, since it may be in the way.
    let old = session.scalars(select(Person).filter(Person::name.eq("a"))).unwrap().one().unwrap();
    session.delete(&old).unwrap();
    session.add(person("e", true)).unwrap();
    session.commit().unwrap();
}

#[test]
fn kinds_of_tables() {
    let (db, sql) = shaped();
    statements(
        &sql,
        "setting",
        expect![[r#"
        CREATE TABLE "setting" (
            "name" TEXT NOT NULL PRIMARY KEY,
            "on" INTEGER NOT NULL,
            "amount" REAL NOT NULL,
            "data" BLOB
        ) STRICT, WITHOUT ROWID
    "#]],
    );
    statements(
        &sql,
        "knows",
        expect![[r#"
        CREATE TABLE "knows" (
            "left" INTEGER NOT NULL,
            "right" INTEGER NOT NULL,
            "since" INTEGER NOT NULL,
            PRIMARY KEY ("left", "right"),
            FOREIGN KEY ("left") REFERENCES "person" ("id"),
            FOREIGN KEY ("right") REFERENCES "person" ("id")
        ) WITHOUT ROWID
        CREATE INDEX "ix_knows_right" ON "knows" ("right" DESC) WHERE "since" > 2000
        CREATE INDEX "ix_knows__right" ON "knows" ("right")
    "#]],
    );
    let session = db.session();
    let setting = Setting { name: "n".into(), on: true, amount: 1.5, data: Some(vec![1]) };
    session.add(setting.clone()).unwrap();
    session.commit().unwrap();
    assert_eq!(session.get_one::<Setting>("n".to_owned()).unwrap().to_value().unwrap(), setting);
    let wrong = session.connection().unwrap().execute_batch("UPDATE setting SET amount = 'many'");
    assert!(wrong.is_err(), "the table is strict");
    session.rollback().unwrap();
    let rowid = session.connection().unwrap().execute_batch("SELECT rowid FROM setting");
    assert!(rowid.is_err(), "there is none");
}

#[test]
fn comments_stay_in_the_declaration() {
    let (_db, sql) = shaped();
    assert!(!sql.contains("passport"), "SQLite has no comments");
    let person = Shaped::mapper("Person").unwrap();
    assert_eq!(person.comment(), Some("People who sign in."));
    let name = person.column_attribute("name").unwrap();
    assert_eq!(name.comment(), Some("As it stands in the passport."));
    assert_eq!(person.column_attribute("city").unwrap().comment(), None);
}

/// The order of columns in the table is not that of the fields, by which rows are read and written all the same.
#[test]
fn columns_in_another_order() {
    let (db, _) = shaped();
    let session = db.session();
    let person =
        Person::builder().name("n").email("e").city("c").kind("k").active(true).height(2.0).deleted(7);
    session.add(person).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM person"), "'c'|1|'n'|'e'|1|2.0|7|'k'\n");
    let found = session.get_one::<Person>(1).unwrap();
    assert_eq!((found.city().unwrap().as_str(), found.kind().unwrap().as_str()), ("c", "k"));
    assert_eq!(Obj::any(&found).get("deleted").unwrap(), Value::Int(7));
}

#[test]
fn what_an_index_can_not_be_over() {
    orm::registry!(Wrong);
    #[derive(Mapped)]
    #[mapped(registry = Wrong, table = "one", index(on = Other::name))]
    struct One {
        #[column(primary_key)]
        id: i64,
    }
    #[derive(Mapped)]
    #[mapped(registry = Wrong, table = "other", index(columns(name), filter = exists(select(One))))]
    struct Other {
        #[column(primary_key)]
        id: i64,
        name: String,
    }
    #[derive(Mapped)]
    #[mapped(registry = Wrong, table = "refers", index(columns(name), unique, filter = Refers::name.ne("")))]
    struct Refers {
        #[column(primary_key)]
        id: i64,
        name: String,
        #[column(foreign_key = Refers::name)]
        to: Option<String>,
    }
    let error = Wrong::configure().unwrap_err();
    expect![[r#"
        [configuration] the mapping has 3 mistakes
          [bad-table] `One`: an index names `name`, which isn't a column of its table; help: an index is over columns of its own table, and expressions of them
          [bad-table] `Other`: an index has a query in it; help: an index is over columns of its own table, and expressions of them
          [bad-table] `Refers.to`: the foreign key references `refers.name`, which isn't unique; help: mark the column that it references as `#[column(unique)]`, or reference the primary key"#]].assert_eq(&error.to_string());
}

#[test]
fn a_key_that_the_database_would_generate_without_rowid() {
    orm::registry!(Wrong);
    type Number = i64;
    #[derive(Mapped)]
    #[mapped(registry = Wrong, table = "one", without_rowid)]
    struct One {
        #[column(primary_key)]
        id: Number,
    }
    let db = Db::empty();
    let error = Wrong::create_all(&db.engine).unwrap_err();
    assert_eq!(error.code(), Code::BadTable);
    assert!(error.to_string().contains("`id` can't be generated `WITHOUT ROWID`"), "{error}");
    let _ = One::builder();
}

mod named {
    use orm::prelude::*;

    orm::registry!(
        /// Its constraints have names.
        pub(super) Named
    );

    #[derive(Mapped)]
    #[mapped(registry = Named, check(sql = "id > 0"), check(sql = "id < 9", name = "few"))]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        #[column(unique)]
        pub name: String,
        #[column(index)]
        pub city: String,
    }

    #[derive(Mapped)]
    #[mapped(
        registry = Named,
        index(on = Pet::name.desc(), name = "mine"),
        unique(columns(owner_name, name))
    )]
    pub struct Pet {
        #[column(primary_key)]
        pub name: String,
        #[column(primary_key, foreign_key = Owner::id)]
        pub owner_id: i64,
        #[column(foreign_key(Owner::name, name = "kept"))]
        pub owner_name: String,
    }
}

#[test]
fn names_of_constraints_by_a_convention() {
    use named::{Named, Owner, Pet};
    let wrong = NamingConvention::new().unique("uq_{tabel}");
    let error = Named::name_constraints(wrong).unwrap_err();
    expect!["[bad-table] the template `uq_{tabel}` of `unique` has `{tabel}`; help: there is `{table}`, `{columns}`, `{column}`"].assert_eq(&error.to_string());
    let convention = NamingConvention::new()
        .primary_key("pk_{table}")
        .unique("uq_{table}_{columns}")
        .index("ix_{table}_{column}")
        .check("ck_{table}_{name}")
        .foreign_key("fk_{table}_{columns}_to_{referred_table}_{referred_columns}");
    Named::name_constraints(convention.clone()).unwrap();
    let db = Db::empty();
    Named::create_all(&db.engine).unwrap();
    statements(
        &db.sql(),
        "",
        expect![[r#"
        CREATE TABLE "owner" (
            "id" INTEGER NOT NULL CONSTRAINT "pk_owner" PRIMARY KEY,
            "name" TEXT NOT NULL,
            "city" TEXT NOT NULL,
            CONSTRAINT "uq_owner_name" UNIQUE ("name"),
            CHECK (id > 0),
            CONSTRAINT "ck_owner_few" CHECK (id < 9)
        )
        CREATE INDEX "ix_owner_city" ON "owner" ("city")
        CREATE TABLE "pet" (
            "name" TEXT NOT NULL,
            "owner_id" INTEGER NOT NULL,
            "owner_name" TEXT NOT NULL,
            CONSTRAINT "pk_pet" PRIMARY KEY ("name", "owner_id"),
            CONSTRAINT "uq_pet_owner_name_name" UNIQUE ("owner_name", "name"),
            CONSTRAINT "fk_pet_owner_id_to_owner_id" FOREIGN KEY ("owner_id") REFERENCES "owner" ("id"),
            CONSTRAINT "kept" FOREIGN KEY ("owner_name") REFERENCES "owner" ("name")
        )
        CREATE INDEX "mine" ON "pet" ("name" DESC)
        CREATE INDEX "ix_pet_owner_id" ON "pet" ("owner_id")
    "#]],
    );
    let session = db.session();
    session.add(Owner::builder().id(1).name("a").city("b")).unwrap();
    session.add(Pet::builder().name("p").owner_id(1).owner_name("a")).unwrap();
    session.commit().unwrap();
    let owner = Owner::builder().name("b").city("b");
    assert_eq!(session.add(owner).and_then(|owner| session.flush().and_then(|()| owner.id())).unwrap(), 2);
    assert_eq!(Named::name_constraints(convention).unwrap_err().code(), Code::Configured);
}
