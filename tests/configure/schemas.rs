//! Tables in schemas: DDL, names, tables that are read.

use expect_test::expect;
use orm::mapper::{NamingConvention, NewColumn, NewRelationship, NewTable};
use orm::prelude::*;
use orm::{AnyObj, Code, Value};
use tests::schemas::{Schemas, two_databases};
use tests::{Db, code, show};

/// As SQLAlchemy writes them: no `REFERENCES` from one database to another, and names without schema within one.
#[test]
fn tables_are_created_and_dropped_in_both_databases() {
    let db = two_databases();
    Schemas::create_all(&db.engine).unwrap();
    let tables = |schema: &str| {
        db.rows(&format!(
            "SELECT sql FROM {schema}.sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name"
        ))
    };
    expect![[r#"
        'CREATE TABLE "links" (
            "reader_id" INTEGER NOT NULL,
            "tag_id" INTEGER NOT NULL,
            PRIMARY KEY ("reader_id", "tag_id"),
            FOREIGN KEY ("reader_id") REFERENCES "people" ("id")
        )'
        'CREATE TABLE "marks" (
            "reader_id" INTEGER NOT NULL,
            "mark_id" INTEGER NOT NULL,
            PRIMARY KEY ("reader_id", "mark_id"),
            FOREIGN KEY ("reader_id") REFERENCES "people" ("id")
        )'
        'CREATE TABLE "people" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL,
            "boss_id" INTEGER,
            FOREIGN KEY ("boss_id") REFERENCES "people" ("id")
        )'
        'CREATE TABLE "volumes" (
            "series" TEXT NOT NULL,
            "number" INTEGER NOT NULL,
            PRIMARY KEY ("series", "number")
        )'
        'CREATE INDEX "ix_archive_links_tag_id" ON "links" ("tag_id")'
        'CREATE INDEX "ix_archive_marks_mark_id" ON "marks" ("mark_id")'
        'CREATE INDEX "ix_archive_people_boss_id" ON "people" ("boss_id")'
        'CREATE UNIQUE INDEX "ix_archive_people_name" ON "people" ("name")'
    "#]]
    .assert_eq(&tables("archive"));
    expect![[r#"
        'CREATE TABLE "letters" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "reader_id" INTEGER NOT NULL,
            "text" TEXT NOT NULL
        )'
        'CREATE TABLE "marks" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "mark_id" INTEGER NOT NULL
        )'
        'CREATE TABLE "pages" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "series" TEXT NOT NULL,
            "number" INTEGER NOT NULL
        )'
        'CREATE TABLE "people" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL,
            "reader_id" INTEGER,
            UNIQUE ("name")
        )'
        'CREATE TABLE "tags" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL
        )'
        'CREATE INDEX "ix_letters_reader_id" ON "letters" ("reader_id")'
        'CREATE INDEX "ix_pages_series_number" ON "pages" ("series", "number")'
        'CREATE INDEX "ix_people_reader_id" ON "people" ("reader_id")'
    "#]]
    .assert_eq(&tables("main"));
    db.sql();
    // What is there isn't created again.
    Schemas::create_all(&db.engine).unwrap();
    let sql = db.sql();
    assert!(!sql.contains("CREATE"), "{sql}");
    expect![[r#"SELECT 1 FROM "archive".sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['links']"#]].assert_eq(sql.lines().find(|line| line.contains("archive")).unwrap());
    Schemas::drop_all(&db.engine).unwrap();
    let sql: Vec<String> = db.sql().lines().filter(|line| line.contains("DROP")).map(str::to_owned).collect();
    expect![[r#"
        DROP TABLE "people"
        DROP TABLE "pages"
        DROP TABLE "letters"
        DROP TABLE "archive"."volumes"
        DROP TABLE "archive"."marks"
        DROP TABLE "marks"
        DROP TABLE "archive"."links"
        DROP TABLE "tags"
        DROP TABLE "archive"."people""#]]
    .assert_eq(&sql.join("\n"));
    assert_eq!(tables("archive") + &tables("main"), "");
}

/// A table without schema is that of the main database, though one of the same name is attached.
#[test]
fn a_table_of_a_schema_is_none_of_the_main_database() {
    let db = two_databases();
    db.run("CREATE TABLE archive.tags (id INTEGER PRIMARY KEY)");
    Schemas::create_all(&db.engine).unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM main.sqlite_master WHERE name = 'tags'"), "1\n");
}

#[test]
fn a_schema_that_no_database_is_attached_as() {
    let db = Db::empty();
    let error = Schemas::create_all(&db.engine).unwrap_err();
    assert_eq!(error.code(), Code::Database);
    expect![[r#"[database] no such table: archive.sqlite_master; help: the engine attaches the database of a schema: `Engine::options().attach("archive", path)`"#]].assert_eq(&error.to_string());
    expect![[r#"[database] `archive.city`: unknown database 'archive'; help: the engine attaches the database of a schema: `Engine::options().attach("archive", path)`"#]].assert_eq(&show(NewTable::read("archive.city", &db.engine).map(|_| ())));
    let session = db.session();
    expect![[r#"[database] no such table: archive.people; help: create it in the schema `archive`, whose database the engine attaches: `Engine::options().attach("archive", path)`"#]].assert_eq(&show(
        session.scalars(select(tests::schemas::Reader)).and_then(|readers| readers.all()).map(|_| ()),
    ));
}

mod named {
    use orm::prelude::*;

    orm::registry!(
        /// Named by templates.
        pub Named
    );

    /// With a schema that has a point, and a table with quotes.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = Named, schema = "x.y", table = "a \"t\"")]
    pub struct Quoted {
        #[column(primary_key)]
        pub id: i64,
        #[column(index)]
        pub word: String,
        #[column(foreign_key = Quoted::id)]
        pub parent_id: Option<i64>,
        #[relationship(remote_side = Quoted::id)]
        pub parent: Option<One<Quoted>>,
    }

    /// With a point in its own name.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = Named, table = "x.y")]
    pub struct Pointed {
        #[column(primary_key)]
        pub id: i64,
        #[column(unique)]
        pub word: String,
        #[column(foreign_key = Quoted::id)]
        pub quoted_id: Option<i64>,
        pub quoted: Option<One<Quoted>>,
    }
}

/// Templates have the table's own name, as in SQLAlchemy.
#[test]
fn names_with_points_and_quotes() {
    use named::{Named, Pointed, Quoted};
    let convention = NamingConvention::new()
        .primary_key("pk_{table}")
        .unique("uq_{table}_{column}")
        .foreign_key("fk_{table}_{column}_{referred_table}");
    Named::name_constraints(convention).unwrap();
    let options = orm::sqlite::Engine::options().attach("x.y", ":memory:");
    let db = Db::over(options.in_memory().unwrap().into(), None);
    Named::create_all(&db.engine).unwrap();
    let sql: Vec<String> =
        db.sql().lines().filter(|line| !line.starts_with("SELECT")).map(str::to_owned).collect();
    expect![[r#"
        CREATE TABLE "x.y"."a ""t""" (
            "id" INTEGER NOT NULL CONSTRAINT "pk_a ""t""" PRIMARY KEY,
            "word" TEXT NOT NULL,
            "parent_id" INTEGER,
            CONSTRAINT "fk_a ""t""_parent_id_a ""t""" FOREIGN KEY ("parent_id") REFERENCES "a ""t""" ("id")
        )
        CREATE INDEX "x.y"."ix_x_y_a ""t""_word" ON "a ""t""" ("word")
        CREATE INDEX "x.y"."ix_x_y_a ""t""_parent_id" ON "a ""t""" ("parent_id")
        CREATE TABLE "x.y" (
            "id" INTEGER NOT NULL CONSTRAINT "pk_x.y" PRIMARY KEY,
            "word" TEXT NOT NULL,
            "quoted_id" INTEGER,
            CONSTRAINT "uq_x.y_word" UNIQUE ("word")
        )
        CREATE INDEX "ix_x.y_quoted_id" ON "x.y" ("quoted_id")"#]]
    .assert_eq(&sql.join("\n"));
    let session = db.session();
    let parent = Quoted::builder().word("p");
    session.add(Pointed::builder().word("w").quoted(Quoted::builder().word("q").parent(parent))).unwrap();
    session.commit().unwrap();
    drop(session);
    let session = db.session();
    db.sql();
    let query =
        select(Pointed).join(Pointed::quoted).filter(Quoted::word.eq("q")).options(joined(Pointed::quoted));
    let found = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(found.quoted().unwrap().unwrap().parent().unwrap().unwrap().word().unwrap(), "p");
    expect![[r#"
        SELECT "x.y"."id", "x.y"."word", "x.y"."quoted_id", "a ""t""_1"."id", "a ""t""_1"."word", "a ""t""_1"."parent_id" FROM "x.y" JOIN "x.y"."a ""t""" ON "x.y"."a ""t"""."id" = "x.y"."quoted_id" LEFT JOIN "x.y"."a ""t""" AS "a ""t""_1" ON "a ""t""_1"."id" = "x.y"."quoted_id" WHERE "x.y"."a ""t"""."word" = ? ['q']
        SELECT "id", "word", "parent_id" FROM "x.y"."a ""t""" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    let again = session.add(Pointed::builder().word("w")).unwrap();
    expect!["[integrity] `Pointed`: UNIQUE constraint failed: x.y.word"].assert_eq(&show(session.flush()));
    drop(again);
}

mod told {
    use orm::prelude::*;

    orm::registry!(
        /// Whose foreign key says what nothing does.
        pub Told
    );

    /// In a schema.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = Told, schema = "archive", index(columns(name), name = "by_name"))]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
    }

    /// In none.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = Told, index(columns(name), name = "by_name"))]
    pub struct Owned {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[column(foreign_key = Owner::id, on_delete = "cascade", on_update = "cascade", deferrable = "initially deferred")]
        pub owner_id: i64,
    }
}

/// Indexes of two schemas may have one name; what a foreign key between them says would be lost.
#[test]
fn what_a_foreign_key_to_another_schema_says_is_refused() {
    let db = two_databases();
    expect![[r#"
        [bad-table] the tables can't be created
          [bad-table] table `owned`: `owner_id` references `archive.owner` in another schema, where sqlite keeps no foreign keys: nothing would do what `on_delete` says; help: remove `on_delete`; cascades of relationships go across schemas
          [bad-table] table `owned`: `owner_id` references `archive.owner` in another schema, where sqlite keeps no foreign keys: nothing would do what `on_update` says; help: remove `on_update`; cascades of relationships go across schemas
          [bad-table] table `owned`: `owner_id` references `archive.owner` in another schema, where sqlite keeps no foreign keys: nothing would do what `deferrable` says; help: remove `deferrable`; cascades of relationships go across schemas"#]].assert_eq(&show(told::Told::create_all(&db.engine)));
}

orm::registry!(
    /// Tables without structs.
    pub Read
);

/// Tables of a schema that no struct was written for: declared, and read.
#[test]
fn tables_of_a_schema_are_read() {
    let db = two_databases();
    db.run(
        "CREATE TABLE archive.country (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE archive.city (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, country_id INTEGER NOT NULL REFERENCES country);
         CREATE INDEX archive.by_country ON city (country_id);
         CREATE TABLE archive.sister (one INTEGER REFERENCES city (id), other INTEGER REFERENCES city (id), PRIMARY KEY (one, other));
         CREATE TABLE city (id INTEGER PRIMARY KEY)",
    );
    Read::map_schema("archive", &db.engine).unwrap();
    Read::map_database(&db.engine).unwrap();
    Read::map_table(
        NewTable::new("archive.street")
            .column(NewColumn::of::<i64>("id").primary_key())
            .column(NewColumn::of::<i64>("city_id").foreign_key("archive.city.id"))
            .relationship(NewRelationship::one("city", "archive.city")),
    )
    .unwrap();
    let told: Vec<String> = Read::mapping()
        .unwrap()
        .mappers()
        .iter()
        .map(|mapper| {
            let relations = mapper.relations().iter().map(|relation| {
                format!(
                    "    {} -> {} by {}\n",
                    relation.name(),
                    relation.target().table().name,
                    relation.primaryjoin()
                )
            });
            format!("{} is {}\n{}", mapper.class(), mapper.table().name, relations.collect::<String>())
        })
        .collect();
    expect![[r#"
        city is city
        city is archive.city
            city_collection_by_sister_one -> archive.city by archive.city.id = archive.sister.other
            city_collection_by_sister_other -> archive.city by archive.city.id = archive.sister.one
            country -> archive.country by archive.country.id = archive.city.country_id
        country is archive.country
            city_collection -> archive.city by archive.country.id = archive.city.country_id
        street is archive.street
            city -> archive.city by archive.city.id = archive.street.city_id
    "#]]
    .assert_eq(&told.concat());
    Read::create_all(&db.engine).unwrap();
    db.sql();
    let (city, country) = (Read::mapper("archive.city").unwrap(), Read::mapper("country").unwrap());
    let (rome, italy) = (AnyObj::create(city).unwrap(), AnyObj::create(country).unwrap());
    rome.set("name", &Value::Text("Rome".into())).unwrap();
    italy.set("name", &Value::Text("Italy".into())).unwrap();
    italy.collection("city_collection").unwrap().append(&rome).unwrap();
    let session = db.session();
    session.add(&italy).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "archive"."country" ("name") VALUES (?) ['Italy']
        INSERT INTO "archive"."city" ("name", "country_id") VALUES (?, ?) ['Rome', 1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(code(Read::mapper("city")), Code::AmbiguousName);
    expect!["[bad-table] `archive.cit`: the database has no table `archive.cit`; help: did you mean `archive.city`?"].assert_eq(&show(NewTable::read("archive.cit", &db.engine).map(|_| ())));
}

mod lost {
    use orm::prelude::*;

    orm::registry!(
        /// Whose names lack a schema, or have a wrong one.
        pub Lost
    );

    /// In a schema.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = Lost, schema = "archive")]
    pub struct Town {
        #[column(primary_key)]
        pub id: i64,
    }

    /// Leads nowhere.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = Lost, table = "road")]
    pub struct Road {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = "town.id")]
        pub from_id: i64,
        #[column(foreign_key = "other.town.id")]
        pub to_id: i64,
        #[column(foreign_key = "archive.town.it")]
        pub over_id: i64,
        #[relationship(primaryjoin = "archive.town.c.idd == Road.over_id", foreign_keys = Road::over_id)]
        pub town: One<Town>,
    }
}

/// A table is named with its schema; one that is called so in another schema may be meant.
#[test]
fn names_with_a_wrong_schema() {
    expect![[r#"
        [configuration] the mapping has 4 mistakes
          [unknown-name] `Road.from_id`: no table is called `town`; help: did you mean `archive.town`?
          [unknown-name] `Road.to_id`: no table is called `other.town`; help: did you mean `archive.town`?
          [unknown-name] `Road.over_id`: the foreign key references `archive.town.it`, which isn't there; help: did you mean `archive.town.id`?
          [unknown-name] `Road.town`: `primaryjoin` at character 1, `archive.town.c.idd == Ro...`: `archive.town` has no column `idd`; help: did you mean `id`?"#]].assert_eq(&show(lost::Lost::configure()));
}
